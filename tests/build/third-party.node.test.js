/** THIRD_PARTY.md: what the modules contain of others, by the maps that the linker wrote, and the notices of it. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readText, section } from '../docs/markdown.js';

const NOTICES = readText('THIRD_PARTY.md');

/** The maps of all modules that were built here; emscripten's is in no package. */
const maps = ['clang', 'clang-tools', 'yowasp', 'yowasp-tools']
  .map((name) => `build/obj/threadkv.${name}.wasm.map`)
  .filter((file) => existsSync(file));

/** The names in the first columns of the tables, each with what the second one says. */
function listed() {
  const rows = NOTICES.matchAll(/^\| (`[^|]*) \| ([^|]*) \|/gm);
  return new Map(
    [...rows].flatMap(([, names, from]) => [...names.matchAll(/`(.*?)`/g)].map(([, name]) => [name, from])),
  );
}

/**
 * What of other files than ours went into a module: `libc.a(strlen.o)` is strlen. Ours are compiled into one, together
 * with cJSON's, which goes by the names of its functions.
 *
 * @param {string} map
 */
function linked(map) {
  const names = new Set();
  for (const [, file, member] of map.matchAll(/^.*? ([^ ]+\.(?:a|o|obj|tmp))(?:\(([^)]*)\))?:\(/gm)) {
    const ours = member === undefined && /lto\.(o|tmp)$|^build\/obj\//.test(file);
    if (!ours) names.add((member ?? file).replace(/^.*\//, '').replace(/(\.c)?\.(o|obj)$/, ''));
  }
  if (/[(]cJSON_\w+[)]/.test(map)) names.add('cJSON');
  return [...names];
}

describe('notices of third parties', () => {
  it('the modules of this build have maps', () => {
    const by = existsSync('build/threadkv.clang.wasm') ? 'clang' : 'yowasp';
    expect(maps).toEqual(expect.arrayContaining([by, `${by}-tools`].map((n) => `build/obj/threadkv.${n}.wasm.map`)));
  });

  it.each(maps)('%s: all that was linked is listed', (file) => {
    const parts = linked(readFileSync(file, 'utf8'));
    expect(parts).toEqual(expect.arrayContaining(['cJSON', 'strlen', 'abort']));
    expect(parts.filter((part) => !listed().has(part))).toEqual([]);
  });

  it('worker.js: all that was bundled is listed, with its version', () => {
    const { inputs } = JSON.parse(readFileSync('build/worker.meta.json', 'utf8'));
    const packages = Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    const { devDependencies } = JSON.parse(readText('package.json'));
    for (const name of new Set([...packages, 'marked'])) {
      expect(listed().get(name), name).toMatch(new RegExp(` ${devDependencies[name]} *$`));
    }
    expect(new Set(packages)).toEqual(new Set(['hono', 'zod']));
    expect(Object.keys(inputs)).toContain('build/page.js');
  });

  it('a part that is not listed would be seen', () => {
    const line = '       -      6c8       68         /usr/lib/wasm32-wasi/libc.a(qsort.o):(qsort)\n';
    const builtin = '       -      6c8       68         /lib/libclang_rt.builtins-wasm32.a(multi3.c.o):(__multi3)\n';
    expect(linked(line + builtin)).toEqual(['qsort', 'multi3']);
  });

  it('each of those that it lists has its notice', () => {
    for (const from of new Set(listed().values())) {
      const name = /** @type {string} */ (/cJSON|musl|wasi-libc|Hono|Zod|Marked/.exec(from)?.[0]);
      expect(section(NOTICES, name)).toMatch(/Copyright [^]*Permission is hereby granted[^]*WITHOUT WARRANTY/);
    }
  });

  it('the notice of cJSON is the one in its sources, and its version the one that is built', () => {
    const source = readFileSync('build/third_party/cjson/cJSON.c', 'utf8');
    const [, notice] = /** @type {RegExpExecArray} */ (/^\/\*\n(.*?)\*\//s.exec(source));
    expect(section(NOTICES, 'cJSON')).toContain(notice.replace(/^ {2}/gm, ''));
    const version = /CJSON_VERSION=(\S+)/.exec(readText('tools/setup.sh'))?.[1];
    expect(listed().get('cJSON')).toMatch(new RegExp(` ${version}\\b`));
  });

  it('go with the package', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
    const files = JSON.parse(packed)[0].files.map((/** @type {{ path: string }} */ { path }) => path);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'THIRD_PARTY.md', 'build/worker.js']));
  });
});
