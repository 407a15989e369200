import { getCloudflareContext } from '@opennextjs/cloudflare';
import { CloudflareStore } from 'threadkv';
import { converse } from '../../converse.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  const { env } = getCloudflareContext();
  return Response.json(await converse(new CloudflareStore({ bindings: { default: env.KV } })));
}
