/**
 * What each project does when it is asked: a thread, a message, and what can be read of it.
 *
 * @param {any} store
 */
export async function converse(store) {
  const createdAt = new Date();
  await store.saveThread({
    thread: { id: 't', resourceId: 'r', title: 'a title', createdAt, updatedAt: createdAt },
  });
  const message = { id: 'm', threadId: 't', resourceId: 'r', role: 'user', type: 'text', content: 'hello', createdAt };
  await store.saveMessages({ messages: [message] });
  const { messages } = await store.listMessages({ threadId: 't' });
  return { content: messages[0].content };
}
