import { CloudflareStore } from 'threadkv';
import { eventHandler } from 'h3';
import { converse } from '../converse.js';

export default eventHandler((event) => {
  const { KV } = event.context.cloudflare.env;
  return converse(new CloudflareStore({ bindings: { default: KV } }));
});
