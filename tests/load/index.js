// Thousands of calls at once in workerd for SECONDS seconds: `make load`.

import { faultsOf, halves, inMB, runLoad } from './run.js';

const seconds = Number(process.env.SECONDS) || 60;
const load = await runLoad(seconds, console.log);
const faults = faultsOf(load);
const [module, heap] = [load.samples, load.heaps].map((samples) =>
  (halves(samples) ?? [samples.at(-1)?.bytes ?? 0]).map(inMB).join(', then '),
);

console.log(`
| calls | a second | at once, at most | stuck | left behind | of these reclaimed | slowest request of 250 calls | module's memory, MB | JavaScript's heap, MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| ${load.calls} | ${Math.round(load.calls / seconds)} | ${Math.max(...load.samples.map(({ calls }) => calls))} | ${load.started - load.calls} \
| ${load.left} | ${load.left - load.remaining} | ${load.slowest} ms | ${module} | ${heap} |

${JSON.stringify(load.ends)}`);
faults.forEach((fault) => console.error(`load: ${fault}`));
process.exit(faults.length ? 1 : 0);
