/** What a new user tries: help, and everything that can be wrong with a command line. */

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN } from '../backends/rest/server.js';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { Desk, fill, PROGRAM } from './support.js';

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const COMMANDS = ['stats', 'export', 'import', 'verify', 'adopt', 'sweep', 'erase', 'clear', 'studio'];

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
    [
      'an account beside the local state',
      ['stats', '--local', '--account', 'x'],
      /--account or --local, not both/,
    ],
    ['a shell that is not known', ['completion', 'tcsh'], /bash, zsh, fish/],
    ['a port that is none', ['studio', '--port', '70000'], /at most 65535/],
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

  test.each(['stats', 'export', 'verify', 'sweep', 'erase', 'clear'])(
    '%s of namespaces that are not there, where an empty answer would mislead',
    async (command) => {
      await fill(desk.store({ keyPrefix: 'there_' }));
      const more = { clear: ['--yes'], erase: ['--resource', 'user-1', '--yes'] }[command] ?? [];
      const args = [command, '--prefix', 'there_', ...more];
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

describe('which namespace holds what', () => {
  test('default=<namespace> is for all tables that are not named', async () => {
    const { storage } = desk.server.account().create('all');
    const { storage: messages } = desk.server.account().create('talk');
    const bindings = {
      default: createMemoryNamespace({ storage }),
      messages: createMemoryNamespace({ storage: messages }),
    };
    await fill(new CloudflareStore({ bindings, keyPrefix: 'mapped_', core: createCore() }));
    const args = ['--prefix', 'mapped_', '--namespace', 'default=all', '--namespace', 'messages=talk'];
    const { tables } = await desk.result(['stats', ...args]);
    expect(tables).toMatchObject({
      threads: { records: 4 },
      messages: { records: 16 },
      resources: { records: 3 },
    });
    await desk.result(['export', ...args, '-o', 'mapped.ndjson']);
    const { counts } = await desk.result([
      'import',
      'mapped.ndjson',
      '--prefix',
      'again_',
      '--namespace',
      'default=all',
    ]);
    expect(counts).toMatchObject({ thread: 4, message: 16 });
    expect(storage.keys().filter((key) => key.startsWith('again_messages:'))).toHaveLength(16);
  });

  test.each(['stats', 'export', 'verify', 'sweep', 'clear', 'import'])(
    '%s with half of it is refused: the other half would be missing',
    async (command) => {
      await fill(desk.store({ keyPrefix: 'half_' }), { threads: 1 });
      if (command === 'import')
        await desk.result(['export', '--prefix', 'half_', '-o', 'half.ndjson', '--force']);
      const args = [
        command,
        ...(command === 'import' ? ['half.ndjson'] : command === 'clear' ? ['--yes'] : []),
      ];
      const half = ['--prefix', 'half_', '--namespace-prefix', 'far_', '--namespace', 'threads=threads'];
      const before = desk.server.account().namespaces.length;
      const { code, stderr } = await desk.run([...args, ...half]);
      expect(stderr).toMatch(
        /which namespace holds messages, metadata, .*--namespace messages=<title>.*--namespace default=<title>/,
      );
      expect(code).toBe(2);
      expect(desk.server.account().namespaces).toHaveLength(before);
    },
  );
});

describe('a prefix under which there is nothing', () => {
  test.each(['stats', 'export', 'verify', 'clear'])('%s names those that there are', async (command) => {
    await fill(desk.store({ keyPrefix: 'here_' }), { threads: 1 });
    await fill(desk.store({ keyPrefix: 'odd%:' }), { threads: 1 });
    const args = [command, '--prefix', 'hear_', ...(command === 'clear' ? ['--yes'] : [])];
    const { code, stderr } = await desk.run(args);
    expect(stderr).toMatch(
      /Nothing is under the prefix "hear_"\. There is something under .*"here_".*"odd%:"/,
    );
    expect(code).toBe(0);
    const other = await desk.run([command, '--prefix', 'here_', ...(command === 'clear' ? ['--yes'] : [])]);
    expect(other.stderr).not.toContain('Nothing is under');
  });
});

describe('completions', () => {
  test.each(['bash', 'zsh', 'fish'])('for %s name commands and their options', async (shell) => {
    const { code, stdout } = await desk.run(['completion', shell]);
    expect(code).toBe(0);
    for (const word of [...COMMANDS, 'namespace-prefix', 'repair', 'dry-run']) expect(stdout).toContain(word);
  });

  test('bash takes them', () => {
    const script = `
      eval "$(${process.execPath} ${PROGRAM} completion bash)"
      COMP_WORDS=(threadkv ver); COMP_CWORD=1; _threadkv; echo "\${COMPREPLY[*]}"
      COMP_WORDS=(threadkv export --fo); COMP_CWORD=2; _threadkv; echo "\${COMPREPLY[*]}"
      COMP_WORDS=(threadkv completion f); COMP_CWORD=2; _threadkv; echo "\${COMPREPLY[*]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('verify\n--force\nfish\n');
  });
});

test('an export whose reader goes away ends quietly', async () => {
  await fill(desk.store({ keyPrefix: 'pipe_' }), { threads: 40 });
  const { stdout, stderr } = await desk.shell('threadkv export --prefix pipe_ | head -n 1');
  expect(stdout).toMatch(/^\{"type":"threadkv-export".*\n$/);
  expect(stderr).not.toMatch(/EPIPE|Error|at /);
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
