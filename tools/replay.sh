#!/usr/bin/env bash
# Runs each fuzzer named over the inputs kept for it, in tests/fuzz/corpus/<name> and SEEDS/<name>, and counts fuzzers.
#
#   tools/replay.sh SEEDS FUZZER...

set -u
seeds=$1 passed=0 failed=0
shift
shopt -s nullglob
for fuzzer in "$@"; do
  name=$(basename "$fuzzer")
  inputs=(tests/fuzz/corpus/"$name"/* "$seeds/$name"/*)
  if [ ${#inputs[@]} != 0 ] && "$fuzzer" "${inputs[@]}" >"$fuzzer.log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$name:" && tail -n 40 "$fuzzer.log"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
