/**
 * Starts the server of server.js for tests that run in workerd, where none can be started: `inject('restURL')`.
 *
 * @module
 */

import { startServer } from './server.js';

/** @param {import('vitest/node').TestProject} project */
export default async function setup(project) {
  const server = await startServer();
  project.provide('restURL', server.url);
  return () => server.close();
}
