/** What a new user tries: help, and everything that can be wrong with a command line. */

import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN } from '../backends/rest/server.js';
import { Desk, fill } from './support.js';

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const COMMANDS = ['stats', 'export', 'import', 'verify', 'adopt', 'sweep', 'clear'];

describe('help', () => {
  test('without a command it lists the commands, with examples and exit codes', async () => {
    const { stdout, code } = await desk.run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
  });

  test.each(COMMANDS)('%s --help has examples', async (command) => {
    const { stdout, code } = await desk.run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`  threadkv ${command}`);
    expect(stdout).toContain('--prefix');
  });

  test('--version is that of the package', async () => {
    expect((await desk.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong arguments end with 2 and say what to do', () => {
  /** @type {[string, string[], RegExp, Record<string, string | undefined>?][]} */
  const cases = [
    ['no command', [], /Usage: threadkv/],
    ['an unknown command', ['exprot'], /unknown command 'exprot'.*\n.*Did you mean export/],
    ['an unknown option', ['stats', '--prefx', 'a'], /unknown option '--prefx'/],
    ['no place', ['stats'], /--account <id>.*--local/, { CLOUDFLARE_ACCOUNT_ID: undefined }],
    ['no token', ['stats'], /set CLOUDFLARE_API_TOKEN/, { CLOUDFLARE_API_TOKEN: undefined }],
    ['an account that cannot be one', ['stats', '--account', 'a/b'], /accountId may have/],
    ['an address without TLS', ['stats', '--base-url', 'http://example.com'], /must begin with https/],
    ['an unknown table', ['stats', '--namespace', 'thread=x'], /the tables are threads, messages/],
    ['a rate that is none', ['stats', '--rate', '-1'], /positive whole number/],
    ['clear without a prefix', ['clear', '--yes'], /--prefix ''/],
    ['no such export', ['import', 'nowhere.ndjson'], /there is no nowhere\.ndjson/],
    ['an export to stdout, and JSON too', ['export', '--json'], /-o <file>/],
    ['no wrangler configuration', ['stats', '--local'], /wrangler\.toml here or above/],
    ['a configuration that is not there', ['stats', '--local', '--config', 'x.toml'], /there is no x\.toml/],
  ];
  test.each(cases)('%s', async (_, args, words, env) => {
    const { code, stdout, stderr } = await desk.run(args, { env });
    expect(stdout + stderr).toMatch(words);
    expect(code).toBe(2);
  });

  test.each(['stats', 'export', 'verify', 'sweep', 'clear'])(
    '%s of namespaces that are not there, where an empty answer would mislead',
    async (command) => {
      await fill(desk.store({ keyPrefix: 'there_' }));
      const args = [command, '--prefix', 'there_', ...(command === 'clear' ? ['--yes'] : [])];
      const mistyped = await desk.run([...args, '--namespace-prefix', 'typo_']);
      expect(mistyped.stderr).toMatch(/no namespace typo_threads, typo_messages.*--namespace-prefix/);
      expect(mistyped.code).toBe(2);
      const named = await desk.run([...args, '--namespace', 'messages=mesages']);
      expect(named.stderr).toMatch(/no namespace mesages in account/);
      expect(named.code).toBe(2);
    },
  );

  test('an export to where no file can be', async () => {
    await fill(desk.store({}));
    const { code, stderr } = await desk.run(['export', '-o', 'no/such/folder.ndjson']);
    expect(stderr).toContain('no/such/folder.ndjson cannot be written: ENOENT');
    expect(code).toBe(2);
  });

  test('no wrangler in the project', async () => {
    await writeFile(desk.file('wrangler.toml'), 'name = "x"\n[[kv_namespaces]]\nbinding = "KV"\n');
    const { code, stderr } = await desk.run(['stats', '--local', '--config', 'wrangler.toml']);
    expect(stderr).toContain('npm install --save-dev wrangler');
    expect(code).toBe(2);
  });
});

describe('failures end with 1', () => {
  test('a wrong token: the API’s answer, not the token', async () => {
    const wrong = 'a-wrong-token-nobody-may-see';
    const { code, stdout, stderr } = await desk.run(['stats'], { env: { CLOUDFLARE_API_TOKEN: wrong } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^threadkv: .+/);
    expect(stdout + stderr).not.toContain(wrong);
  });

  test('with --json the error is JSON on stdout, and stderr is empty', async () => {
    const { code, stdout, stderr } = await desk.run(['import', 'nowhere.ndjson', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'USAGE', message: 'there is no nowhere.ndjson', details: {} },
    });
    expect(stderr).toBe('');
    expect(code).toBe(2);
  });

  test('clear asks, and without a terminal wants --yes', async () => {
    await fill(desk.store({ keyPrefix: 'ask_' }));
    const before = desk.contents().length;
    const { code, stderr } = await desk.run(['clear', '--prefix', 'ask_']);
    expect(stderr).toMatch(/Under the prefix "ask_" in account \w+:\n {2}threads +4 keys/);
    expect(stderr).toContain('give --yes');
    expect(code).toBe(2);
    expect(desk.contents()).toHaveLength(before);
  });
});

test('no command prints the token or what was said', async () => {
  await fill(desk.store({ keyPrefix: 'quiet_' }));
  const runs = [
    await desk.run(['stats', '--prefix', 'quiet_']),
    await desk.run(['export', '--prefix', 'quiet_', '-o', 'quiet.ndjson']),
    await desk.run(['import', 'quiet.ndjson', '--prefix', 'loud_']),
    await desk.run(['sweep', '--prefix', 'quiet_']),
    await desk.run(['clear', '--prefix', 'quiet_', '--yes']),
  ];
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  const printed = runs.map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const secret of [TOKEN, 'Turn 0', 'Title 1', 'Likes tea']) expect(printed).not.toContain(secret);
});
