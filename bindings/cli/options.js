/**
 * The options that several commands share.
 *
 * @module
 */

import { InvalidArgumentError, Option } from 'commander';
import { toMilliseconds } from '../store/retention.js';
import { readNamespaceOption } from './target.js';

/** @typedef {import('commander').Command} Command */

/**
 * Where the data is.
 *
 * @param {Command} command
 * @returns {Command}
 */
export function addTarget(command) {
  return command
    .optionsGroup('Where the data is:')
    .addOption(
      new Option('--account <id>', 'a Cloudflare account; the token is taken from CLOUDFLARE_API_TOKEN').env(
        'CLOUDFLARE_ACCOUNT_ID',
      ),
    )
    .option(
      '--worker <url>',
      'what a Worker has, in KV or Durable Objects; the token is taken from THREADKV_TOKEN',
    )
    .option('--local', 'the local state of `wrangler dev`, in place of an account')
    .option(
      '--prefix, --key-prefix <text>',
      'the keyPrefix of the store; with --worker, the token’s own if not given',
      '',
    )
    .option('--namespace-prefix <text>', 'with --account: the namespacePrefix of the store', '')
    .option(
      '--namespace <table=name>',
      'the namespace of a table, by its title or, with --local, its binding; may be repeated',
      readNamespaceOption,
    )
    .option('--config <file>', 'with --local: the configuration of wrangler; default: the nearest one')
    .option('--env <name>', 'with --local: an environment of it')
    .option('--persist-to <folder>', 'with --local: as given to wrangler')
    .addOption(new Option('--base-url <url>', 'another address of the API').env('CLOUDFLARE_API_BASE_URL'))
    .option('--rate <n>', 'requests to the API in five minutes, 1200 if not given', readPositive);
}

/**
 * Where Mastra's own store has its data.
 *
 * @param {Command} command
 * @returns {Command}
 */
export function addSource(command) {
  return command
    .optionsGroup('What is adopted:')
    .option('--from <file>', 'a file of Mastra’s LibSQL store, with all its domains, in place of namespaces')
    .option('--from-prefix <text>', 'the keyPrefix of Mastra’s store')
    .option('--from-namespace-prefix <text>', 'its namespacePrefix, where it worked over the REST API')
    .option(
      '--from-namespace <table=name>',
      'the namespace of a table, by its title or, with --local, its binding; mastra_threads and so on if not given',
      readNamespaceOption,
    )
    .option(
      '--raw-keys',
      'resources, scores and tasks, too: their keys have no prefix, so they are everybody’s there',
    )
    .optionsGroup('Options:');
}

/**
 * How results are told.
 *
 * @param {Command} command
 * @returns {Command}
 */
export function addOutput(command) {
  return command.optionsGroup('Options:').option('--json', 'one JSON document on stdout, and nothing else');
}

/** @param {string} text @returns {number} */
export function readPort(text) {
  const port = readPositive(text);
  if (port > 65_535) throw new InvalidArgumentError('It must be a port, at most 65535.');
  return port;
}

/** No writer of before is under way any more after a quarter of an hour. */
const AGE_MIN = 900_000;

/** @param {string} text @returns {number} ms */
export function readAge(text) {
  const age = toMilliseconds(text);
  if (!(age >= AGE_MIN && age <= Number.MAX_SAFE_INTEGER))
    throw new InvalidArgumentError('It must be a number with a unit, such as 30d or 12h; 15m at least.');
  return Math.floor(age);
}

/** @param {string} text @returns {number} */
export function readPositive(text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a positive whole number.');
  return number;
}
