/** Mastra's editor over the store: what is written in one isolate is what agents are in another. */

import { Mastra } from '@mastra/core/mastra';
import { MastraEditor } from '@mastra/editor';
import { expect, it } from 'vitest';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

/** An isolate. @param {import('../../bindings/backends/backend.js').Backend} backend */
function start(backend) {
  const storage = new CloudflareStore({ backend, core: createCore() });
  const editor = new MastraEditor();
  const mastra = new Mastra({ storage, editor, logger: false });
  return { storage, editor, mastra };
}

const model = { provider: 'openai', name: 'gpt-5-mini' };
/** @param {any} agent */
const instructionsOf = async (agent) => agent.getInstructions();

it('an agent that is written in one isolate is loaded in another, in the version that is published', async () => {
  const backend = createMemoryBackend();
  const { editor, storage } = start(backend);
  await editor.agent.create({ id: 'kind', name: 'Kind', instructions: 'Be kind.', model });
  const agents = /** @type {any} */ (await storage.getStore('agents'));
  const version = await agents.getLatestVersion('kind');
  await agents.update({ id: 'kind', status: 'published', activeVersionId: version.id });

  const other = start(backend);
  expect(await instructionsOf(await other.editor.agent.getById('kind'))).toBe('Be kind.');

  await editor.agent.update({ id: 'kind', instructions: 'Be quick.' });
  const { versionNumber } = await agents.getLatestVersion('kind');
  const next = { id: 'next', versionNumber: versionNumber + 1, instructions: 'Be quick.' };
  await agents.createVersion({ ...version, ...next });
  const third = start(backend);
  expect(await instructionsOf(await third.editor.agent.getById('kind'))).toBe('Be kind.');
  expect(await instructionsOf(await third.editor.agent.getById('kind', { status: 'draft' }))).toBe(
    'Be quick.',
  );
});

it('blocks of a prompt are put together with what is given', async () => {
  const backend = createMemoryBackend();
  const { editor, storage } = start(backend);
  await editor.prompt.create({ id: 'greeting', name: 'Greeting', content: 'Greet {{name}}.' });
  const blocks = /** @type {any} */ (await storage.getStore('promptBlocks'));
  const { id } = await blocks.getLatestVersion('greeting');
  await blocks.update({ id: 'greeting', status: 'published', activeVersionId: id });
  const other = start(backend).editor;
  const refs = [{ type: /** @type {const} */ ('prompt_block_ref'), id: 'greeting' }];
  expect(await other.prompt.preview(refs, { name: 'Ada' })).toBe('Greet Ada.');
});

it('an agent that is deleted is none, its versions too', async () => {
  const { editor, storage } = start(createMemoryBackend());
  await editor.agent.create({ id: 'kind', name: 'Kind', instructions: 'Be kind.', model });
  await editor.agent.delete('kind');
  expect(await editor.agent.getById('kind')).toBeNull();
  const agents = /** @type {any} */ (await storage.getStore('agents'));
  expect(await agents.countVersions('kind')).toBe(0);
});
