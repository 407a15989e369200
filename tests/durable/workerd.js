/**
 * workerd itself, without wrangler: with a Worker of tests and its objects' files in a folder, so that it can be killed and
 * started again.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
// @ts-ignore It has no types.
import * as workerd from 'workerd';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 20_000;
/** It comes with wrangler. @type {string} */
const PROGRAM = /** @type {any} */ (workerd).default.default ?? workerd.default;

/**
 * @param {string} folder
 * @param {string} entry  of the Worker, from the root of the repository
 * @param {{ first?: string, classes?: string[], root?: string }} [more]  the folder of the first release, where the Worker
 *   imports it; the classes of objects, of which the first is bound as OBJECTS, another as OLD; where the library is, by
 *   default in the repository
 */
export async function prepare(folder, entry, { first, classes = ['ThreadKVObject'], root = ROOT } = {}) {
  await mkdir(join(folder, 'objects'), { recursive: true });
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'error',
    plugins: [
      {
        name: 'wasm',
        setup: ({ onResolve }) => {
          onResolve({ filter: /threadkv\.wasm/ }, ({ importer }) => ({
            path: first !== undefined && importer.startsWith(first) ? './first.wasm' : './threadkv.wasm',
            external: true,
          }));
          onResolve({ filter: /^first-release$/ }, () => ({
            path: join(String(first), 'bindings/index.js'),
          }));
          onResolve({ filter: /^\.\.\/\.\.\/bindings\// }, ({ path }) => {
            return root === ROOT ? undefined : { path: join(root, path.slice('../../'.length)) };
          });
        },
      },
    ],
  });
  await copyFile(join(root, 'build/threadkv.wasm'), join(folder, 'threadkv.wasm'));
  const modules = ['threadkv.wasm'];
  if (first !== undefined) {
    modules.push('first.wasm');
    await copyFile(join(first, 'build/threadkv.wasm'), join(folder, 'first.wasm'));
  }
  const port = await freePort();
  await writeFile(join(folder, 'config.capnp'), configuration(port, modules, classes));
  return { url: `http://127.0.0.1:${port}`, start: () => start(folder, `http://127.0.0.1:${port}`) };
}

/** @param {number} port @param {string[]} modules @param {string[]} classes */
const configuration = (port, modules, classes) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = "objects", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    ${modules.map((name) => `(name = "${name}", wasm = embed "${name}"),`).join('\n    ')}
  ],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [
    ${classes.map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true),`).join('\n    ')}
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    ${classes.map((name, i) => `(name = "${['OBJECTS', 'OLD'][i]}", durableObjectNamespace = "${name}"),`).join('\n    ')}
  ],
);
`;

/** @param {string} folder @param {string} url */
async function start(folder, url) {
  const process = spawn(PROGRAM, ['serve', 'config.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  process.stderr.on('data', (data) => {
    said += String(data);
  });
  const ended = new Promise((resolve) => {
    process.once('exit', resolve);
  });
  const until = Date.now() + READY_MS;
  for (;;) {
    const ready = await fetch(`${url}/prepare`).then(
      (response) => response.text(),
      () => '',
    );
    if (ready === 'ready') break;
    if (process.exitCode !== null || Date.now() > until)
      throw new Error(`workerd did not start: ${said}${ready}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    pid: /** @type {number} */ (process.pid),
    /** Ends it without a word, at once. */
    async kill() {
      process.kill('SIGKILL');
      await ended;
    },
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
