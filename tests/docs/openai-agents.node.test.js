/** docs/openai-agents.md: its code compiles against the declarations, and does what the page says. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Agent } from '@openai/agents';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CloudflareSession } from '../../bindings/openai-agents/index.js';
import { CloudflareStore } from '../../bindings/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { answered, makeModel } from '../openai-agents/support.js';
import { blocks, readText } from './markdown.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}build/docs-openai-agents/`;
const [turn, ...others] = blocks(readText('docs/openai-agents.md'), 'ts');

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  // The package's own names, as they are here.
  const here = turn
    .replace("'threadkv'", "'../../bindings/index.js'")
    .replace("'threadkv/openai-agents'", "'../../bindings/openai-agents/index.js'");
  writeFileSync(`${FOLDER}turn.ts`, here);
});
afterAll(() => rmSync(FOLDER, { recursive: true }));

it('compiles', () => {
  expect(others).toEqual([]);
  const compilerOptions = { noEmit: true, types: ['node'], allowJs: true, checkJs: false };
  const settings = { extends: '../../tsconfig.json', compilerOptions, include: ['turn.ts'], exclude: [] };
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify(settings));
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, '-p', `${FOLDER}tsconfig.json`], { encoding: 'utf8' });
});

it('answers, and remembers', async () => {
  const { ask } = await import(/* @vite-ignore */ `${FOLDER}turn.ts`);
  const store = new CloudflareStore({ bindings: { default: createMemoryNamespace() } });
  const model = makeModel([[answered('Good morning.')], [answered('Yes.')]]);
  const agent = new Agent({ name: 'A', model });
  expect(await ask(agent, store, 'ada', 's', 'Hello.')).toBe('Good morning.');
  expect(await ask(agent, store, 'ada', 's', 'April?')).toBe('Yes.');
  expect(model.inputs[1].length).toBe(3);
  expect((await new CloudflareSession({ store, sessionId: 's', resourceId: 'ada' }).getItems()).length).toBe(
    4,
  );
  expect(await new CloudflareSession({ store, sessionId: 's', resourceId: 'eve' }).getItems()).toEqual([]);
});
