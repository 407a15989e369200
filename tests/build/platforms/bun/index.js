import { CloudflareStore } from 'threadkv';
import { createMemoryBackend } from 'threadkv/memory';
import { converse } from './converse.js';

const store = new CloudflareStore({ backend: createMemoryBackend() });
Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv.at(-1)),
  fetch: async () => Response.json(await converse(store)),
});
