/**
 * A Worker with a chat: `useChat` in a page, the AI SDK here, what was said in Workers KV.
 *
 * @module
 */

import { CloudflareStore } from 'threadkv';
import { createChats } from 'threadkv/ai-sdk';
import { answer, Refusal } from './chat.js';
import { chooseModel } from './model.js';

/**
 * @typedef {object} Env
 * @property {import('@cloudflare/workers-types').KVNamespace} CHATS_KV
 * @property {string} [MODEL]
 */

/** Whose chats these are: a visitor of the page, known by a cookie. Put your own users here. */
const VISITOR = /(?:^|; )visitor=([0-9a-f-]{36})(?:;|$)/;

export default {
  /** @param {Request} request @param {Env} env @returns {Promise<Response>} */
  async fetch(request, env) {
    const known = VISITOR.exec(request.headers.get('Cookie') ?? '')?.[1];
    const visitor = known ?? crypto.randomUUID();
    const response = await respond(request, env, visitor);
    if (known === undefined) response.headers.append('Set-Cookie', cookie(visitor, new URL(request.url)));
    return response;
  },
};

/** @param {Request} request @param {Env} env @param {string} visitor */
async function respond(request, env, visitor) {
  const store = new CloudflareStore({ bindings: { default: env.CHATS_KV }, keyPrefix: 'chat_' });
  const chats = createChats(store, { resourceId: visitor });
  const [api, what, id] = new URL(request.url).pathname.slice(1).split('/');
  try {
    if (api !== 'api') throw new Refusal(404, 'no such page');
    if (what === 'chat' && request.method === 'POST')
      return await answer(request, chats, chooseModel(env.MODEL));
    if (what !== 'chats' || request.method !== 'GET') throw new Refusal(404, 'no such route');
    if (id) return Response.json(await chats.load(decodeURIComponent(id)));
    return Response.json((await chats.list(visitor)).chats);
  } catch (error) {
    if (error instanceof Refusal) return Response.json({ error: error.message }, { status: error.status });
    throw error;
  }
}

/** Pages of other sites cannot send it. @param {string} visitor @param {URL} url */
function cookie(visitor, url) {
  const secure = url.protocol === 'https:' ? '; Secure' : '';
  return `visitor=${visitor}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict${secure}`;
}
