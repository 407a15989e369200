/**
 * The domains of Mastra's editor.
 *
 * @module
 */

import {
  AgentsStorage,
  MCPClientsStorage,
  MCPServersStorage,
  PromptBlocksStorage,
  ScorerDefinitionsStorage,
  SkillsStorage,
  WorkspacesStorage,
} from '@mastra/core/storage';
import { versioned } from './versioned.js';

/** @typedef {import('./config.js').CloudflareDomainConfig} Config */

const THIN = ['authorId', 'metadata'];

/** Mastra's `agents` domain. Works in a store of its own, too. @type {new (config: Config) => AgentsStorage} */
export const AgentsStorageCloudflare = versioned(/** @type {any} */ (AgentsStorage), {
  ...{ what: 'Agent', input: 'agent', parent: 'agentId', table: 'agents', versions: 'agent_versions' },
  ...{ own: ['authorId', 'visibility', 'metadata'], favorites: 'agent' },
});

/** Mastra's `promptBlocks` domain. @type {new (config: Config) => PromptBlocksStorage} */
export const PromptBlocksStorageCloudflare = versioned(/** @type {any} */ (PromptBlocksStorage), {
  ...{ what: 'Prompt block', input: 'promptBlock', parent: 'blockId', own: THIN },
  ...{ table: 'prompt_blocks', versions: 'prompt_block_versions' },
});

/** Mastra's `scorerDefinitions` domain. @type {new (config: Config) => ScorerDefinitionsStorage} */
export const ScorerDefinitionsStorageCloudflare = versioned(/** @type {any} */ (ScorerDefinitionsStorage), {
  ...{ what: 'Scorer definition', input: 'scorerDefinition', parent: 'scorerDefinitionId', own: THIN },
  ...{ table: 'scorer_definitions', versions: 'scorer_definition_versions' },
});

/** Mastra's `mcpClients` domain. @type {new (config: Config) => MCPClientsStorage} */
export const MCPClientsStorageCloudflare = versioned(/** @type {any} */ (MCPClientsStorage), {
  ...{ what: 'MCP client', input: 'mcpClient', parent: 'mcpClientId', own: THIN },
  ...{ table: 'mcp_clients', versions: 'mcp_client_versions' },
});

/** Mastra's `mcpServers` domain: those that are published are listed, if nothing is said. @type {new (config: Config) => MCPServersStorage} */
export const MCPServersStorageCloudflare = versioned(/** @type {any} */ (MCPServersStorage), {
  ...{ what: 'MCP server', input: 'mcpServer', parent: 'mcpServerId', own: THIN, status: 'published' },
  ...{ table: 'mcp_servers', versions: 'mcp_server_versions' },
});

/** Mastra's `workspaces` domain: what an update says of their configuration is a version. @type {new (config: Config) => WorkspacesStorage} */
export const WorkspacesStorageCloudflare = versioned(/** @type {any} */ (WorkspacesStorage), {
  ...{ what: 'Workspace', input: 'workspace', parent: 'workspaceId', own: THIN, status: null },
  ...{ table: 'workspaces', versions: 'workspace_versions' },
  config: [
    ...['name', 'description', 'filesystem', 'sandbox', 'mounts', 'search', 'skills', 'tools', 'autoSync'],
    'operationTimeout',
  ],
});

/** Mastra's `skills` domain: what an update says of their configuration is a version. @type {new (config: Config) => SkillsStorage} */
export const SkillsStorageCloudflare = versioned(/** @type {any} */ (SkillsStorage), {
  ...{
    what: 'Skill',
    input: 'skill',
    parent: 'skillId',
    own: ['authorId', 'visibility'],
    favorites: 'skill',
  },
  ...{ table: 'skills', versions: 'skill_versions' },
  config: [
    ...['name', 'description', 'instructions', 'license', 'compatibility', 'source', 'references', 'scripts'],
    ...['assets', 'files', 'metadata', 'tree'],
  ],
});
