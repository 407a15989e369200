#!/usr/bin/env bash
# Mastra's LibSQL store replaces a blob that exists when it is put with others, and keeps it when it is put alone.
#
# Versions: @mastra/libsql 1.23.1 with @mastra/core 1.71.0, Node 22 or newer.
# Guess: blobs are named by the hash of their content and never change, so `putMany` is `put` for each of them: whatever is
#   there under a hash stays. Mastra's own store in memory does so.
# Behaviour: `put` inserts or ignores, `putMany` inserts or replaces. So what is stored depends on how many went together:
#   of one hash twice in a call the last one stays, and a later call replaces what an earlier one had stored, its date too.
# Output seen:
#   in memory   put: first    putMany: first   twice in one putMany: first
#   LibSQL      put: first    putMany: second  twice in one putMany: second
#
# Needs node and npm. Fails when any of this has changed.

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-fund --no-audit --loglevel=error --legacy-peer-deps --ignore-scripts -E \
  @mastra/libsql@1.23.1 @mastra/core@1.71.0 >/dev/null

cat >try.js <<'JS'
import { InMemoryStore } from '@mastra/core/storage';
import { LibSQLStore } from '@mastra/libsql';

const blob = (hash, content) => ({ hash, content, size: content.length, createdAt: new Date(0) });
for (const [name, store] of [
  ['in memory', new InMemoryStore()],
  ['LibSQL', new LibSQLStore({ id: 'blobs', url: ':memory:' })],
]) {
  await store.init();
  const blobs = await store.getStore('blobs');
  await blobs.put(blob('a', 'first'));
  await blobs.put(blob('a', 'second'));
  await blobs.putMany([blob('b', 'first')]);
  await blobs.putMany([blob('b', 'second')]);
  await blobs.putMany([blob('c', 'first'), blob('c', 'second')]);
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((hash) => blobs.get(hash)));
  console.log(`${name}\tput: ${a.content}\tputMany: ${b.content}\ttwice in one putMany: ${c.content}`);
}
JS
node try.js | tee seen.txt
diff seen.txt - <<'SEEN' && echo 'as stated'
in memory	put: first	putMany: first	twice in one putMany: first
LibSQL	put: first	putMany: second	twice in one putMany: second
SEEN
