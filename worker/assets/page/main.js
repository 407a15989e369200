/**
 * The page that looks into the store: finds the view that the address names, and shows it with what it cost.
 *
 * @module
 */

import { checkpointsView } from './checkpoints.js';
import { createApi, RequestError, token } from './api.js';
import { costLine } from './cost.js';
import { el } from './dom.js';
import { foldLong } from './fold.js';
import { memoryView } from './memory.js';
import { readPlace } from './place.js';
import { onPrefix, showPrefixes } from './prefix.js';
import { runsView } from './runs.js';
import { threadsView } from './threads.js';
import { emptyState, heading } from './widgets.js';

/** @type {Record<string, (api: import('./api.js').Api, place: import('./place.js').Place) => Promise<any[]>>} */
const VIEWS = { threads: threadsView, memory: memoryView, runs: runsView, checkpoints: checkpointsView };

const frame = {
  /** @type {any} */ view: document.getElementById('view'),
  /** @type {any} */ cost: document.getElementById('cost'),
  /** @type {any} */ forget: document.getElementById('forget'),
  /** @type {any} */ refresh: document.getElementById('refresh'),
};

let current = new AbortController();
let isFirst = true;

async function show() {
  token.takeFromAddress();
  current.abort();
  const { signal } = (current = new AbortController());
  const place = readPlace(location.hash);
  // What is opened within the view costs as well.
  const api = createApi(signal, () => {
    if (frame.view.getAttribute('aria-busy') === 'false') frame.cost.replaceChildren(...costLine(api.log));
  });
  markView(place.view);
  frame.view.setAttribute('aria-busy', 'true');
  /** @type {any[]} */
  let content;
  try {
    const view = Object.hasOwn(VIEWS, place.view) ? VIEWS[place.view] : unknownView;
    content = await view(api, place);
  } catch (error) {
    if (signal.aborted) return;
    content = errorView(error);
  }
  if (signal.aborted) return;
  frame.view.replaceChildren(...content.filter(Boolean));
  frame.view.dataset.place = location.hash;
  frame.view.setAttribute('aria-busy', 'false');
  frame.cost.replaceChildren(...costLine(api.log));
  frame.forget.hidden = token.get() === null;
  frame.refresh.hidden = token.get() === null;
  showPrefixes(api).catch(() => undefined); // The view has said it.
  arrive();
}

/** Readers of the screen learn that the view is another one. */
function arrive() {
  const title = frame.view.querySelector('h1');
  document.title = title ? `${title.textContent} · threadkv` : 'threadkv';
  foldLong(frame.view);
  const asked = frame.view.querySelector('[autofocus]');
  if (asked) asked.focus();
  else if (!isFirst) title?.focus({ preventScroll: true });
  const latest = frame.view.querySelector('[data-latest]');
  if (latest) latest.scrollIntoView({ block: 'end' });
  else scrollTo(0, 0);
  isFirst = false;
}

/** @param {string} view */
function markView(view) {
  for (const link of document.querySelectorAll('nav [data-view]')) {
    if (link.getAttribute('data-view') === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

async function unknownView() {
  return [heading('Nothing here'), emptyState('There is no such view', 'Choose one above.')];
}

/** @param {unknown} error */
function errorView(error) {
  if (error instanceof RequestError && [400, 401].includes(error.status) && error.code === 'UNAUTHORIZED') {
    return tokenView();
  }
  const known = error instanceof RequestError;
  const title = known && error.status === 404 ? 'Not found' : 'That did not work';
  return [
    heading(title),
    el(
      'div.failure',
      { role: 'alert' },
      el('p', null, known ? error.message : 'the page failed'),
      known &&
        el('p.about', null, el('code', null, error.code), error.status ? ` · status ${error.status}` : ''),
    ),
    el('button', { type: 'button', onclick: show }, 'Try again'),
  ];
}

function tokenView() {
  const wasWrong = token.get() !== null;
  token.forget();
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    token.set(String(data.get('token')).trim());
    show();
  };
  return [
    heading('A token is needed'),
    wasWrong && el('p.failure', { role: 'alert' }, 'The token is wrong.'),
    el(
      'p',
      null,
      'The one that was set as the secret THREADKV_TOKEN; `make dev` prints a link that has it. It is kept until this tab is closed.',
    ),
    el(
      'form.filter',
      { onsubmit },
      el(
        'label',
        null,
        'Token',
        el('input', {
          name: 'token',
          type: 'password',
          required: true,
          autofocus: true,
          autocomplete: 'off',
        }),
      ),
      el('button', null, 'Open'),
    ),
  ];
}

frame.forget.addEventListener('click', () => {
  token.forget();
  show();
});
frame.refresh.addEventListener('click', show);
onPrefix(show);
addEventListener('hashchange', show);
show();
