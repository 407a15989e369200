// Thousands of calls at once in workerd for SECONDS seconds: `make load`.

import { faultsOf, runLoad } from './run.js';

const seconds = Number(process.env.SECONDS) || 60;
const load = await runLoad(seconds, console.log);
const { samples } = load;
const faults = faultsOf(load);

console.log(`
| calls | a second | at once, at most | left behind | slowest request of 250 calls | module's memory, half-way | at the end |
| --- | --- | --- | --- | --- | --- | --- |
| ${load.calls} | ${Math.round(load.calls / seconds)} | ${Math.max(...samples.map(({ calls }) => calls))} | ${load.left} \
| ${load.slowest} ms | ${samples[samples.length >> 1].bytes} | ${samples[samples.length - 1].bytes} |

${JSON.stringify(load.ends)}`);
faults.forEach((fault) => console.error(`load: ${fault}`));
process.exit(faults.length ? 1 : 0);
