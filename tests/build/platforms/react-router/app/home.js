import { env } from 'cloudflare:workers';
import { CloudflareStore } from 'threadkv';
import { converse } from '../converse.js';

export async function loader() {
  return Response.json(await converse(new CloudflareStore({ bindings: { default: env.KV } })));
}
