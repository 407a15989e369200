/**
 * Elements. What users wrote goes in as text and nothing else: there is no way here to make elements of a text.
 *
 * @module
 */

/** What a record has where a text should be goes in as JSON. @typedef {any} Child */

/**
 * `el('a.button', { href: '#/threads' }, 'Threads')`
 *
 * @param {string} kind  a tag, with classes after dots
 * @param {Record<string, unknown> | null} [attributes]  `on…` are listeners; undefined, null and false are left out
 * @param {...Child} children  lists of them, too
 * @returns {any} an HTMLElement
 */
export function el(kind, attributes, ...children) {
  const [tag, ...classes] = kind.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : text(child));
  }
  return element;
}

/**
 * A part that is made when it is first opened.
 *
 * @param {string} title
 * @param {() => Node} make
 */
export function disclosure(title, make) {
  const details = el('details', null, el('summary', null, title));
  details.addEventListener('toggle', () => details.append(make()), { once: true });
  return details;
}

/** @param {unknown} value */
export function jsonBlock(value) {
  return el('pre', { tabindex: 0 }, JSON.stringify(value, null, 2) ?? 'undefined');
}

/** @param {string} title @param {unknown} value */
export function jsonDisclosure(title, value) {
  return disclosure(title, () => jsonBlock(value));
}

/** A moment, in the reader's own zone. @param {unknown} value */
export function time(value) {
  const date = new Date(/** @type {string} */ (value));
  if (typeof value !== 'string' || Number.isNaN(date.getTime())) return el('span', null, text(value));
  return el('time', { datetime: value, title: value }, date.toLocaleString());
}

/**
 * Names and values, those that are there.
 *
 * @param {Record<string, Child>} facts
 */
export function facts(facts) {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  return el(
    'dl',
    null,
    given.flatMap(([name, value]) => [el('dt', null, name), el('dd', null, value)]),
  );
}

/** Any value as a line of text. @param {unknown} value @returns {string} */
export function text(value) {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

/**
 * The view of each record. One that is too odd for it is shown as it is, and hides none of the others.
 *
 * @template T
 * @param {T[]} records
 * @param {(record: T) => Node | null} view
 * @param {string} [kind]  of the element that stands in for it
 */
export function each(records, view, kind = 'div') {
  return records.map((record) => {
    try {
      return view(record);
    } catch {
      return el(kind, null, el('p.failure', null, 'This cannot be shown but as it is:'), jsonBlock(record));
    }
  });
}
