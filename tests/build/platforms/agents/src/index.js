import { Agent, getAgentByName } from 'agents';
import { CloudflareStore } from 'threadkv';
import { converse } from '../converse.js';

export class Talker extends Agent {
  store = new CloudflareStore({ bindings: { default: this.env.KV } });

  async onRequest() {
    return Response.json(await converse(this.store));
  }
}

export default {
  async fetch(request, env) {
    const agent = await getAgentByName(env.Talker, 'one');
    return agent.fetch(request);
  },
};
