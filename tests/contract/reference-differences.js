const ids = 'the reference takes any id';
const input = 'the reference does not look at what it is given';
const keys = 'the reference has no keys';
const prefixes = 'the reference has no prefixes';
const dates = 'the reference hands out dates as they were given';
const ties = 'the reference gives threads of one moment in the order of saving';
const turns =
  'the reference gives messages of one moment in the order of saving, but does not turn it around with the direction';
const archive = '@mastra/core 1.71.0 knows no archive; its later versions do';
const fields = 'the reference keeps only the fields that it knows of a message';
const owners = '@mastra/core 1.71.0 knows no owners; its later versions do';
const held = 'the reference has nothing to hold back from';
const beyond = 'a method of ours alone';

/**
 * Where the store differs from Mastra's reference storage, and why. Each entry is the beginning of the name of
 * one or several tests.
 *
 * @type {Record<string, string>}
 */
export const differences = {
  'saving and getting a thread > takes dates as ISO text': dates,
  'archiving a thread > sets and clears archivedAt': archive,
  'archiving a thread > does not count as an update': archive,
  'archiving a thread > survives other updates': archive,
  'deleting a thread > leaves a tombstone alone in KV, once what other places saved has come to light': keys,

  'listing threads in order > puts threads of the same moment': ties,
  'filtering threads by archive > ': archive,
  'filtering threads > refuses an empty owner': "the reference shows everybody's threads",

  'creating a thread > ': beyond,
  'listing resources > ': beyond,
  'deleting a resource > ': beyond,
  'erasing a resource > ': beyond,
  'creating one thread several times at once > ':
    'the reference has no createThread, and lets copies and saves of one id mix',
  'saving messages > keeps fields it has never heard of': fields,
  'saving messages > gives messages back without the type v2': 'the reference keeps the type it is given',
  'saving messages > keeps empty content': 'the reference parses text, and fails where it is empty',
  'saving messages > keeps content that is text as text': 'the reference parses text that looks like JSON',
  'saving messages > takes createdAt as ISO text': dates,
  'saving messages > takes dates of any year': dates,
  'saving messages > takes the empty string as an owner': 'the reference makes it no owner',
  'saving messages and their thread > moves updatedAt forward from a time that lies ahead':
    'the reference always writes the time of its clock',
  'saving messages and their thread > refuses a thread that does not exist':
    'the reference stores messages of threads that do not exist',

  'listing messages > takes an order by updatedAt':
    'messages have no updatedAt, and the reference sorts by it',
  'listing messages in pages > pages through one moment': turns,
  'messages of one moment > come the other way round': turns,
  'messages of one moment > come in the same order in pages': turns,
  'messages of one moment > may be more than': turns,
  'messages of one moment > come in the order in which one call gave them to several': turns,
  'messages of one moment > come by id':
    'the reference gives messages of one moment in the order in which they are asked for',
  'listing messages in pages > refuses 42 as': input,
  'listing messages in pages > refuses null as': input,
  'listing messages in pages > refuses undefined as': input,
  'listing messages in pages > refuses {} as': input,
  'listing messages in pages > refuses ["t",42] as': input,
  'listing messages in pages > refuses [null] as': input,
  'listing messages of a time > refuses': input,
  'listing the messages of one owner > counts nothing': 'the reference always counts',
  'including messages in a page > still has more when windows add messages from outside':
    'the reference counts what is included from outside the range, too',
  'including messages in a page > counts of what windows add only what passes':
    'with a metadata filter, the reference counts nothing that is included',
  'including messages in a page > has no more on the last page':
    'the reference only counts what it shows, so the last page promises more',

  'updating messages > keeps and changes fields it does not know': fields,
  'moving messages to another thread > refuses a thread that does not exist':
    'the reference moves messages to threads that do not exist',

  'odd ids > "__proto__" names a message': 'the reference loses it from the map of copied ids',
  'keys in KV > ': keys,

  'what is nested deeply > ': input,
  'ids that are refused > ': ids,
  'ids that no key can hold > are of nothing': keys,
  'threads that are refused > ': input,
  'resources that are refused > ': input,
  'filters that are refused': input,
  'messages that are refused > ': input,
  'errors > ': input,
  'damaged data in KV > ': keys,
  'a platform without KV metadata > ': keys,

  'clearing everything > stays within its prefix': prefixes,
  'clearing everything > clears more than a list page holds': beyond,
  'clearing one table > ': beyond,
  'deleting a thread too large for one call > ': beyond,
  sweeping: beyond,

  'saving and getting a score > keeps no field that is null':
    'the reference keeps all it is given, unlike the stores that have columns',
  'scores that are refused > ': input,
  'listing scores > answers those of a batch and of a dataset': beyond,
  'listing scores > answers a hundred unless told otherwise': 'the reference answers all',
  'tasks in another form > ': input,
  'owning a task > ': owners,
  'thread states of a resource > ': owners,
  'thread states that are refused > ': ids,
  'blobs that are refused > ': input,
  'progress of a workflow run > comes to KV': held,
  'progress of a workflow run > costs': held,
  'deleting a workflow run > takes its progress away': held,
  'concurrent updates of workflow runs > ': 'the reference lives in one isolate',
  'getting a workflow run by its id alone > asks for the id': input,
  'updating the state of a workflow run > refuses': input,
  'updating the results of a workflow run > begins a context':
    'the reference takes a snapshot without a context for none',
  'tasks by the lot > are counted of an agent that has a name': input,
  'workflow runs that are refused > ': input,
  'rows of a table > ': beyond,
  'pruning > ': 'the reference keeps everything',
};
