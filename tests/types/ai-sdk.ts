// What a user of the AI SDK writes in TypeScript, compiled against the generated declarations. Never run.

import { toUIMessageStream, type StreamTextResult, type UIMessage } from 'ai';
import type { StreamTextResult as Result5, UIMessage as UIMessage5 } from 'ai-5';
import type { StreamTextResult as Result6, UIMessage as UIMessage6 } from 'ai-6';
import { CloudflareStore } from 'threadkv';
import { createChats, endingStream, STOPPED, type ChatPage, type Chats } from 'threadkv/ai-sdk';

declare const store: CloudflareStore;
declare const result: StreamTextResult<any, any, any>;

type Mine = UIMessage<{ from: string }, { note: { text: string } }>;

const chats: Chats<Mine> = createChats<Mine>(store, { resourceId: 'user-1' });

export async function use(): Promise<Mine[]> {
  const messages: Mine[] = await chats.load('c');
  await chats.save('c', messages, { append: true });
  toUIMessageStream({
    stream: endingStream(result.stream),
    originalMessages: messages,
    generateMessageId: chats.messageId,
    onEnd: chats.onEnd('c'),
  });
  const { chats: listed, total }: ChatPage = await chats.list('user-1', { page: 1, perPage: 10 });
  const title: string | undefined = await chats.title(listed[0].id);
  await chats.title(listed[0].id, `${title} ${total} ${STOPPED}`);
  await chats.delete('c');
  // @ts-expect-error no such option
  await chats.save('c', messages, { resource: 'user-1' });
  return messages;
}

/** Messages of older versions go in, and what comes out may be taken for theirs. */
export async function older(
  five: UIMessage5[],
  six: UIMessage6[],
  results: [Result5<any, any>, Result6<any, any>],
) {
  const plain = createChats(store);
  const { messageId: generateMessageId } = plain;
  results[0].toUIMessageStream({ originalMessages: five, generateMessageId, onFinish: plain.onEnd('c') });
  results[1].toUIMessageStream({ originalMessages: six, generateMessageId, onFinish: plain.onEnd('c') });
  await plain.save('c', five);
  await plain.save('c', six);
}
