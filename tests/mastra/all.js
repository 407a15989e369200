import { channels } from './channels.js';
import { datasets } from './datasets.js';
import { editor } from './editor.js';
import { experiments } from './experiments.js';
import { helpers } from './helpers.js';
import { includeScope } from './include-scope.js';
import { connections, definitions, harness } from './kept.js';
import { messagesChange } from './messages-change.js';
import { messagesForm } from './messages-form.js';
import { messagesList } from './messages-list.js';
import { messagesPaged } from './messages-paged.js';
import { notifications } from './notifications.js';
import { resources } from './resources.js';
import { schedules } from './schedules.js';
import { scores } from './scores.js';
import { blobs, states } from './states.js';
import { tasks } from './tasks.js';
import { threads } from './threads.js';
import { threadsFiltered } from './threads-filtered.js';
import { threadsSorted } from './threads-sorted.js';
import { traces } from './traces.js';
import { workflows } from './workflows.js';

/**
 * What Mastra asks of a storage, for one back end.
 *
 * @param {import('./support.js').Make} make
 */
export function mastraContract(make) {
  for (const suite of [
    threads,
    threadsSorted,
    threadsFiltered,
    messagesForm,
    messagesList,
    messagesPaged,
    messagesChange,
    resources,
    includeScope,
    helpers,
    workflows,
    scores,
    tasks,
    states,
    blobs,
    schedules,
    notifications,
    channels,
    definitions,
    connections,
    harness,
    traces,
    editor,
    experiments,
    datasets,
  ]) {
    suite(make);
  }
}
