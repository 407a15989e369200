/**
 * What the platform offers besides KV. The Workers runtime finishes work after the response for whoever asks.
 *
 * @module
 */

// @ts-ignore Declared only where the types of the Workers runtime are, which this package does not ask for.
import * as workers from 'cloudflare:workers';

/** Missing in runtimes before August 2025. @type {((promise: Promise<unknown>) => void) | undefined} */
export const waitUntil = workers.waitUntil;
