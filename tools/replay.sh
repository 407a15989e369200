#!/usr/bin/env bash
# Runs each fuzzer named over the inputs kept for it in tests/fuzz/corpus/<name>, and counts fuzzers.

set -u
passed=0 failed=0
for fuzzer in "$@"; do
  name=$(basename "$fuzzer")
  if find "tests/fuzz/corpus/$name" -type f -print0 | xargs -0 -r "$fuzzer" >"$fuzzer.log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$name:" && tail -n 40 "$fuzzer.log"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
