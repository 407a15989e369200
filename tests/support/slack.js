/**
 * A stand-in for Slack on loopback: it answers what an app is made, installed and talked to with, and writes down what it
 * was told.
 *
 * @module
 */

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const SIGNING_SECRET = 'signing-secret-of-the-stand-in';
export const BOT_TOKEN = 'xoxb-of-the-stand-in';

/** What each method of its API answers besides `ok`. @type {Record<string, object>} */
const ANSWERS = {
  'tooling.tokens.rotate': { token: 'xoxe-token', refresh_token: 'xoxe-refresh' },
  'apps.manifest.create': {
    app_id: 'A1',
    credentials: { client_id: 'C1', client_secret: 'client-secret', signing_secret: SIGNING_SECRET },
    oauth_authorize_url: 'https://slack.com/oauth/v2/authorize?client_id=C1',
  },
  'oauth.v2.access': { access_token: BOT_TOKEN, bot_user_id: 'UBOT', team: { id: 'T1', name: 'Shop' } },
  'auth.test': { user_id: 'UBOT', bot_id: 'B1', team_id: 'T1', user: 'guide' },
  'users.info': { user: { id: 'UADA', name: 'ada', real_name: 'Ada', profile: { display_name: 'Ada' } } },
  'conversations.info': { channel: { id: 'D1', is_im: true } },
  'chat.postMessage': { ts: '1767225601.000100', channel: 'D1', message: { ts: '1767225601.000100' } },
  'chat.update': { ts: '1767225601.000100', channel: 'D1' },
  'conversations.replies': { messages: [] },
  'conversations.history': { messages: [] },
};

/**
 * @returns {Promise<{ url: string, calls: { method: string, body: string }[], said: () => string[], close: () =>
 *   Promise<void> }>} `url` ends where Slack's ends with `/api/`
 */
export async function startSlack() {
  /** @type {{ method: string, body: string }[]} */
  const calls = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const method = String(request.url).replace(/^\/api\//, '');
    calls.push({ method, body });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ ok: true, ...ANSWERS[method] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/api/`,
    calls,
    said: () =>
      calls.filter(({ method }) => /^chat\./.test(method)).map(({ body }) => decodeURIComponent(body)),
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * What Slack sends when somebody writes to the app.
 *
 * @param {string} text
 * @param {number} n  of the message
 * @param {string} [secret]
 */
export function directMessage(text, n, secret = SIGNING_SECRET) {
  const ts = `${Math.floor(Date.now() / 1000)}.${String(n).padStart(6, '0')}`;
  const event = { type: 'message', channel_type: 'im', channel: 'D1', user: 'UADA', text, ts, event_ts: ts };
  const body = JSON.stringify({
    ...{ type: 'event_callback', team_id: 'T1', api_app_id: 'A1', event_id: `Ev${n}`, event },
    event_time: Math.floor(Date.now() / 1000),
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
  };
}
