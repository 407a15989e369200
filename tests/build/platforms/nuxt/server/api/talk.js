import { CloudflareStore } from 'threadkv';
import { converse } from '../../converse.js';

export default defineEventHandler((event) => {
  const { KV } = event.context.cloudflare.env;
  return converse(new CloudflareStore({ bindings: { default: KV } }));
});
