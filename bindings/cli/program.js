/**
 * The commands: their names, options and help, and what is common to running them.
 *
 * The only folder with dependencies of its own; nothing else in bindings/ knows of it.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { checkAdopt, runAdopt } from './commands/adopt.js';
import { runClear } from './commands/clear.js';
import { checkErase, runErase } from './commands/erase.js';
import { checkExport, runExport } from './commands/export.js';
import { runImport } from './commands/import.js';
import { runStats } from './commands/stats.js';
import { runStudio } from './commands/studio.js';
import { runSweep } from './commands/sweep.js';
import { runVerify } from './commands/verify.js';
import { completionOf, SHELLS } from './completion.js';
import { describeError, EXIT, exitCodeOf, usageError } from './errors.js';
import { watchInterrupt } from './interrupt.js';
import { addOutput, addSource, addTarget, readAge, readPort, readPositive } from './options.js';
import { Report } from './report.js';
import { hintAtPrefixes } from './prefixes.js';
import { openTarget, requireNamespaces } from './target.js';
import { loadToolsModule } from '../upkeep/module.text.js';
import { ToolStore } from '../upkeep/tool-store.js';

/**
 * @typedef {import('../core/stats.js').Operation} Operation
 * @typedef {import('./context.js').Run} Run
 * @typedef {(run: Run) => (...args: any[]) => Promise<void>} Action  makes of a command what commander calls
 */

/** KV operations that one call may make. There is no limit as in a Worker, but a call should come to its end. */
const MAX_OPERATIONS = 5000;

/** These may write to a place where nothing is yet. */
const MAKES_NAMESPACES = ['import', 'adopt'];

/** These list all that there is under a prefix. */
const LISTS = ['stats', 'export', 'verify', 'clear'];

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 done but something was found or left out, 130 interrupted,
141 the output’s reader went away.
Ctrl-C stops after the current batch; the same command then goes on from there.`;

const EXAMPLES = `
Examples:
  export CLOUDFLARE_ACCOUNT_ID=<id> CLOUDFLARE_API_TOKEN=<token>
  threadkv stats --prefix dev_
  threadkv export --prefix dev_ -o backup.ndjson
  threadkv import backup.ndjson --local --prefix dev_
