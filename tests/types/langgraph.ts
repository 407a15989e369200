// What a user of LangGraph writes in TypeScript, compiled against the generated declarations. Never run.

import { Annotation, START, StateGraph } from '@langchain/langgraph';
import type { BaseCheckpointSaver, CheckpointTuple } from '@langchain/langgraph-checkpoint';
import type { CloudflareStore } from 'threadkv';
import { CloudflareSaver } from 'threadkv/langgraph';

declare const store: CloudflareStore;
declare const namespace: KVNamespace;
declare const ctx: { waitUntil: (work: Promise<unknown>) => void };

const checkpointer = new CloudflareSaver({ store });
export const asLangGraphSees: BaseCheckpointSaver = new CloudflareSaver({ bindings: { default: namespace } });

const State = Annotation.Root({ count: Annotation<number> });
const graph = new StateGraph(State)
  .addNode('add', ({ count }) => ({ count: count + 1 }))
  .addEdge(START, 'add')
  .compile({ checkpointer });

export async function use(): Promise<CheckpointTuple | undefined> {
  const config = { configurable: { thread_id: 't' } };
  await graph.invoke({ count: 1 }, config);
  ctx.waitUntil(checkpointer.settle());
  for await (const { checkpoint } of checkpointer.list(config, { limit: 3 })) checkpoint.id.toUpperCase();
  // @ts-expect-error no such option
  new CloudflareSaver({ store, threadId: 't' });
  return checkpointer.getTuple(config);
}

interface KVNamespace {
  get: any;
  put: any;
  delete: any;
  list: any;
  getWithMetadata: any;
}
