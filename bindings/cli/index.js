#!/usr/bin/env node
/**
 * The `threadkv` command.
 *
 * @module
 */

import { main } from './program.js';

process.exitCode = await main(process.argv);
