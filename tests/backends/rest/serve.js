// Runs the server of server.js until it is stopped, for trying things by hand:
//
//   node tests/backends/rest/serve.js [--port 8788] [--account <id>] [--token <token>] [--rate]
//
// Prints one line of JSON with `url`, `account` and `token` when it listens. --rate: no more requests than Cloudflare
// allows a token.

import { parseArgs } from 'node:util';
import { ACCOUNT, CLOUDFLARE_RATE, startServer, TOKEN } from './server.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    account: { type: 'string', default: ACCOUNT },
    token: { type: 'string', default: TOKEN },
    rate: { type: 'boolean', default: false },
  },
});
const { port, account, token, rate } = values;
const server = await startServer({
  port: Number(port),
  accounts: [account],
  tokens: { [token]: { accounts: [account], write: true } },
  rate: rate ? CLOUDFLARE_RATE : undefined,
});
console.log(JSON.stringify({ url: server.url, account, token }));
