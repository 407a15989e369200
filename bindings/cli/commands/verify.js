/**
 * `threadkv verify`: is every record where it would be looked for, is what the indexes say true? With `--repair` what can
 * be mended is mended; nothing is ever deleted but what belongs to deleted threads, or says what is not so.
 *
 * @module
 */

import { State } from '../state.js';
import { Findings, PROBLEMS } from '../../upkeep/findings.js';
import { Verification } from '../../upkeep/verification.js';
import { printable } from '../report.js';

/** @typedef {import('../context.js').Context} Context */
/** Where a verification stands. @typedef {{ step: number, cursor: string | null, last?: string | null, findings: import('../../upkeep/findings.js').Found }} Position */

/**
 * @param {Context} context
 */
export async function runVerify(context) {
  const { store, report, options, target, stopped } = context;
  const state = new State(options.state ?? 'threadkv-verify.state', {
    command: 'verify',
    place: target.place,
    names: target.names,
    keyPrefix: options.keyPrefix,
    repair: options.repair === true,
  });
  /** @type {Position} */
  const position = (await state.load()) ?? { step: 0, cursor: null, findings: {} };
  const resumed = position.step > 0 || position.cursor !== null;
  const findings = new Findings(position.findings);
  const verification = new Verification(store, findings, options.repair === true, position.last);
  const steps = verification.steps();
  try {
    for (; position.step < steps.length && !stopped(); position.step++) {
      const { title, unit, total, page } = steps[position.step];
      const progress = report.progress(title, unit, await total());
      try {
        do {
          position.cursor = await page(position.cursor, progress);
          position.last = verification.last;
          await state.save(position.cursor === null ? { ...position, step: position.step + 1 } : position);
        } while (position.cursor !== null && !stopped());
      } finally {
        progress.end();
      }
      if (position.cursor !== null) break;
    }
  } finally {
    await store.close();
  }
  const interrupted = position.step < steps.length;
  if (!interrupted) await state.remove();
  return show(context, findings, { interrupted, resumed });
}

/**
 * @param {Context} context
 * @param {Findings} findings
 * @param {{ interrupted: boolean, resumed: boolean }} run
 */
function show({ report, options }, findings, { interrupted, resumed }) {
  const { looked, found } = findings.result();
  report.table(
    ['looked at', 'number'],
    Object.entries(looked).map(([what, number]) => [what, number]),
  );
  const rows = Object.entries(found);
  report.table(
    ['found', 'number', 'mended', 'such as'],
    rows.map(([what, { count, mended, samples }]) => [
      what,
      count,
      mended,
      samples.map(printable).join(', '),
    ]),
  );
  if (interrupted) report.note('Stopped. The same command goes on from here.');
  else if (rows.length === 0) report.say('Everything is as it should be.');
  const open = rows.filter(([what, { count, mended }]) => PROBLEMS.has(what) && mended < count);
  if (open.length > 0 && !options.repair) report.note('--repair mends what can be mended.');
  return { looked, found, repair: options.repair === true, resumed, interrupted, findings: open.length > 0 };
}
