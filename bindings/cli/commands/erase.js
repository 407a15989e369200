/**
 * `threadkv erase`: forgets a user, after asking.
 *
 * @module
 */

import { confirm } from '../confirm.js';
import { usageError } from '../errors.js';
import { grouped, printable } from '../report.js';

/** @typedef {import('../context.js').Context} Context */

/**
 * @param {Context} context
 */
export async function runErase(context) {
  const { store, report, options, target, stopped } = context;
  const { resource } = options;
  report.note(`All that carries the resource id "${printable(resource)}" in ${target.place}.`);
  if (!options.yes) await confirm('erase', resource);
  const progress = report.progress('Erasing', 'records');
  let deleted = 0;
  let cursor = null;
  try {
    do {
      const part = await store.eraseResource({ resourceId: resource, cursor });
      progress.add(part.deleted);
      deleted += part.deleted;
      cursor = part.cursor;
    } while (cursor !== null && !stopped());
  } finally {
    progress.end();
    await store.close();
  }
  report.note(`${grouped(deleted)} records erased.`);
  report.note(
    cursor === null
      ? 'Sweep in some minutes: then it is looked for what other places had just written, and the last note of the id goes.'
      : 'Stopped. Sweeps go on from here.',
  );
  return { deleted, interrupted: cursor !== null };
}

/** @param {{ resource?: string }} options */
export function checkErase({ resource }) {
  if (resource === undefined || resource === '') throw usageError('say whom: --resource <id>');
}
