// Mastra's own types fit into the store's methods. Never run.

import type { MastraDBMessage } from '@mastra/core/agent';
import type { StorageThreadType } from '@mastra/core/memory';
import type {
  StorageListMessagesInput,
  StorageListThreadsInput,
  StorageResourceType,
} from '@mastra/core/storage';
import { CloudflareStore, type CopyThreadArgs } from 'threadkv';
import type { StorageCloneThreadInput } from '@mastra/core/storage';

declare const store: CloudflareStore;
declare const messages: (MastraDBMessage & { threadId: string; resourceId: string })[];
declare const anywhere: MastraDBMessage[];
declare const thread: StorageThreadType;
declare const resource: StorageResourceType;
declare const listMessages: StorageListMessagesInput;
declare const listThreads: StorageListThreadsInput;
declare const clone: StorageCloneThreadInput;

export async function use(): Promise<MastraDBMessage[]> {
  const saved: StorageThreadType = await store.saveThread({ thread });
  const read: StorageThreadType | null = await store.getThreadById({ threadId: saved.id });
  const kept: StorageResourceType = await store.saveResource({ resource });
  const found: StorageThreadType[] = (await store.listThreads(listThreads)).threads;
  const copy: CopyThreadArgs = clone;
  await store.copyThread(copy);
  const page = await store.listMessages(listMessages);
  console.log(read, kept, found, page.total);
  // @ts-expect-error Mastra's type does not say that a message has a thread; the store wants to be told
  await store.saveMessages({ messages: anywhere });
  return (await store.saveMessages({ messages })).messages;
}
