/**
 * The page that looks into the store. It is made of files that hold no data and are served to anyone; what it shows
 * it asks the API for, with the token that its reader enters.
 *
 * @module
 */

import { secureHeaders } from 'hono/secure-headers';
import { noSuchRoute } from '../errors.js';

const SELF = ["'self'"];
const NONE = ["'none'"];

/** Nothing runs or loads but the page's own files, and no text can become markup. */
const withHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: NONE,
    scriptSrc: SELF,
    styleSrc: SELF,
    imgSrc: [...SELF, 'data:'], // small pictures within messages
    connectSrc: SELF,
    baseUri: NONE,
    formAction: NONE,
    frameAncestors: NONE,
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: NONE,
  },
  referrerPolicy: 'no-referrer',
  // That is for the owner of the domain to say.
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
});

/** @param {import('../env.js').Context} context */
export async function servePage(context) {
  await withHeaders(context, async () => {
    context.res = (await readFile(context)) ?? noSuchRoute(context);
  });
  return context.res;
}

/** @param {import('../env.js').Context} context */
async function readFile({ env, req }) {
  const file = await env.ASSETS?.fetch(new URL(req.path, req.url));
  if (!file?.ok) return undefined;
  return new Response(file.body, { headers: { 'Content-Type': String(file.headers.get('content-type')) } });
}
