/**
 * Long messages are folded, so that the next one is in reach.
 *
 * @module
 */

import { el } from './dom.js';

/** Some thirty lines of text, and what may stand above that before it is worth a button. */
const LINES = 30;
const SLACK = 1.25;

/**
 * Once the messages are in the document, for only there they have a height.
 *
 * @param {HTMLElement} root
 */
export function foldLong(root) {
  for (const body of root.querySelectorAll('.body')) {
    const line = parseFloat(getComputedStyle(body).lineHeight);
    if (body.scrollHeight > line * LINES * SLACK) fold(body, Math.round(body.scrollHeight / line));
  }
}

/** @param {Element} body @param {number} lines */
function fold(body, lines) {
  body.classList.add('folded');
  const button = el('button.unfold', { type: 'button', 'aria-expanded': 'false' }, `Show all ${lines} lines`);
  button.addEventListener('click', () => {
    const isFolded = body.classList.toggle('folded');
    button.setAttribute('aria-expanded', String(!isFolded));
    button.textContent = isFolded ? `Show all ${lines} lines` : 'Show less';
  });
  body.after(button);
}