${EXIT_CODES}`;

/** @param {string[]} examples */
function help(...examples) {
  return `\nExamples:\n${examples.map((example) => `  threadkv ${example}`).join('\n')}\n${EXIT_CODES}`;
}

/**
 * @param {string[]} argv  as `process.argv`
 * @returns {Promise<number>} the exit code
 */
export async function main(argv) {
  let exitCode = /** @type {number} */ (EXIT.ok);
  /** @param {Run} run */
  const action =
    (run) =>
    async (/** @type {any[]} */ ...args) => {
      const command = args.at(-1);
      exitCode = await perform(command, run, args.slice(0, -2));
    };
  const program = build(action);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(new Report(), error);
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

/**
 * @param {Action} action
 * @returns {Command}
 */
function build(action) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('threadkv')
    .description('Looks after what threadkv keeps in Workers KV: threads, messages, working memory.')
    .version(version)
    .showHelpAfterError('(threadkv --help tells more)')
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  addKeeping(program, action);
  addDeleting(program, action);
  addStudio(program, action);
  addCompletion(program);
  return program;
}

/**
 * A command over what is stored.
 * @param {Command} program
 * @param {string} name
 * @param {string} text
 */
const addCommand = (program, name, text) => addOutput(addTarget(program.command(name).description(text)));

/** What counts, copies and mends. @param {Command} program @param {Action} action */
function addKeeping(program, action) {
  addCommand(program, 'stats', 'Counts records and bytes, by table and by user.')
    .option('--top <n>', 'how many users to show', readPositive, 20)
    .addHelpText('after', help('stats --prefix dev_', 'stats --local --json'))
    .action(action(runStats));
  addCommand(program, 'export', 'Writes every record under a prefix to a file, as NDJSON with checksums.')
    .option('-o, --output <file>', 'where to; stdout if not given')
    .option('--force', 'write over a file that exists')
    .option('--state <file>', 'where the position is kept; <output>.state if not given')
    .addHelpText(
      'after',
      help('export --prefix dev_ -o backup.ndjson', 'export --local | gzip > backup.ndjson.gz'),
    )
    .action(action((context) => runExport(context, context.options.output)));
  addCommand(
    program,
    'import',
    'Brings an export back, under the same prefix or another. Doing it twice is doing it once.',
  )
    .argument('<file>', 'an export; - for stdin')
    .option('--state <file>', 'where the position is kept; <file>.state if not given')
    .addHelpText('after', help('import backup.ndjson --prefix staging_', 'import backup.ndjson --local'))
    .action(action(runImport));
  addCommand(
    program,
    'verify',
    'Looks whether every record is found, and every index entry true; mends what is not.',
  )
    .option('--repair', 'mend what can be mended')
    .option('--state <file>', 'where the position is kept; threadkv-verify.state if not given')
    .addHelpText('after', help('verify --prefix dev_', 'verify --prefix dev_ --repair'))
    .action(action(runVerify));
  addSource(
    addCommand(
      program,
      'adopt',
      'Copies what Mastra’s own KV store wrote, or its LibSQL store, into threadkv’s layout. The source stays as it is.',
    ),
  )
    .option('--dry-run', 'write nothing; count, and show which ids')
    .option('--overwrite', 'also what threadkv has changed since')
    .option('--delete-source', 'delete what was adopted from the source')
    .option('--state <file>', 'where the position is kept; threadkv-adopt.state if not given')
    .addHelpText(
      'after',
      help(
        'adopt --from-prefix dev_ --prefix dev_ --dry-run',
        'adopt --from-namespace threads=THREADS --from-namespace messages=MESSAGES --raw-keys',
        'adopt --local --from-prefix dev_ --prefix dev_',
        'adopt --from mastra.db --prefix dev_ --dry-run',
      ),
    )
    .action(action(runAdopt));
}

/** What deletes. @param {Command} program @param {Action} action */
function addDeleting(program, action) {
  addCommand(program, 'sweep', 'Finishes the deletion of threads, as the cron of the Worker does.')
    .option('--purge <age>', 'remove tombstones of threads deleted so long ago, such as 90d', readAge)
    .addHelpText('after', help('sweep --prefix dev_', 'sweep --prefix dev_ --purge 90d'))
    .action(action(runSweep));
  addCommand(
    program,
    'erase',
    'Forgets a user: deletes everything that carries the id of a resource, after asking.',
  )
    .option('--resource <id>', 'whom: the resourceId of threads, messages and working memory')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      help('erase --prefix dev_ --resource user-1', 'erase --local --resource user-1 --yes'),
    )
    .action(action(runErase));
  addCommand(program, 'clear', 'Deletes everything under a prefix, after asking.')
    .option('--yes', 'do not ask')
    .addHelpText('after', help('clear --prefix dev_', "clear --prefix '' --local --yes"))
    .action(action(runClear));
}

/** @param {Command} program @param {Action} action */
function addStudio(program, action) {
  addTarget(program.command('studio'))
    .description(
      'Opens the page of the Worker over a store, for this machine alone, and prints a link to it.',
    )
    .optionsGroup('Options:')
    .option('--port <n>', 'where it listens, on 127.0.0.1; a free one if not given', readPort)
    .option('--write', 'let the page change and delete')
    .addHelpText(
      'after',
      help('studio --local', 'studio --prefix dev_', 'studio --local --write --port 8790'),
    )
    .action(action(runStudio));
}

/** @param {Command} program */
function addCompletion(program) {
  program
    .command('completion')
    .description(`Prints what completes this command’s words in a shell: ${SHELLS.join(', ')}.`)
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText('after', help('completion bash >> ~/.bashrc', 'completion fish | source'))
    .action((shell) => void process.stdout.write(completionOf(program, shell)));
}

/**
 * @param {Command} command
 * @param {Run} run
 * @param {any[]} args
 * @returns {Promise<number>} the exit code
 */
async function perform(command, run, args) {
  const options = command.opts();
  const isNamed = command.getOptionValueSource('keyPrefix') !== 'default';
  const report = new Report({ json: options.json });
  if (command.name() === 'clear' && !isNamed) {
    return fail(report, usageError("clear wants to be told the prefix; --prefix '' for data without one"));
  }
  try {
    checkPlace(command);
    if (command.name() === 'adopt') checkAdopt(options);
    if (command.name() === 'export') checkExport(options);
    if (command.name() === 'erase') checkErase(options);
  } catch (error) {
    return fail(report, error);
  }
  const interrupt = watchInterrupt(() => {
    if (command.name() !== 'studio') report.note('Stopping after this batch. Ctrl-C again stops at once.');
  });
  let target;
  try {
    const named = isNamed ? options.keyPrefix : undefined;
    target = await openTarget(/** @type {any} */ ({ ...options, keyPrefix: named }), report);
    // The token of a Worker says whose data it opens.
    options.keyPrefix = target.keyPrefix ?? options.keyPrefix;
    const makes = MAKES_NAMESPACES.includes(command.name());
    await requireNamespaces(target, /** @type {any} */ (options), makes);
    /** @type {((operation: Operation) => void)[]} */
    const hooks = [];
    let keys = 0;
    hooks.push((operation) => (keys += operation.kind === 'list' ? operation.keys : 0));
    const line = target.line({
      keyPrefix: options.keyPrefix,
      maxOperations: MAX_OPERATIONS,
      onOperation: (operation) => {
        for (const hook of hooks) hook(operation);
      },
    });
    const store = new ToolStore(line, { module: await loadToolsModule() });
    const stops = { stopped: () => interrupt.asked, whenStopped: interrupt.whenAsked };
    const context = { store, target, report, options, ...stops };
    const outcome = await run({ ...context, onOperation: (hook) => void hooks.push(hook) }, ...args);
    const { interrupted = false, findings = false, ...figures } = outcome;
    if (LISTS.includes(command.name()) && keys === 0 && !interrupted)
      await hintAtPrefixes(target, options.keyPrefix.trim(), report);
    report.result({ command: command.name(), done: !interrupted, ...figures });
    return interrupted ? EXIT.interrupted : findings ? EXIT.findings : EXIT.ok;
  } catch (error) {
    // Ctrl-C reaches wrangler's local KV as well, and what was under way fails.
    if (interrupt.asked && options.local) return EXIT.interrupted;
    return fail(report, error);
  } finally {
    interrupt.end();
    await target?.close();
  }
}

/** One place at a time. @param {Command} command */
function checkPlace(command) {
  const told = ['account', 'worker', 'local'].filter((name) => command.getOptionValueSource(name) === 'cli');
  if (told.length > 1) throw usageError(`say ${told.map((name) => `--${name}`).join(' or ')}, not both`);
}

/**
 * @param {Report} report
 * @param {unknown} error
 * @returns {number}
 */
function fail(report, error) {
  const { code, message, details } = describeError(error);
  report.result({ error: { code, message, details } });
  report.note(`threadkv: ${message}`);
  return exitCodeOf(error);
}
