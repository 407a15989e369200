/**
 * A graph that takes an order, and waits for a human's word where it is dear.
 *
 * @module
 */

import './context.js';
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';

/** Dollars from which on somebody has to agree. */
const DEAR = 100;

const State = Annotation.Root({
  item: /** @type {ReturnType<typeof Annotation<string>>} */ (Annotation()),
  dollars: /** @type {ReturnType<typeof Annotation<number>>} */ (Annotation()),
  agreed: /** @type {ReturnType<typeof Annotation<boolean>>} */ (Annotation()),
  log: Annotation({
    reducer: (/** @type {string[]} */ before, /** @type {string[]} */ more) => [...before, ...more],
    default: () => /** @type {string[]} */ ([]),
  }),
});

/** @param {import('@langchain/langgraph').BaseCheckpointSaver} checkpointer */
export function makeGraph(checkpointer) {
  return new StateGraph(State)
    .addNode('agree', ({ item, dollars }) => ({
      agreed: dollars < DEAR || interrupt({ question: `Order ${item} for ${dollars} dollars?` }) === true,
    }))
    .addNode('order', ({ item }) => ({ log: [`ordered ${item}`] }))
    .addNode('drop', ({ item }) => ({ log: [`did not order ${item}`] }))
    .addEdge(START, 'agree')
    .addConditionalEdges('agree', ({ agreed }) => (agreed ? 'order' : 'drop'), ['order', 'drop'])
    .addEdge('order', END)
    .addEdge('drop', END)
    .compile({ checkpointer });
}
