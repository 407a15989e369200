// What wrangler.toml, secrets and `wrangler dev --var` give to the Worker, and what a request carries along.

import type { Context as HonoContext } from 'hono';
import type * as z from 'zod/mini';
import type { CloudflareStore, CloudflareStoreConfig } from '../bindings/index.js';
import type { Token } from './tokens.js';

declare global {
  namespace Cloudflare {
    interface Env {
      THREADS_KV: KVNamespace;
      MESSAGES_KV: KVNamespace;
      /** Default: THREADS_KV. */
      METADATA_KV?: KVNamespace;
      /** Default: METADATA_KV, else THREADS_KV. */
      RESOURCES_KV?: KVNamespace;
      /** The page's files. Without them there is only the API. */
      ASSETS?: Pick<Fetcher, 'fetch'>;
      /** Where everything is. Default: 'kv'. */
      DATA_HOME?: 'kv' | 'durable';
      /** The objects of 'durable'. */
      THREADKV_OBJECTS?: DurableObjectNamespace;
      /** Where new objects are wished: 'weur', 'enam' … */
      LOCATION_HINT?: string;
      /** Where objects have to stay: 'eu', 'fedramp'. */
      JURISDICTION?: string;
      KEY_PREFIX?: string;
      MAX_BODY_BYTES?: string;
      /** What a list may bring into memory. Default: 32 MiB. */
      MAX_PAGE_BYTES?: string;
      /** The secret that may do everything. Without it, and the next, every request is refused. */
      THREADKV_TOKEN?: string;
      /** A secret: `[{ "name", "token", "access": "read" | "write", "keyPrefix"? }, …]` */
      THREADKV_TOKENS?: string;
      /** Other sites whose pages may ask: 'https://app.example https://other.example'. */
      CORS_ORIGINS?: string;
      /** Counts the requests of each token, and refused ones by address. */
      RATE_LIMITER?: RateLimit;
      /** Where the app is part of another Worker or program: see mount.js. */
      MOUNT?: Mount;
    }
  }
}

/** What the app is told by whoever mounts it. */
export interface Mount {
  /** Put before every path: '' or '/threadkv'. */
  path: string;
  /** The store's, in place of the bindings that are named here. */
  store?: CloudflareStoreConfig;
  /** Which prefixes there are: then a request may choose one, by its header. */
  prefixes?: () => Promise<readonly string[]>;
  /** Prefixes whose format was looked at; undefined where that is not to be done. */
  checked: Set<string> | undefined;
  /** The module of tools, where it is carried. */
  tools?: WebAssembly.Module;
}

export type Env = Cloudflare.Env;
export type App = {
  Bindings: Env;
  Variables: {
    store: CloudflareStore;
    /** The store of another prefix, its cost told as this request's. */
    open: (keyPrefix: string) => CloudflareStore;
    /** All that are configured. */
    tokens: Token[];
    /** The one that the request carries. */
    token: Token;
    /** The module of tools, where it is carried. */
    tools?: WebAssembly.Module;
  };
};
export type Context = HonoContext<App>;

/** The names in a path: 'threadId' of '/v1/threads/:threadId'. */
export type IdsOf<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? IdsOf<Head> | IdsOf<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never;

type Shape = Record<string, z.ZodMiniType>;

/** One route: what it takes, what it answers, and the doing. The document is made of the same. */
export interface Route<
  Path extends string = string,
  Query extends Shape = Shape,
  Body extends z.ZodMiniType = z.ZodMiniType,
> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** '/v1/threads/:threadId' */
  path: Path;
  /** Its name in the document, and in the errors that the API itself finds. */
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  /** Needs no token. */
  open?: true;
  /** Its answers have an `ETag`, and 304 says that the client has it already. */
  etag?: true;
  /** Of the parameters that it knows; others are refused. */
  query?: Query;
  /** A schema with an id. */
  body?: Body;
  /** In place of a body's schema: it is lines of JSON. */
  lines?: true;
  /** What it answers when all is well, by status. */
  answers: Record<number, { description: string; schema?: z.ZodMiniType; location?: true; lines?: true }>;
  /** Statuses of errors besides those that any route may have. */
  errors?: number[];
  handle(context: Context, request: RequestOf<Path, Query, Body>): Promise<Response> | Response;
}

/** What a route gets: decoded, checked. The body is the one that was sent, its fields in their order. */
export interface RequestOf<Path extends string, Query extends Shape, Body extends z.ZodMiniType> {
  ids: Record<IdsOf<Path>, string>;
  query: { [Name in keyof Query]: z.output<Query[Name]> };
  body: z.input<Body>;
}
