/**
 * The declarations of `threadkv/worker`: of worker/mount.js alone, for the rest of the Worker is nobody's business.
 *
 *   node tools/worker-types.mjs build/types
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [to] = process.argv.slice(2);
const tsc = 'node_modules/typescript/bin/tsc';
const folder = mkdtempSync(join(tmpdir(), 'threadkv-worker-types-'));
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.mount.json', '--outDir', folder], {
    stdio: 'inherit',
  });
  const text = readFileSync(join(folder, 'worker/mount.d.ts'), 'utf8');
  writeFileSync(join(to, 'worker.d.ts'), text.replaceAll('../bindings/', './'));
} finally {
  rmSync(folder, { recursive: true });
}
