/**
 * What one conversation happens in: a store with a tape running, a Mastra, and the hands to make agents and let them
 * take turns.
 *
 * @module
 */

import { setImmediate as nextTick, setTimeout as wait } from 'node:timers/promises';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { Memory } from '@mastra/memory';
import { scripted } from './model.js';
import { createReference } from './reference.js';
import { Tape } from './tape.js';

/**
 * @typedef {object} Conversation
 * @property {string} name  of the file, in kebab case
 * @property {string} description  one sentence
 * @property {string[]} shows  what it is here for, in the words of tests/fixtures/README.md
 * @property {boolean} [workflows]  keep the calls on the workflow domain too
 * @property {NonNullable<ConstructorParameters<typeof Mastra>[0]>['idGenerator']} [idGenerator]
 * @property {(world: World) => Promise<void>} run
 */
/**
 * @typedef {object} AgentSettings
 * @property {string} [id]
 * @property {string} [instructions]
 * @property {string} [description]
 * @property {import('./model.js').Step[]} [script]
 * @property {Memory} [memory]
 * @property {NonNullable<ConstructorParameters<typeof Memory>[0]>['options']} [remembers]  options of a Memory of its own
 * @property {Record<string, any>} [tools]
 * @property {Record<string, Agent>} [agents]
 */
/**
 * Where a message goes and how; `remembers` changes the memory's options for this turn; all else is for the agent.
 * @typedef {{ thread: any, resource: string, via?: 'generate' | 'stream', remembers?: object } & Record<string, any>} AskOptions
 */

const BETWEEN_TURNS = 45_000;

export class World {
  /** What the user did, by turn. @type {Record<string, string>} */
  turns = {};
  #turn = 0;

  /** @param {import('./clock.js').Clock} clock @param {Conversation} conversation */
  constructor(clock, conversation) {
    this.clock = clock;
    this.tape = new Tape(clock);
    const { store, memory, db } = createReference();
    this.memory = memory;
    this.db = db;
    const domains = /** @type {any} */ (store.stores);
    domains.memory = this.tape.memory(memory);
    domains.workflows = this.tape.workflow(domains.workflows);
    this.store = store;
    const { idGenerator } = conversation;
    this.mastra = new Mastra({ storage: store, logger: false, ...(idGenerator && { idGenerator }) });
  }

  /** @param {NonNullable<ConstructorParameters<typeof Memory>[0]>} [config] */
  memoryWith(config) {
    const memory = new Memory({ storage: this.store, ...config });
    memory.__registerMastra(this.mastra);
    return memory;
  }

  /** An agent with a scripted model, registered as in an application. @param {AgentSettings} settings */
  agent({ id = 'assistant', instructions = 'Answer briefly.', script = [], memory, remembers, ...rest }) {
    const agent = new Agent({
      id,
      name: id,
      instructions,
      model: scripted(id, script),
      memory: memory ?? new Memory({ options: remembers ?? { lastMessages: 10 } }),
      ...rest,
    });
    this.mastra.addAgent(agent, id);
    return agent;
  }

  /**
   * One turn: a user says something to an agent and waits for the whole answer.
   *
   * @param {Agent} agent
   * @param {any} messages
   * @param {AskOptions} options
   */
  async ask(agent, messages, options) {
    const what = typeof messages === 'string' ? messages : 'a message of several parts';
    return this.turn(`${options.via ?? 'generate'}: ${what}`, () => this.answer(agent, messages, options));
  }

  /** The answer alone, for turns of several. @param {Agent} agent @param {any} messages @param {AskOptions} options */
  async answer(agent, messages, { thread, resource, remembers, via = 'generate', ...options }) {
    const settings = /** @type {any} */ ({ ...options, memory: { thread, resource, options: remembers } });
    if (via === 'generate') return agent.generate(messages, settings);
    const output = await agent.stream(messages, settings);
    await output.consumeStream();
    return output;
  }

  /** @template T @param {string} what @param {() => Promise<T>} fn @returns {Promise<T>} */
  async turn(what, fn) {
    const [result] = await this.#turns([what], [fn]);
    return result;
  }

  /** Several turns at the same time. @param {[what: string, fn: () => Promise<unknown>][]} turns */
  async together(...turns) {
    await this.#turns(
      turns.map(([what]) => what),
      turns.map(([, fn]) => fn),
    );
  }

  /** @template T @param {string[]} whats @param {(() => Promise<T>)[]} fns @returns {Promise<T[]>} */
  async #turns(whats, fns) {
    this.#turn += 1;
    this.clock.advance(BETWEEN_TURNS);
    const running = fns.map((fn, i) => {
      const label = `${this.#turn}${fns.length > 1 ? 'abcdef'[i] : ''}`;
      this.turns[label] = whats[i].length > 80 ? `${whats[i].slice(0, 77)}…` : whats[i];
      return this.tape.turn.run(label, fn);
    });
    const results = await Promise.all(running);
    await this.#settle();
    return results;
  }

  /** Work that a turn left running, such as making a title, belongs to it too. */
  async #settle() {
    for (let quiet = 0, seen = -1; quiet < 3; quiet++) {
      const made = this.tape.calls.length + this.tape.workflows.length;
      if (made !== seen) quiet = 0;
      seen = made;
      for (let i = 0; i < 5; i++) await nextTick();
      await wait(2);
    }
  }
}
