#!/usr/bin/env bash
# In a bundle for Cloudflare Workers `interrupt()` of LangGraph fails as if it had been called outside of a graph.
#
# Versions: @langchain/langgraph 1.7.3, @langchain/core 1.4.0, esbuild 0.28.2, Node 22 or newer.
# Guess: a node that interrupts does so wherever the graph runs; with `nodejs_compat` a Worker has AsyncLocalStorage, which is
#   what it needs.
# Behaviour: wrangler bundles with the conditions workerd, worker and browser, and of these the package has `browser` alone: its
#   build for browsers, which sets up no AsyncLocalStorage though there is one. Nothing is said at import; `interrupt()` throws. Initializing
#   the singleton of @langchain/core by hand mends it.
# Output seen:
#   for Node: interrupted
#   for Workers: Called interrupt() outside the context of a graph.
#   for Workers, initialized by hand: interrupted
#
# Needs node and npm. Fails when any of this has changed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-fund --no-audit --loglevel=error --legacy-peer-deps -E \
  @langchain/langgraph@1.7.3 @langchain/langgraph-checkpoint@1.2.2 @langchain/core@1.4.0 esbuild@0.28.2 zod@4.6.7 >/dev/null

cat >graph.js <<'JS'
import { Annotation, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ answer: Annotation() });
const graph = new StateGraph(State)
  .addNode('ask', () => ({ answer: interrupt('?') }))
  .addEdge(START, 'ask')
  .compile({ checkpointer: new MemorySaver() });

try {
  const { __interrupt__ } = await graph.invoke({}, { configurable: { thread_id: 't' } });
  console.log(__interrupt__ ? 'interrupted' : 'went on');
} catch (error) {
  console.log(error.message);
}
JS
cat >by-hand.js <<'JS'
import { AsyncLocalStorage } from 'node:async_hooks';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';

AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
await import('./graph.js');
JS

bundle() { # ENTRY OUTPUT CONDITIONS
  npx esbuild "$1" --bundle --format=esm --platform=neutral --main-fields=module,main --conditions="$3" \
    --external:node:* --outfile="$2" --log-level=error
}
bundle graph.js node.mjs import
bundle graph.js workers.mjs workerd,worker,browser
bundle by-hand.js mended.mjs workerd,worker,browser

cat >expected <<'TEXT'
for Node: interrupted
for Workers: Called interrupt() outside the context of a graph.
for Workers, initialized by hand: interrupted
TEXT
{
  echo "for Node: $(node node.mjs)"
  echo "for Workers: $(node workers.mjs)"
  echo "for Workers, initialized by hand: $(node mended.mjs)"
} | tee seen
diff expected seen
