/**
 * Progress of an agent's internal runs, of which the object stores nothing: it stays with the caller, as it stays in the
 * memory of an isolate over KV, and costs no call. An agent begins two such runs in each turn and deletes them at its end;
 * only if it has to wait for somebody are they stored. As soon as anything else is wanted of a run that is held here, what
 * is held goes to the object first.
 *
 * Plain data, that all stores over one object share in this isolate.
 *
 * @module
 */

/** Names of workflows that agents run in each turn. */
const INTERNAL = ['agentic-loop', 'executionWorkflow'];
/** What is progress, and no state that anybody could go on from. */
const PROGRESS = ['pending', 'running'];

const HELD_MAX = 200;
const BYTES_MAX = 4 * 1024 * 1024;
/** As long as a request may last. */
const HELD_MS = 900_000;
/** How long it counts that the object had nothing: as long as what was read counts over KV. */
const ABSENT_MS = 1000;
/** Ids that make a key in any case. */
const PLAIN_ID = /^[\w-]{1,100}$/;

/** @typedef {{ workflowName: string, runId: string }} RunName */
/**
 * `text` is the payload that was to be stored, undefined where the object is known to have nothing.
 * @typedef {{ text?: string, createdAt: string, updatedAt: string, resourceId?: string, at: number }} Held
 */

export class HeldRuns {
  /** By name, the oldest first. @type {Map<string, Held>} */
  #runs = new Map();
  #bytes = 0;

