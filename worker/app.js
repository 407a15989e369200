/**
 * The routes. Ids in paths are percent-encoded; bodies and answers are JSON; dates are ISO 8601 text.
 *
 * @module
 */

import { Hono } from 'hono';
import { requireConfiguration, requireToken } from './auth.js';
import { limitBody } from './body.js';
import { answerError, noSuchRoute } from './errors.js';
import * as messages from './messages.js';
import { withFormat, withStore } from './store.js';
import * as threads from './threads.js';

/** @returns {Hono<import('./env.js').App>} */
export function createApp() {
  /** @type {Hono<import('./env.js').App>} */
  const app = new Hono();
  app.onError(answerError);
  app.notFound(noSuchRoute);
  app.use(withStore, requireConfiguration);
  app.use('/v1/*', requireToken, limitBody, withFormat);

  app.get('/health', (context) => context.json({ status: 'ok' }));

  // ?resourceId= &metadata={…} &archived= &orderBy= &direction= &page= &perPage=
  app.get('/v1/threads', threads.list);
  // { id?, resourceId, title?, metadata?, createdAt?, updatedAt? }; 409 when the id is taken
  app.post('/v1/threads', threads.create);
  // ?resourceId=: only if the thread belongs to it
  app.get('/v1/threads/:threadId', threads.read);
  // the whole thread, in place of any other
  app.put('/v1/threads/:threadId', threads.replace);
  // { title?, metadata?, archivedAt? }
  app.patch('/v1/threads/:threadId', threads.update);
  // with all its messages
  app.delete('/v1/threads/:threadId', threads.remove);

  // ?resourceId= &start= &end= &startExclusive= &endExclusive= &metadata={…} &direction= &page= &perPage= &includeTotal=
  app.get('/v1/threads/:threadId/messages', messages.list);
  // { messages: [{ id?, role, content, resourceId?, createdAt? }, …] }; a known id replaces that message
  app.post('/v1/threads/:threadId/messages', messages.append);
  app.get('/v1/threads/:threadId/messages/:messageId', messages.read);
  // any field; content and content.metadata are merged
  app.patch('/v1/threads/:threadId/messages/:messageId', messages.update);
  app.delete('/v1/threads/:threadId/messages/:messageId', messages.remove);

  return app;
}
