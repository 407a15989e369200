/**
 * Where the routes answer otherwise over threadkv than over another store, and why that is meant.
 *
 * @module
 */

/**
 * @typedef {object} Reason
 * @property {RegExp} route  those that it is about
 * @property {('memory' | 'libsql')[]} from
 * @property {string} why
 * @property {RegExp} [but]  what of the answers differs, and nothing else does
 */

const TYPE = /,"type":"(v2|text)"|"type":"(v2|text)",/g;
const SEEN = 'messages come back in one form, without the type that only says which form they have';
const TRACES = 'traces are kept, not metrics, logs, scores and feedback';
const FOUND = 'equal as JSON, while numbers find nothing in LibSQL';

/** @type {Reason[]} */
export const REASONS = [
  { route: /POST .*\/save-messages$/, from: ['memory', 'libsql'], why: SEEN, but: TYPE },
  { route: /GET .*\/threads\/:threadId\/messages$/, from: ['memory'], why: SEEN, but: TYPE },
  { route: /POST \/memory\/threads\/:threadId\/clone$/, from: ['memory'], why: SEEN, but: TYPE },
  {
    route: /POST \/agents\/:agentId\/(generate|(approve|decline)-.*-generate)$/,
    from: ['memory'],
    why: SEEN,
    but: TYPE,
  },
  {
    route: /POST \/memory\/threads\/:threadId\/transfer$/,
    from: ['libsql'],
    why: 'a thread that is given to another owner keeps its metadata in memory, and is answered without in LibSQL',
  },
  {
    route: /GET \/workflows\/:workflowId\/runs$/,
    from: ['memory'],
    why: 'in memory a run tells its id and workflow twice',
    but: /,"(run_id|workflow_name)":"[^"]*"/g,
  },
  { route: /GET \/scores\/entity\//, from: ['memory'], why: 'the newest first, as in LibSQL' },
  {
    route: /\/observability\/(metrics|logs|scores|feedback|discovery\/metric-)/,
    from: ['memory'],
    why: TRACES,
  },
  {
    route: /GET \/observability\/(branches|discovery\/(entity|service|environments|tags))/,
    from: ['memory'],
    why: 'lists of branches and of what there is to filter by are left out, as in LibSQL',
  },
  {
    route: /GET \/observability\/traces\/:traceId\/light$/,
    from: ['libsql'],
    why: 'light spans have the fields that they have in memory; LibSQL adds some',
  },
  { route: /GET \/stored\/(agents|prompt-blocks)$/, from: ['libsql'], why: FOUND },
  {
    route: /GET \/stored\/skills$/,
    from: ['libsql'],
    why: 'their metadata belongs to the version, so that no record has it; LibSQL leaves the filter out',
  },
  {
    route: /GET \/stored\/agents\/:agentId\/versions$/,
    from: ['libsql'],
    why: 'a description that was never there has not changed',
  },
  { route: /GET \/stored\/workspaces$/, from: ['libsql'], why: FOUND },
  {
    route: /\/stored\/workspaces/,
    from: ['libsql'],
    why: 'autoSync is absent where none was given',
    but: /"autoSync":false,/g,
  },
  {
    route: /DELETE \/datasets\/:\w+\/items\/:\w+$/,
    from: ['libsql'],
    why: 'LibSQL fails to delete an item that was purged',
  },
  {
    route: /PATCH \/datasets\/:\w+\/experiments\/:\w+\/results\/:\w+$/,
    from: ['memory', 'libsql'],
    why: 'a result that is not there is 404, not 500',
  },
  { route: /GET \/system\/packages$/, from: ['memory', 'libsql'], why: "it tells the store's name" },
];
