/**
 * A Worker that runs evented workflows over an object that another Worker shares.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createPlace } from './evented.js';

export { ThreadKVObject } from '../../bindings/durable/index.js';

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const [, act, runId] = new URL(request.url).pathname.split('/');
    const storage = new CloudflareStore({ durable: env.OBJECTS, keyPrefix: 'evented_' });
    const place = await createPlace(storage, env.NAME);
    try {
      const does = /** @type {Record<string, (runId: string) => Promise<any>>} */ (
        /** @type {any} */ (place)
      );
      return Response.json({ answer: await does[act](runId), ran: place.ran });
    } catch (error) {
      return Response.json({ failed: String(/** @type {any} */ (error)?.stack ?? error) }, { status: 500 });
    } finally {
      await place.stop();
    }
  },
};
