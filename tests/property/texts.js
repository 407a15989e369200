/**
 * What may be in a key or a prefix.
 *
 * @module
 */

import fc from 'fast-check';

/** Text as it might be in a key: separators, escapes, table names, control characters, long scripts. */
const keyPart = fc.oneof(
  fc.constantFrom(
    ':',
    '%',
    '%3A',
    '%25',
    '::',
    '/',
    ' ',
    '\u0000',
    '\n',
    '\u007f',
    '🎉',
    'é',
    '日',
    '"',
    '\\',
  ),
  fc.constantFrom(
    'threads',
    'messages',
    'metadata',
    'resources',
    'thread',
    'resource',
    'schema',
    'dev_',
    'a',
    'b',
  ),
  fc.constantFrom(
    'threads:',
    'messages:',
    'metadata:thread:',
    'metadata:',
    '__proto__',
    '42',
    '\u{10ffff}',
    '\uffff',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
);

/** Any text that is well-formed. */
const keyText = fc
  .array(keyPart, { maxLength: 4 })
  .map((parts) => parts.join(''))
  .filter((text) => !/\p{Surrogate}/u.test(text));

export const anyPrefix = keyText;
export const anyId = keyText.filter((text) => text.trim() !== '');
