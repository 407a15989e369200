// Exits 0 when node_modules holds what package-lock.json says. Much quicker than asking npm.

import { readFileSync } from 'node:fs';

/** @param {string} file @returns {Record<string, { version: string, optional?: boolean }>} */
const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

try {
  const wanted = packages('package-lock.json');
  const there = packages('node_modules/.package-lock.json');
  const missing = Object.entries(wanted).some(
    ([path, { version, optional }]) => path && !(there[path] ? there[path].version === version : optional),
  );
  process.exitCode = missing || Object.keys(there).some((path) => !wanted[path]) ? 1 : 0;
} catch {
  process.exitCode = 1;
}
