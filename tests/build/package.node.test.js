/**
 * What the package promises: its subpaths, the names that each exports, and the types that each declares. Where these
 * stand in files is nobody's business. A new name is a new line here; one that goes, or moves, breaks users.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// There is none of it in Node.
vi.mock('cloudflare:workers', () => ({ DurableObject: class {} }));

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** By subpath: the values that it exports, and the types that it declares besides the classes among these. */
const PROMISED = {
  '.': {
    values: ['CloudflareStore', 'StoreError', 'StoreTypeError', 'createCore', 'httpStatus'],
    types: [
      'Backend',
      'BackendConfig',
      'BindingsConfig',
      'Blob',
      'BlobInput',
      'ClearResult',
      'CloudflareRestConfig',
      'CloudflareStoreConfig',
      'CopyThreadArgs',
      'Core',
      'CoreOptions',
      'DateRange',
      'DurableConfig',
      'EraseResult',
      'Eval',
      'Include',
      'KVNamespaceLike',
      'ListMessagesArgs',
      'ListMessagesByResourceIdArgs',
      'ListResourcesArgs',
      'ListThreadsArgs',
      'ListThreadsByResourceIdArgs',
      'ListWorkflowRunsArgs',
      'Message',
      'MessageInput',
      'MessagePage',
      'MessageUpdate',
      'ObservationalMemory',
      'Operation',
      'PersistWorkflowSnapshotArgs',
      'PruneOptions',
      'PruneResult',
      'Resource',
      'ResourceInput',
      'ResourcePage',
      'Retention',
      'Score',
      'ScoreInput',
      'ScorePage',
      'StateKey',
      'Stats',
      'SweepResult',
      'Task',
      'TaskFilter',
      'TaskGuards',
      'TaskUpdate',
      'Thread',
      'ThreadInput',
      'ThreadPage',
      'Trace',
      'UpdateWorkflowResultsArgs',
      'UpdateWorkflowStateArgs',
      'VerifyArgs',
      'VerifyResult',
      'WorkflowRun',
    ],
  },
  './core': {
    values: ['Core', 'createCore'],
    types: [
      'Answer',
      'Backend',
      'CallResult',
      'CoreOptions',
      'CoreStore',
      'Followup',
      'Head',
      'Instance',
      'KVReply',
      'KVRequest',
      'Reasons',
    ],
  },
  './durable': { values: ['ThreadKVObject'], types: ['Reply', 'Request'] },
  './memory': {
    values: ['MemoryStorage', 'createMemoryBackend', 'createMemoryNamespace'],
    types: [
      'Backend',
      'KVEntry',
      'KVNamespaceLike',
      'KVReply',
      'KVRequest',
      'MemoryBackend',
      'MemoryNamespace',
    ],
  },
  './worker': {
    values: ['createApp'],
    types: ['App', 'AppContext', 'AppOptions'],
  },
  './langgraph': { values: ['CloudflareSaver'], types: ['WithStore'] },
  './openai-agents': {
    values: ['CloudflareSession', 'recordTools'],
    types: ['CloudflareSessionOptions', 'RecordingSession'],
  },
  './ai-sdk': {
    values: ['STOPPED', 'createChats', 'endingStream'],
    types: [
      'Chat',
      'ChatListOptions',
      'ChatPage',
      'Chats',
      'ChatsOptions',
      'EndEvent',
      'SaveOptions',
      'UIMessage',
    ],
  },
  './mastra': {
    values: [
      'AgentsStorageCloudflare',
      'BackgroundTasksStorageCloudflare',
      'BlobStoreCloudflare',
      'ChannelsStorageCloudflare',
      'CloudflareKVStorage',
      'CloudflareStore',
      'DatasetsStorageCloudflare',
      'ExperimentsStorageCloudflare',
      'FavoritesStorageCloudflare',
      'HarnessStorageCloudflare',
      'MCPClientsStorageCloudflare',
      'MCPServersStorageCloudflare',
      'MemoryStorageCloudflare',
      'NotificationsStorageCloudflare',
      'ObservabilityStorageCloudflare',
      'PromptBlocksStorageCloudflare',
      'SchedulesStorageCloudflare',
      'ScorerDefinitionsStorageCloudflare',
      'ScoresStorageCloudflare',
      'SkillsStorageCloudflare',
      'ThreadStateStorageCloudflare',
      'ToolProviderConnectionsStorageCloudflare',
      'WorkflowDefinitionsStorageCloudflare',
      'WorkflowsStorageCloudflare',
      'WorkspacesStorageCloudflare',
      'createCore',
    ],
    types: [
      'CloudflareClientConfig',
      'CloudflareDomainConfig',
      'CloudflareRestConfig',
      'CloudflareStoreConfig',
      'CloudflareWorkersConfig',
      'Operation',
      'Stats',
      'SweepResult',
    ],
  },
};

/** Where the declarations are made, as the package holds them. @type {string} */
let folder;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadkv-types-'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', folder], { cwd: ROOT });
  execFileSync(process.execPath, ['tools/worker-types.mjs', folder], { cwd: ROOT });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** The names that a declaration file exports. @param {string} subpath */
function declared(subpath) {
  const file = join(folder, relative('build/types', exports[subpath].types));
  const text = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  const own = text.matchAll(/^export (?:declare )?(?:type|class|function|const|interface) (\w+)/gm);
  const lists = text.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  const passed = Array.from(lists, ([, list]) => list.split(',')).flat();
  const names = passed.map((name) => name.trim().replace(/^.* as /, '')).filter((name) => name !== '');
  return [...Array.from(own, ([, name]) => name), ...names];
}

/** @param {Iterable<string>} names */
const sorted = (names) => [...names].sort();

describe('the package', () => {
  it('has these subpaths, and one command', () => {
    const modules = ['./threadkv.wasm', './threadkv.tools.wasm'];
    expect(sorted(Object.keys(exports))).toEqual(
      sorted([...Object.keys(PROMISED), ...modules, './package.json']),
    );
    for (const name of modules) expect(exports[name]).toBe(`./build/${name.slice(2)}`);
    expect(Object.keys(bin)).toEqual(['threadkv']);
  });

  describe.each(Object.entries(PROMISED))('%s', (subpath, { values, types }) => {
    it('exports these values', async () => {
      const names = Object.keys(await import(/* @vite-ignore */ join(ROOT, exports[subpath].default)));
      expect(sorted(names)).toEqual(sorted(values));
    });

    it('declares these names', () => {
      expect(sorted(declared(subpath))).toEqual(sorted([...values, ...types]));
    });
  });
});
