/**
 * The right name for a misspelt one.
 *
 * @module
 */

/** What others call it. Of several names the first that is known counts. @type {Record<string, string>} */
const SYNONYMS = {
  asc: 'orderBy orderDirection sortDirection',
  count: 'perPage limit last',
  desc: 'orderBy orderDirection sortDirection',
  end: 'toDate endDate to',
  from: 'start fromDate startDate offset',
  limit: 'perPage last messageLimit',
  namespace: 'keyPrefix namespacePrefix',
  offset: 'page',
  owner: 'resourceId',
  pagesize: 'perPage',
  size: 'perPage',
  skip: 'page offset',
  sort: 'orderBy',
  start: 'from fromDate startDate',
  take: 'perPage limit last',
  to: 'end toDate endDate',
  token: 'apiToken',
  until: 'to end toDate endDate',
  user: 'resourceId',
  userid: 'resourceId',
};

/**
 * @param {string} name
 * @param {readonly string[]} known
 * @returns {string | undefined} the one of `known` that was probably meant
 */
export function nearestName(name, known) {
  const plain = plainName(name);
  const others = Object.hasOwn(SYNONYMS, plain) ? SYNONYMS[plain].split(' ') : [];
  return (
    others.find((other) => known.includes(other)) ??
    alikeName(name, known) ??
    known.find((other) => isPart(plain, plainName(other)))
  );
}

/**
 * @param {string} name
 * @param {readonly string[]} known
 * @returns {string | undefined} the one of `known` that `name` is a slip of the pen away from
 */
export function alikeName(name, known) {
  const plain = plainName(name);
  const distances = known.map((other) => distance(plain, plainName(other)));
  const least = Math.min(...distances);
  return least <= tolerance(plain) ? known[distances.indexOf(least)] : undefined;
}

/** `thread_id` and `ThreadID` are `threadId`. @param {string} name */
function plainName(name) {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** Slips that a name of this length may have. @param {string} name */
function tolerance({ length }) {
  return length < 6 ? 1 : 2;
}

/** @param {string} a @param {string} b */
function isPart(a, b) {
  return Math.min(a.length, b.length) > 1 && (a.includes(b) || b.includes(a));
}

/**
 * Letters to put in, take out, replace, or exchange with their neighbour.
 *
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  /** @type {number[][]} */
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i][j] = Math.min(
        rows[i - 1][j] + 1,
        rows[i][j - 1] + 1,
        rows[i - 1][j - 1] + cost,
        swapped ? rows[i - 2][j - 2] + 1 : Infinity,
      );
    }
  }
  return rows[a.length][b.length];
}
