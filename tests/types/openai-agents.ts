// What a user of the OpenAI Agents SDK writes in TypeScript, compiled against the generated declarations. Never run.

import { Agent, run, Runner, type Session } from '@openai/agents';
import type { CloudflareStore } from 'threadkv';
import { CloudflareSession, recordTools, type RecordingSession } from 'threadkv/openai-agents';

declare const store: CloudflareStore;

const session: Session = new CloudflareSession({ store, sessionId: 's' });
const own = new CloudflareSession({ store, sessionId: 's', resourceId: 'user-1' });

export async function use(agent: Agent): Promise<string | undefined> {
  const runner = new Runner();
  const recorded: RecordingSession = recordTools(own, runner);
  await runner.run(agent, 'Hello.', { session: recorded });
  recorded.close();
  const result = await run(agent, 'Hello.', { session: recordTools(own, agent), stream: true });
  await result.completed;
  // @ts-expect-error no such option
  new CloudflareSession({ store, sessionId: 's', resource: 'user-1' });
  return (await run(agent, 'Hello.', { session })).finalOutput;
}
