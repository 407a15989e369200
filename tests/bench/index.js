/**
 * `make bench`: what calls and turns cost in KV operations, what they cost in CPU time, and how large the module is.
 * Prints tables and writes build/bench.json. Fails when a promised number of operations is exceeded; times
 * are only printed.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { AGENT_HEAD, agentRows } from './agent.js';
import { measureAgainst } from './against.js';
import { measureBursts, SIZES } from './burst.js';
import { costRows, createCostBench } from './cost.js';
import { measureCpu } from './cpu.js';
import { measureModule } from './module.js';
import { formatTable } from './table.js';

const BUILD = new URL('../../build/', import.meta.url);

/** @param {import('./cost.js').Cost[]} costs */
function printCosts(costs) {
  const limit = (/** @type {number | undefined} */ number) => number ?? '';
  const rows = costs.map(({ call, over, counts, later, limits, right, exceeded }) => {
    const { get, get_many, put, delete: deletes, list } = counts.operations;
    const remark = right ? exceeded.map((what) => `too many ${what}`).join(', ') : 'WRONG ANSWER';
    return [
      call,
      over,
      counts.total,
      `${limit(limits.operations)}`,
      counts.rounds,
      `${limit(limits.rounds)}`,
      counts.waits,
      get,
      get_many,
      put,
      deletes,
      list,
      counts.keys,
      counts.bytesRead,
      counts.bytesWritten,
      later,
      remark,
    ];
  });
  const head = [
    'call',
    'over',
    'ops',
    '(max)',
    'rounds',
    '(max)',
    'waits',
    'get',
    'bulk',
    'put',
    'del',
    'list',
  ];
  console.log(formatTable([...head, 'keys', 'read B', 'written B', 'later', ''], rows));
}

/** @param {import('./cpu.js').CpuResult[]} results */
function printCpu(results) {
  const rows = results.map(({ call, ours, bare, ratio, limit, operations }) => [
    call,
    Number(ours.toFixed(1)),
    Number(bare.toFixed(1)),
    ratio.toFixed(2),
    limit,
    Number(operations.toFixed(2)),
    ratio > limit ? 'over' : '',
  ]);
  console.log(formatTable(['call', 'ours µs', 'bare µs', 'ratio', '(max)', 'ops', ''], rows));
}

/** @param {Awaited<ReturnType<typeof measureAgainst>>} results */
function printAgainst(results) {
  const rows = results.map(({ call, ours, base, ratio, limit }) => [
    call,
    Number(ours.toFixed(0)),
    Number(base.toFixed(0)),
    Number(ratio.toFixed(2)),
    limit,
  ]);
  console.log(formatTable(['call', 'ours µs', 'base µs', 'ratio', '(aim against 0.1.0)'], rows));
}

const wasm = await readFile(new URL('threadkv.wasm', BUILD));
const size = { bytes: wasm.length, gzipped: gzipSync(wasm, { level: 9 }).length };

console.log('KV operations, a new isolate for each row\n');
const bench = createCostBench();
const costs = [];
for (const row of costRows()) costs.push(await bench.measure(row));
printCosts(costs);

console.log("\nA turn of a real agent, 0.1.0's and now; what follows the answer is counted, too\n");
const agent = await agentRows();
console.log(formatTable(AGENT_HEAD, agent));

console.log(
  `\nCPU, Node ${process.versions.node}, KV in memory, against a bare function making the same requests\n`,
);
const cpu = await measureCpu();
printCpu(cpu);

const { BASE } = process.env;
const against = BASE ? await measureAgainst(BASE) : [];
if (BASE) {
  console.log(`\nCPU time of the process beside that of ${BASE}, in turns\n`);
  printAgainst(against);
}

console.log('\nmilliseconds of a save after so many within two minutes\n');
const bursts = await measureBursts();
console.log(
  formatTable(
    ['call', ...SIZES.map(String)],
    bursts.map(({ call, ms }) => [call, ...ms.map((each) => Number(each.toFixed(2)))]),
  ),
);

console.log(`\nmodule: ${size.bytes} bytes, ${size.gzipped} gzipped`);

const start = await measureModule(new URL('threadkv.wasm', BUILD));
console.log(
  formatTable(
    ['', ''],
    Object.entries(start).map(([what, value]) => [what, Number(value.toFixed(value < 100 ? 2 : 0))]),
  ),
);

await mkdir(BUILD, { recursive: true });
const report = { node: process.versions.node, size, start, cpu, against, bursts, costs, agent };
await writeFile(new URL('bench.json', BUILD), `${JSON.stringify(report, null, 2)}\n`);

if (costs.some(({ right, exceeded }) => !right || exceeded.length > 0)) process.exitCode = 1;
