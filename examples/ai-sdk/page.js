/**
 * The page: one chat, named by the address, so that a reload shows it again.
 *
 * @module
 */

import { useChat } from '@ai-sdk/react';
import {
  DefaultChatTransport,
  getToolName,
  isToolUIPart,
  lastAssistantMessageIsCompleteWithApprovalResponses,
} from 'ai';
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

/** @typedef {import('ai').UIMessage} UIMessage */
/** @typedef {ReturnType<typeof useChat>} Helpers */

const transport = new DefaultChatTransport({
  api: '/api/chat',
  // What was said before is on the server.
  prepareSendMessagesRequest: ({ id, messages, trigger, messageId }) => ({
    body: { id, trigger, messageId, message: messages.at(-1) },
  }),
});

/** @param {{ id: string, messages: UIMessage[] }} props */
function Chat({ id, messages: stored }) {
  const chat = useChat({
    id,
    messages: stored,
    transport,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  });
  const { messages, status, error } = chat;
  return h(
    'section',
    { 'data-status': status },
    h('h1', null, 'A chat that remembers'),
    messages.map((message) => h(Message, { key: message.id, message, chat })),
    error && h('p', { role: 'alert' }, 'That went wrong.'),
    h(Actions, { chat }),
    h(Question, { chat }),
  );
}

/** @param {{ message: UIMessage, chat: Helpers }} props */
function Message({ message, chat }) {
  const { interrupted } = /** @type {any} */ (message.metadata ?? {});
  return h(
    'article',
    { 'data-role': message.role, 'data-id': message.id },
    h('strong', null, message.role === 'user' ? 'You' : 'Shop'),
    message.parts.map((part, index) => h(Part, { key: index, part, chat })),
    interrupted && h('em', null, `(${interrupted})`),
    message.role === 'user' && h(Edit, { message, chat }),
  );
}

/** @param {{ part: any, chat: Helpers }} props */
function Part({ part, chat }) {
  if (part.type === 'text') return h('p', null, part.text);
  if (part.type === 'file') return h('img', { src: part.url, alt: part.filename ?? 'a file' });
  if (!isToolUIPart(part)) return null;
  const name = getToolName(part);
  if (part.state !== 'approval-requested')
    return h('p', { 'data-state': part.state }, `${name}: ${part.state}`);
  /** @param {boolean} approved */
  const say = (approved) => () => chat.addToolApprovalResponse({ id: part.approval.id, approved });
  return h(
    'p',
    { 'data-state': part.state },
    `${name} ${JSON.stringify(part.input)}? `,
    h('button', { type: 'button', onClick: say(true) }, 'Yes'),
    h('button', { type: 'button', onClick: say(false) }, 'No'),
  );
}

/** Asks an old question in other words. @param {{ message: UIMessage, chat: Helpers }} props */
function Edit({ message, chat }) {
  const edit = () => {
    const [first] = message.parts;
    const text = prompt('Edit', first?.type === 'text' ? first.text : '');
    if (text) void chat.sendMessage({ text, messageId: message.id });
  };
  return h('button', { type: 'button', onClick: edit }, 'Edit');
}

/** @param {{ chat: Helpers }} props */
function Actions({ chat: { status, stop, regenerate, messages } }) {
  const isBusy = status === 'submitted' || status === 'streaming';
  if (isBusy) return h('button', { type: 'button', onClick: stop }, 'Stop');
  return messages.length > 0 && h('button', { type: 'button', onClick: () => void regenerate() }, 'Again');
}

/** @param {{ chat: Helpers }} props */
function Question({ chat }) {
  const [text, setText] = useState('');
  const [files, setFiles] = useState(/** @type {FileList | undefined} */ (undefined));
  /** @param {import('react').FormEvent<HTMLFormElement>} event */
  const send = (event) => {
    event.preventDefault();
    void chat.sendMessage({ text, files });
    setText('');
    setFiles(undefined);
    event.currentTarget.reset();
  };
  return h(
    'form',
    { onSubmit: send },
    h('input', {
      'aria-label': 'Question',
      value: text,
      onChange: (/** @type {any} */ { target }) => setText(target.value),
    }),
    h('input', {
      type: 'file',
      'aria-label': 'Picture',
      accept: 'image/*',
      onChange: (/** @type {any} */ { target }) => setFiles(target.files),
    }),
    h('button', null, 'Send'),
  );
}

async function start() {
  const id = location.hash.slice(1) || crypto.randomUUID();
  history.replaceState(null, '', `#${id}`);
  const messages = await (await fetch(`/api/chats/${id}`)).json();
  createRoot(/** @type {HTMLElement} */ (document.getElementById('chat'))).render(h(Chat, { id, messages }));
}

void start();
