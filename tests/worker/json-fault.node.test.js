/** Where a text stops being JSON: against the parser of the runtime. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFault } from '../../worker/json-fault.js';

/** @param {string} text @returns {string | undefined} the parser's complaint */
const complaintOf = (text) => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

/** JSON, with a character or so put in, taken away or changed. */
const damaged = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\n',
      '0',
      '-',
      '.',
      'e',
      'x',
      '\u0000',
      'é',
      'true',
    ),
  )
  .map(([text, where, taken, put]) => {
    const at = where % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + taken);
  });

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 1, 1, 'a value'],
    ['{"resourceId":', 1, 15, 'a value'],
    ['{"a":1,}', 1, 8, 'a name in double quotes'],
    ['{a:1}', 1, 2, 'a name in double quotes, or }'],
    ['[1,]', 1, 4, 'a value'],
    ['[1 2]', 1, 4, 'a comma, or an end of what was begun'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma, or an end of what was begun'],
    ['{"a" 1}', 1, 6, 'a colon'],
    ["{'a':1}", 1, 2, 'a name in double quotes, or }'],
    ['{"a":1}}', 1, 8, 'nothing more'],
    ['[1}', 1, 3, 'a comma, or an end of what was begun'],
    ['"abc', 1, 5, 'the rest of a text'],
    ['["a\nb"]', 1, 4, 'the rest of a text'],
    ['["\\x"]', 1, 3, 'the rest of a text'],
    ['["\\u12g4"]', 1, 3, 'the rest of a text'],
    ['[01]', 1, 2, 'a value or ]'],
    ['[1.]', 1, 2, 'a value or ]'],
    ['[nul]', 1, 2, 'a value or ]'],
    ['\ufeff{}', 1, 1, 'a value'],
  ])('%j: line %d, column %d', (text, line, column, expected) => {
    expect(complaintOf(text)).toBeDefined();
    expect(findFault(text)).toMatchObject({ line, column, expected });
  });

  it('is none where the parser finds none', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(findFault(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(damaged, (text) => {
        expect(findFault(text) === undefined).toBe(complaintOf(text) === undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('is where the parser sees it, when that tells', () => {
    let told = 0;
    fc.assert(
      fc.property(damaged, (text) => {
        const [, position] = / at position (\d+)/.exec(complaintOf(text) ?? '') ?? [];
        if (position === undefined) return;
        told++;
        const offset = findFault(text)?.offset ?? -1;
        // Of an escape, a number or a word the parser names the character within, here it is where they begin.
        expect(offset).toBeLessThanOrEqual(Number(position));
        expect(text.slice(offset, Number(position))).toMatch(/^(\\u?[0-9a-fA-F]{0,3}|[\d.a-zE+-]*)$/);
      }),
      { numRuns: 2000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it('takes time in proportion, whatever is nested or long', () => {
    for (const text of [
      '['.repeat(500_000),
      '{"a":'.repeat(200_000),
      `"${'\\n'.repeat(500_000)}`,
      `[${'1,'.repeat(500_000)}`,
    ]) {
      expect(findFault(text)?.offset).toBe(text.length);
    }
  });
});
