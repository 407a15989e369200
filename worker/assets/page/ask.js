/**
 * Dialogs: what changes something asks first, and stays open when it fails.
 *
 * @module
 */

import { RequestError } from './api.js';
import { el } from './dom.js';

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [words]  what will happen
 * @property {string} verb  of the button
 * @property {{ label: string, value: string, long?: boolean }} [field]  what can be changed
 * @property {string} [typed]  what the field has to have before it is done: for what cannot be taken back
 * @property {(value: string) => Promise<void>} act  what is done then, with what the field has
 */

/** @param {Question} question @returns {Promise<boolean>} whether it was done */
export function ask({ title, words, verb, field, typed, act }) {
  const kind = field?.long ? 'textarea' : 'input';
  const input = field && el(kind, { name: 'value', rows: field.long && 12, autocomplete: 'off' });
  if (input) input.value = field?.value;
  const failure = el('p.failure', { role: 'alert' });
  const isDangerous = field === undefined || typed !== undefined;
  const button = el(isDangerous ? 'button.danger' : 'button', { type: 'submit' }, verb);
  if (typed !== undefined && input) {
    button.disabled = true;
    input.addEventListener('input', () => {
      button.disabled = input.value !== typed;
    });
  }
  const cancel = el('button', { type: 'button', autofocus: !field, onclick: () => dialog.close() }, 'Cancel');
  const dialog = el(
    'dialog',
    { 'aria-labelledby': 'question' },
    el(
      'form',
      { onsubmit: submit },
      el('h2', { id: 'question' }, title),
      words && el('p', null, words),
      input && el('label', null, field?.label, input),
      failure,
      el('div.actions', null, button, cancel),
    ),
  );
  let isDone = false;

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      await act(input?.value ?? '');
      isDone = true;
      dialog.close();
    } catch (error) {
      failure.textContent = error instanceof RequestError ? error.message : 'that did not work';
      button.disabled = false;
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(isDone);
    });
  });
}

/** @param {string} words @param {() => unknown} onclick */
export function actionButton(words, onclick) {
  return el('button.action', { type: 'button', onclick }, words);
}

/**
 * A button that changes one text.
 *
 * @param {string} title
 * @param {{ label: string, value: string, long?: boolean, act: Question['act'] }} field
 */
export function editButton(title, { act, ...field }) {
  return actionButton(title, async () => {
    if (await ask({ title, verb: 'Save', field, act })) changed();
  });
}

/** The view is asked for anew. */
export const changed = () => dispatchEvent(new Event('hashchange'));
