/**
 * Graphs that are run beside LangGraph's own saver, and what is compared: every state, with ids told by their order.
 *
 * @module
 */

import { AIMessage, HumanMessage } from '@langchain/core/messages';
import {
  Annotation,
  Command,
  END,
  interrupt,
  MessagesDeltaValue,
  Send,
  START,
  StateGraph,
  StateSchema,
} from '@langchain/langgraph';

/** @typedef {() => any} Open  a saver over the data, in a process of its own */
/** @typedef {'sync' | 'async' | 'exit'} Durability */

const State = Annotation.Root({
  log: Annotation({
    reducer: (/** @type {string[]} */ a, /** @type {string[]} */ b) => [...a, ...b],
    default: () => [],
  }),
  total: Annotation(),
});

const says = (/** @type {string} */ word) => () => ({ log: [word] });

/** Every state of a thread, newest first. @param {any} graph @param {any} config */
export async function history(graph, config) {
  const states = [];
  for await (const state of graph.getStateHistory(config)) states.push(state);
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const [n, { config }] of states.toReversed().entries()) {
    names.set(config.configurable.checkpoint_id, `checkpoint ${n}`);
  }
  const plain = (/** @type {any} */ { config, parentConfig, createdAt: _, tasks, metadata, ...state }) => ({
    ...state,
    id: names.get(config.configurable.checkpoint_id),
    parent: names.get(parentConfig?.configurable.checkpoint_id),
    metadata: { ...metadata, parents: Object.keys(metadata.parents ?? {}), thread_id: undefined },
    tasks: tasks.map((/** @type {any} */ { name, path, interrupts, error, result, state }) => ({
      name,
      path,
      values: interrupts.map((/** @type {any} */ { value }) => value),
      error,
      result,
      hasState: state !== undefined,
    })),
  });
  return JSON.parse(JSON.stringify(states.map(plain)));
}

/** @type {{ [name: string]: (open: Open, durability: Durability) => Promise<any> }} */
export const SCENARIOS = {
  async 'a line of nodes, twice'(open, durability) {
    const compile = () =>
      new StateGraph(State)
        .addNode('a', says('a'))
        .addNode('b', says('b'))
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    await compile().invoke({ log: ['one'] }, config);
    const result = await compile().invoke({ log: ['two'] }, config);
    return { result, states: await history(compile(), config) };
  },

  async 'time travel and a fork'(open, durability) {
    const compile = () =>
      new StateGraph(State)
        .addNode('a', says('a'))
        .addNode('b', ({ log }) => ({ log: ['b'], total: log.length }))
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    await compile().invoke({ log: ['one'] }, config);
    const states = [];
    for await (const state of compile().getStateHistory(config)) states.push(state);
    const old = states.find(({ next }) => next.includes('b')) ?? states[states.length - 1];
    const again = await compile().invoke(null, { ...old.config, durability });
    const forked = await compile().updateState(old.config, { log: ['edited'] });
    const result = await compile().invoke(null, { ...forked, durability });
    return { again, result, states: await history(compile(), config) };
  },

  async 'an interrupt, resumed in a second process'(open, durability) {
    const compile = () =>
      new StateGraph(State)
        .addNode('first', says('first'))
        .addNode('ask', () => ({ log: [interrupt({ question: 'Go on?' })] }))
        .addNode('beside', says('beside'))
        .addNode('last', says('last'))
        .addEdge(START, 'first')
        .addEdge('first', 'ask')
        .addEdge('first', 'beside')
        .addEdge(['ask', 'beside'], 'last')
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    await compile().invoke({ log: [] }, config);
    const waiting = await history(compile(), config);
    const result = await compile().invoke(new Command({ resume: 'yes' }), config);
    return { waiting, result, states: await history(compile(), config) };
  },

  async 'a node that fails, and goes on later'(open, durability) {
    let fails = true;
    const compile = () =>
      new StateGraph(State)
        .addNode('good', says('good'))
        .addNode('bad', () => {
          if (fails) throw new Error('not today');
          return { log: ['bad'] };
        })
        .addEdge(START, 'good')
        .addEdge(START, 'bad')
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    const error = await compile()
      .invoke({ log: [] }, config)
      .catch((/** @type {any} */ reason) => reason.message);
    fails = false;
    const result = await compile().invoke(null, config);
    return { error, result, states: await history(compile(), config) };
  },

  async 'a graph in a graph, which is interrupted'(open, durability) {
    const compile = () => {
      const inner = new StateGraph(State)
        .addNode('deep', () => ({ log: [`answer ${interrupt('deep?')}`] }))
        .addNode('deeper', says('deeper'))
        .addEdge(START, 'deep')
        .addEdge('deep', 'deeper')
        .compile();
      return new StateGraph(State)
        .addNode('before', says('before'))
        .addNode('inner', inner)
        .addEdge(START, 'before')
        .addEdge('before', 'inner')
        .compile({ checkpointer: open() });
    };
    const config = { configurable: { thread_id: 't' }, durability };
    await compile().invoke({ log: [] }, config);
    const { values, next } = await compile().getState(config, { subgraphs: true });
    const result = await compile().invoke(new Command({ resume: 42 }), config);
    return { values, next, result, states: await history(compile(), config) };
  },

  async 'tasks that are sent, in parallel'(open, durability) {
    const compile = () =>
      new StateGraph(State)
        .addNode('work', (/** @type {any} */ { n }) => ({ log: [`work ${n}`] }))
        .addConditionalEdges(START, () => Array.from({ length: 12 }, (_, n) => new Send('work', { n })))
        .addEdge('work', END)
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    const result = await compile().invoke({ log: ['begin'] }, config);
    return { result, states: await history(compile(), config) };
  },

  async 'a delta channel, over many turns'(open, durability) {
    const Chat = new StateSchema({ messages: MessagesDeltaValue });
    const compile = () =>
      new StateGraph(Chat)
        .addNode('left', ({ messages }) => ({
          messages: [new AIMessage({ id: `l${messages.length}`, content: 'l' })],
        }))
        .addNode('right', ({ messages }) => ({
          messages: [new AIMessage({ id: `r${messages.length}`, content: 'r' })],
        }))
        .addEdge(START, 'left')
        .addEdge(START, 'right')
        .compile({ checkpointer: open() });
    const config = { configurable: { thread_id: 't' }, durability };
    for (let n = 0; n < 8; n++) {
      await compile().invoke({ messages: [new HumanMessage({ id: `q${n}`, content: `q${n}` })] }, config);
    }
    const { values } = await compile().getState(config);
    const states = await history(compile(), config);
    return JSON.parse(JSON.stringify({ values, states }));
  },
};