  /**
   * Notes what the object was seen to have nothing of.
   *
   * @param {string} asked  the payload of a row.get
   * @param {string} answer
   * @param {number} now
   */
  saw(asked, answer, now) {
    if (!isInternal(asked) || !answer.includes('null')) return;
    /** @type {RunName[]} */
    const names = JSON.parse(asked);
    /** @type {unknown[]} */
    const rows = JSON.parse(answer);
    for (const [index, name] of names.entries()) {
      if (rows[index] !== null || !isHoldable(name) || this.#find(name, now)?.text !== undefined) continue;
      this.#put(name, { createdAt: '', updatedAt: '', at: now });
    }
  }

  /**
   * @param {string} asked  the payload of a row.get
   * @param {number} now
   * @returns {string | undefined} the answer, where all of it is known here
   */
  answer(asked, now) {
    if (this.#runs.size === 0 || !isInternal(asked)) return undefined;
    /** @type {RunName[]} */
    const names = JSON.parse(asked);
    const known = names.map((name) => (isHoldable(name) ? this.#find(name, now) : undefined));
    if (known.some((run) => run === undefined)) return undefined;
    return `[${names.map((name, index) => rowOf(name, /** @type {Held} */ (known[index]))).join()}]`;
  }

  /**
   * Holds progress of a run of which the object has nothing.
   *
   * @param {string} text  the payload of a workflow.persist
   * @param {number} now
   * @returns {boolean} false where it has to be stored: see `completed`
   */
  hold(text, now) {
    if (!isInternal(text) || text.length > BYTES_MAX) return false;
    const run = JSON.parse(text);
    if (!isHoldable(run)) return false;
    const before = this.#find(run, now);
    if (before === undefined || !isProgress(run)) return false;
    const date = new Date(now).toISOString();
    this.#put(run, {
      text,
      createdAt: run.createdAt ?? (before.createdAt || date),
      updatedAt: run.updatedAt ?? date,
      resourceId: run.resourceId ?? before.resourceId,
      at: now,
    });
    return true;
  }

  /**
   * What is to be stored of a run that may be held: it keeps its owner and its date. Nothing is held of it any more.
   *
   * @param {string} text  the payload of a workflow.persist
   * @returns {string}
   */
  completed(text) {
    if (this.#runs.size === 0 || !isInternal(text)) return text;
    const run = JSON.parse(text);
    const held = this.#runs.get(nameOf(run));
    if (this.#take(nameOf(run)) === undefined || held === undefined) return text;
    const { resourceId = held.resourceId, createdAt = held.createdAt, updatedAt } = run;
    return withSnapshot(
      { workflowName: run.workflowName, runId: run.runId, resourceId, createdAt, updatedAt },
      text,
    );
  }

  /**
   * Takes what is held of the run that a payload names, to be stored before anything else is done with it.
   *
   * @param {string} text
   * @returns {string | undefined} the payload of a workflow.persist
   */
  take(text) {
    if (this.#runs.size === 0 || !isInternal(text)) return undefined;
    return this.#take(nameOf(JSON.parse(text)));
  }

  /** Takes all of it: somebody wants a list. @returns {string[]} */
  takeAll() {
    return [...this.#runs.keys()].map((name) => this.#take(name)).filter((text) => text !== undefined);
  }

  /**
   * A run is deleted.
   *
   * @param {string} text  the payload of a workflow.delete
   * @param {number} now
   * @returns {boolean} whether that was all, because the object has nothing of it
   */
  delete(text, now) {
    if (this.#runs.size === 0 || !isInternal(text)) return false;
    const run = JSON.parse(text);
    const isHere = isHoldable(run) && this.#find(run, now)?.text !== undefined;
    if (isHere) this.#take(nameOf(run));
    return isHere;
  }

  clear() {
    this.#runs.clear();
    this.#bytes = 0;
  }

  /** @param {string} name @returns {string | undefined} */
  #take(name) {
    const held = this.#runs.get(name);
    if (held === undefined) return undefined;
    this.#runs.delete(name);
    this.#bytes -= held.text?.length ?? 0;
    return held.text;
  }

  /** @param {RunName} run @param {number} now */
  #find(run, now) {
    const held = this.#runs.get(nameOf(run));
    if (held === undefined) return undefined;
    return now - held.at <= (held.text === undefined ? ABSENT_MS : HELD_MS) ? held : undefined;
  }

  /** @param {RunName} run @param {Held} held */
  #put(run, held) {
    const name = nameOf(run);
    this.#take(name);
    this.#runs.set(name, held);
    this.#bytes += held.text?.length ?? 0;
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= HELD_MAX && this.#bytes <= BYTES_MAX) break;
      this.#take(oldest);
    }
  }
}

/** @param {RunName} run */
const nameOf = ({ workflowName, runId }) => `${workflowName}:${runId}`;

/** Cheaply, for snapshots are large. The store writes the names first. @param {string} text  a payload */
function isInternal(text) {
  const start = text.startsWith('[') ? text.slice(1, 60) : text.slice(0, 60);
  return INTERNAL.some((name) => start.startsWith(`{"workflowName":"${name}","runId":`));
}

/** @param {RunName} run */
function isHoldable({ workflowName, runId }) {
  return INTERNAL.includes(workflowName) && typeof runId === 'string' && PLAIN_ID.test(runId);
}

/** Only what the core would take: all else is its to refuse. @param {any} run */
function isProgress({ snapshot, resourceId, createdAt, updatedAt }) {
  const dates = [createdAt ?? null, updatedAt ?? null].filter((date) => date !== null);
  return (
    PROGRESS.includes(snapshot?.status) &&
    (resourceId === undefined || resourceId === null || typeof resourceId === 'string') &&
    dates.every((date) => typeof date === 'string' && !Number.isNaN(Date.parse(date)))
  );
}

/**
 * The row as the object would have it, the snapshot digit by digit.
 *
 * @param {RunName} name
 * @param {Held} held
 * @returns {string} JSON
 */
function rowOf({ workflowName, runId }, { text, resourceId, createdAt, updatedAt }) {
  if (text === undefined) return 'null';
  return withSnapshot({ workflowName, runId, resourceId, createdAt, updatedAt }, text);
}

/**
 * @param {object} fields
 * @param {string} text  a payload whose last field is the snapshot
 * @returns {string} JSON
 */
function withSnapshot(fields, text) {
  return `${JSON.stringify(fields).slice(0, -1)},${text.slice(text.indexOf('"snapshot":'))}`;
}
