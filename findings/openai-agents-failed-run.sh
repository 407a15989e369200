#!/usr/bin/env bash
# When a model fails after a tool has run, the OpenAI Agents SDK keeps nothing of the run in its session, or the question
# alone: it depends on whether the run was streamed.
#
# Versions: @openai/agents 0.20.0 with zod 4.6.7, Node 22 or newer.
# Guess: a session holds what has happened. A tool that ran, and may have booked or paid something, is in it, call and result,
#   when the next request to the model fails; and a run leaves the same there whether its answer is streamed or not.
# Behaviour: items are added once a run, at its end. A run that fails adds none; one that is streamed adds the user's input
#   first. In neither does the session know of the tool's call, so a second try does it again.
# Output seen:
#   not streamed: tool ran once, run failed, session holds: nothing
#   streamed: tool ran once, run failed, session holds: user
#
# Needs node and npm. Fails when any of this has changed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-fund --no-audit --loglevel=error --legacy-peer-deps --ignore-scripts -E \
  @openai/agents@0.20.0 zod@4.6.7 >/dev/null

cat >try.js <<'JS'
import { Agent, MemorySession, Runner, tool } from '@openai/agents';
import { z } from 'zod';

const call = { type: 'function_call', callId: 'c', name: 'book', status: 'completed', arguments: '{}' };

/** Asks for the tool, and is out of order when it is asked again. */
function model() {
  let asked = 0;
  const answer = () => {
    if (asked++) throw new Error('overloaded');
    return { responseId: 'r', output: [call], usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } };
  };
  return {
    getResponse: async () => answer(),
    async *getStreamedResponse() {
      const { responseId: id, output, usage } = answer();
      yield { type: 'response_done', response: { id, output, usage } };
    },
  };
}

for (const stream of [false, true]) {
  let ran = 0;
  const book = tool({
    name: 'book',
    description: 'Books a table',
    parameters: z.object({}),
    execute: async () => `booked ${++ran}`,
  });
  const session = new MemorySession();
  const agent = new Agent({ name: 'host', model: model(), tools: [book] });
  const run = async () => {
    const result = await new Runner({ tracingDisabled: true }).run(agent, 'A table for two', { session, stream });
    if (stream) {
      for await (const event of result) void event;
      await result.completed;
    }
  };
  const failed = await run().then(() => 'succeeded', () => 'failed');
  const held = (await session.getItems()).map((item) => item.role ?? item.type).join(', ') || 'nothing';
  console.log(`${stream ? 'streamed' : 'not streamed'}: tool ran ${ran === 1 ? 'once' : ran}, run ${failed}, session holds: ${held}`);
}
JS

cat >expected <<'TEXT'
not streamed: tool ran once, run failed, session holds: nothing
streamed: tool ran once, run failed, session holds: user
TEXT
node try.js | tee seen
diff expected seen
