import { describe, expect, it } from 'vitest';
import { reviveDates, toText, withDates, withDateText } from '../../bindings/core/dates.js';

const TEXT = '2024-01-02T03:04:05.678Z';
const FIELDS = ['createdAt', 'updatedAt'];
/** @returns {string} */
const fail = () => {
  throw new RangeError('no date');
};

describe('toText', () => {
  it.each([
    [new Date(TEXT), TEXT],
    [TEXT, TEXT],
    ['2024-01-02', '2024-01-02T00:00:00.000Z'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.6789+01:00', '2024-01-02T02:04:05.678Z'],
    [/** @type {any} */ ({ toISOString: () => TEXT }), TEXT],
    [undefined, undefined],
    [null, null],
  ])('reads %s', (value, text) => {
    expect(toText(value)).toBe(text);
  });

  it.each([
    [new Date(NaN)],
    ['yesterday'],
    ['1'],
    ['March 7'],
    ['2024-13-01'],
    [''],
    [1704164645678],
    [{}],
    [true],
    [{ toISOString: fail }],
  ])('has no date for %s', (value) => {
    expect(toText(value)).toBe('invalid date');
  });
});

describe('withDateText', () => {
  it('copies nothing where JSON is right anyway', () => {
    for (const record of [{ createdAt: new Date(TEXT) }, { createdAt: TEXT }, { createdAt: undefined }, {}]) {
      expect(withDateText(record, FIELDS)).toBe(record);
    }
  });

  it("leaves the caller's object alone", () => {
    const record = Object.freeze({ createdAt: '2024-01-02', updatedAt: new Date(NaN), kept: [1] });
    expect(withDateText(record, FIELDS)).toEqual({
      createdAt: '2024-01-02T00:00:00.000Z',
      updatedAt: 'invalid date',
      kept: [1],
    });
  });

  it('passes on what is no record', () => {
    for (const value of [null, undefined, 'text', 42]) expect(withDateText(value, FIELDS)).toBe(value);
  });

  it('keeps __proto__ an ordinary field', () => {
    const record = JSON.parse('{"createdAt":"2024-01-02","__proto__":{"polluted":true}}');
    const text = JSON.stringify(withDateText(record, FIELDS));
    expect(text).toBe('{"createdAt":"2024-01-02T00:00:00.000Z","__proto__":{"polluted":true}}');
    expect(/** @type {any} */ ({}).polluted).toBeUndefined();
  });
});

describe('reviveDates and withDates', () => {
  it('turn texts of known fields into Dates', () => {
    const record = { createdAt: TEXT, updatedAt: null, other: TEXT };
    expect(withDates(record, FIELDS)).toEqual({ createdAt: new Date(TEXT), updatedAt: null, other: TEXT });
    expect(record.createdAt).toBe(TEXT);
    reviveDates(record, FIELDS);
    expect(record.createdAt).toEqual(new Date(TEXT));
  });
});
