/**
 * CPU time of the workerd processes below this one, as the system counts it (Linux only).
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';

const MS_PER_TICK = 10; // USER_HZ is 100 on every Linux that Node runs on

/** @param {string} pid */
function readStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { name, parent: fields[1], ms: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK };
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** @returns {number | undefined} ms so far; undefined where the system does not say */
export function workerdCpu() {
  if (process.platform !== 'linux') return undefined;
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, readStat(pid)]),
  );
  const isOurs = (/** @type {string} */ pid) => {
    for (let at = stats.get(pid); at !== undefined; at = stats.get(at.parent)) {
      if (at.parent === `${process.pid}`) return true;
    }
    return false;
  };
  let ms = 0;
  for (const [pid, stat] of stats) if (stat?.name.startsWith('workerd') && isOurs(pid)) ms += stat.ms;
  return ms;
}
