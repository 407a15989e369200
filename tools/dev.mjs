/**
 * `wrangler dev` with a token that is made at this start: printed once here, handed over in a file that nobody else
 * can read and that goes with the process. It stands in no argument, no log and no file of the repository.
 *
 *   node tools/dev.mjs --secret THREADKV_TOKEN --page -- --port 8787
 *
 * What stands after `--` is wrangler's. A secret that .dev.vars (or .env) names is used in place of a new one, and is not printed.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { secret: { type: 'string' }, page: { type: 'boolean' } },
});
const { secret, page } = values;
if (secret === undefined) throw new Error('--secret is missing');

const files = ownFiles(positionals);
const chosen = files.some((file) => parseEnv(readFileSync(file, 'utf8'))[secret]);
const token = chosen ? undefined : randomBytes(24).toString('base64url');
const folder = mkdtempSync(join(tmpdir(), 'threadkv-dev-')); // mode 700
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'token.env');
writeFileSync(file, token === undefined ? '' : `${secret}=${token}\n`, { mode: 0o600 });

const child = spawn(
  'wrangler',
  ['dev', ...positionals, ...[...files, file].flatMap((name) => ['--env-file', name])],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // Wrangler's own page over local data, and its record of requests, would let in who does not know the token.
    env: { ...process.env, X_LOCAL_EXPLORER: 'false', X_LOCAL_OBSERVABILITY: 'false' },
  },
);
child.on('message', (message) => {
  const { event, ip, port } = JSON.parse(String(message));
  if (event === 'DEV_SERVER_READY') tell(`http://${ip}:${port}`);
});
child.on('error', (error) => {
  throw error;
});
child.on('exit', (code) => process.exit(code ?? 1));
// A terminal sends Ctrl-C to both; wrangler then ends in its own time.
for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));

/** @param {string} origin */
function tell(origin) {
  const lines =
    token === undefined
      ? [`${origin}/ with the ${secret} of ${files.join(', ')}`]
      : [
          page ? `The page, with the token of this start:  ${origin}/#token=${token}` : origin,
          `For other programs:  export ${secret}=${token}`,
        ];
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`);
}

/**
 * Where a developer keeps secrets: what wrangler would read if no file were named to it.
 *
 * @param {string[]} args
 */
function ownFiles(args) {
  const at = args.findIndex((arg) => arg === '-c' || arg === '--config');
  const base = at < 0 ? '.' : dirname(args[at + 1]);
  const exists = (/** @type {string} */ name) => existsSync(resolve(base, name));
  const names = exists('.dev.vars') ? ['.dev.vars'] : ['.env', '.env.local'].filter(exists);
  return names.map((name) => resolve(base, name));
}
