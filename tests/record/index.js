/**
 * Records the conversations of tests/fixtures/conversations:
 *
 *   node tests/record/index.js [name …]    record all, or the named ones
 *   node tests/record/index.js --check     record all and compare with the files, writing nothing
 *
 * Needs no network. Recording twice gives the same bytes.
 *
 * @module
 */

import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clock } from './clock.js';

process.env.MASTRA_TELEMETRY_DISABLED = '1';
const OUT = fileURLToPath(new URL('../fixtures/conversations/', import.meta.url));

const clock = new Clock();
clock.install();
// Only now: what these modules do when loaded must find the clock in place.
const { conversations } = await import('./conversations/index.js');
const { World } = await import('./world.js');
const { toFixture, fixtureText } = await import('./fixture.js');

/** @param {import('./world.js').Conversation} conversation */
async function record(conversation) {
  clock.reset(conversation.name);
  const world = new World(clock, conversation);
  await conversation.run(world);
  const fixture = await toFixture(world, conversation);
  return { fixture, text: await fixtureText(fixture) };
}

/** @param {string[]} names  of the files that are still wanted */
async function removeOthers(names) {
  for (const file of await readdir(OUT)) {
    if (!names.includes(file)) await rm(join(OUT, file));
  }
}

const args = process.argv.slice(2);
const check = args.includes('--check');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const chosen = conversations.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
await mkdir(OUT, { recursive: true });
// Once for nothing: the first turns of a process load modules, which changes the order of what runs side by side.
await record(/** @type {any} */ (conversations.find(({ name }) => name === 'two-turns-at-once')));
let bytes = 0;
let different = 0;
for (const conversation of chosen) {
  const { fixture, text } = await record(conversation);
  const file = join(OUT, `${conversation.name}.json`);
  bytes += Buffer.byteLength(text);
  if (!check) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    different += 1;
    console.error(`${conversation.name}: recorded anew, it differs from its file`);
  }
  const counts = `${String(fixture.calls.length).padStart(4)} calls  ${String(Math.ceil(text.length / 1024)).padStart(4)} KiB`;
  console.log(`${conversation.name.padEnd(28)}${counts}`);
}
if (!check && wanted.length === 0) await removeOthers(chosen.map(({ name }) => `${name}.json`));
console.log(`${chosen.length} conversations, ${Math.ceil(bytes / 1024)} KiB`);
process.exit(different ? 1 : 0);
