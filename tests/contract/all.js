/**
 * Everything that a store must do, for one back end.
 *
 * @module
 */

import { blobs } from './blobs.js';
import { byResource } from './by-resource.js';
import { clear } from './clear.js';
import { copy } from './copy.js';
import { creations } from './creations.js';
import { erase } from './erase.js';
import { errors } from './errors.js';
import { depth } from './depth.js';
import { oddIdentifiers } from './ids.js';
import { messagesById } from './messages-by-id.js';
import { messagesDelete } from './messages-delete.js';
import { messagesFilter } from './messages-filter.js';
import { messagesList } from './messages-list.js';
import { messagesOfOneMoment } from './messages-moment.js';
import { messagesSave } from './messages-save.js';
import { messagesUpdate } from './messages-update.js';
import { messagesWindow } from './messages-window.js';
import { prune } from './prune.js';
import { resources } from './resources.js';
import { rows } from './rows.js';
import { scores } from './scores.js';
import { states } from './states.js';
import { sweep } from './sweep.js';
import { tasks } from './tasks.js';
import { threadList } from './thread-list.js';
import { threads } from './threads.js';
import { workflows } from './workflows.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function storeContract(makeStore) {
  for (const suite of [
    threads,
    threadList,
    messagesSave,
    messagesList,
    messagesOfOneMoment,
    messagesFilter,
    messagesById,
    messagesWindow,
    messagesUpdate,
    messagesDelete,
    resources,
    copy,
    creations,
    byResource,
    oddIdentifiers,
    depth,
    erase,
    errors,
    clear,
    sweep,
    scores,
    tasks,
    states,
    blobs,
    rows,
    prune,
    workflows,
  ]) {
    suite(makeStore);
  }
}
