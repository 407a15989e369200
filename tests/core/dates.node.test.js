import { afterEach, describe, expect, it, vi } from 'vitest';
import { reviveDates, toText, withDates, withDateText } from '../../bindings/core/dates.js';

const TEXT = '2024-01-02T03:04:05.678Z';
const FIELDS = ['createdAt', 'updatedAt'];
/** @returns {string} */
const fail = () => {
  throw new RangeError('no date');
};

describe('a time without an offset', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])('is UTC, on a machine in %s too', (zone) => {
    vi.stubEnv('TZ', zone);
    expect(toText('2026-01-02T09:00:00')).toBe('2026-01-02T09:00:00.000Z');
    expect(toText('2026-07-02T09:00')).toBe('2026-07-02T09:00:00.000Z');
    expect(toText('2026-01-02T09:00:00.5')).toBe('2026-01-02T09:00:00.500Z');
    expect(toText('2026-01-02T09:00:00-05:00')).toBe('2026-01-02T14:00:00.000Z');
    expect(toText('2026-01-02')).toBe('2026-01-02T00:00:00.000Z');
    const saved = withDates({ createdAt: '2026-01-02T09:00:00' }, FIELDS);
    expect(saved.createdAt.toISOString()).toBe('2026-01-02T09:00:00.000Z');
  });
});

describe('a year of six digits', () => {
  it.each([8.64e15, -8.64e15, Date.UTC(10_000, 0, 1), Date.UTC(-1, 11, 31)])(
    'is taken as the text that JSON makes of the Date: %d',
    (time) => {
      const date = new Date(time);
      const text = JSON.parse(JSON.stringify(date));
      expect(text).toHaveLength(27);
      expect(toText(text)).toBe(toText(date));
    },
  );

  it.each(['+999999-01-01T00:00:00.000Z', '-000000-01-01T00:00:00.000Z', '12345-01-01', '+10000-01-01'])(
    'is refused where there is no such date: %s',
    (text) => {
      expect(toText(text)).toBe('invalid date');
    },
  );
});

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
