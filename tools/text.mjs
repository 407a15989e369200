// Writes a module as text, for every bundler and runtime that knows nothing of .wasm files:
//
//   node tools/text.mjs build/threadkv.wasm build/threadkv.text.js

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [from, to] = process.argv.slice(2);
writeFileSync(
  to,
  `/** ${basename(from)} in base64. */\nexport default '${readFileSync(from).toString('base64')}';\n`,
);
