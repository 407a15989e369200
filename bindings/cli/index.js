#!/usr/bin/env node
/**
 * The `threadkv` command.
 *
 * @module
 */

import { EXIT } from './errors.js';
import { main } from './program.js';

// Whoever read the output has seen enough, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.unread);
  });
}

process.exitCode = await main(process.argv);
