# threadkv. `make` alone lists what there is to do. Goals that build or test first set up what is missing.

# Tools and choices; any of them may be given on the command line.
BUILD        ?= build
CJSON        ?= $(BUILD)/third_party/cjson
CLANG        ?= clang
CLANG_TIDY   ?= clang-tidy
LLVM_COV     ?= llvm-cov
LLVM_PROFDATA ?= llvm-profdata
EMCC         ?= emcc
OPT          ?= -Oz
PORT         ?= 8787
FUZZ_SECONDS ?= 60
Q            ?= @
SEEDS        ?= 3000
FIRST        ?= 1
SEED         ?=
BASE         ?=
WORDS        ?=
SECONDS      ?= 60
RESULTS      ?= $(BUILD)/results

# What builds the module here (WASM_BY, WASM_CLANG, WASM_TARGET): found out by tools/setup.sh.
ifneq ($(filter-out help setup clean,$(MAKECMDGOALS)),)
include $(BUILD)/toolchain.mk
endif

# The programs of this repository come first, and none of them calls home or writes into the user's home.
SHELL        := bash
.SHELLFLAGS  := -eu -o pipefail -c
export PATH  := $(CURDIR)/node_modules/.bin:$(CURDIR)/tools/node/node_modules/.bin:$(PATH)
export WRANGLER_SEND_METRICS = false
export CLOUDFLARE_CF_FETCH_ENABLED = false
export WRANGLER_HIDE_BANNER = true
HOMELESS     = XDG_CONFIG_HOME=$(CURDIR)/$(BUILD)/config XDG_DATA_HOME=$(CURDIR)/$(BUILD)/config

SETUP        = BUILD=$(BUILD) CLANG=$(CLANG) CJSON=$(CJSON) tools/setup.sh

# Flags of the project: keep.
WARN         = -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror
CFLAGS       = -std=c11 -Isrc -isystem $(CJSON) -DCJSON_NESTING_LIMIT=200
# Where the C tests find their helpers.
TEST_FLAGS   = -Itests/native
# With what only the command needs: src/op.h.
WITH_TOOLS   = -DTKV_TOOLS
SANITIZE     = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
# Without the asserts, which would add branches of their own.
COVER        = -O1 -g -DNDEBUG -fprofile-instr-generate -fcoverage-mapping
SMALL        = $(OPT) -flto -DNDEBUG -mbulk-memory -msign-ext -mnontrapping-fptoint -msimd128
# Native tests make these fail, see tests/native/support/alloc.h.
ALLOC        = $(foreach name,malloc calloc realloc,-D$(name)=alloc_$(name))
# The module's own allocator and strtod, see bindings/core/libc.c.
HEAP         = $(foreach name,malloc calloc realloc free strtod,-D$(name)=tkv_$(name))
# No -O while linking: it makes clang run whatever wasm-opt is installed, which may be older than clang's features.
REACTOR      = -s -flto -mexec-model=reactor -Wl,--no-entry -Wl,--stack-first -Wl,-z,stack-size=65536 \
               -Wl,--lto-O2 -Wl,-O2 -Wl,--compress-relocations -Wl,-mllvm,-disable-lsr
# What of libraries was linked, for the test of THIRD_PARTY.md.
LINK_MAP     = -Wl,-Map=$(OBJ)/$(@F).map
# Inline only what is called once, or no larger than a call: 5 % of the module.
FEW_COPIES   = -Wl,-mllvm,-inline-threshold=-100
# The same as far as a clang with assertions, as yowasp's, allows it.
FEW_COPIES_Y = -finline-hint-functions
# Another 9 %.  Below address 1,024 lies the end of the stack, and no pointer goes there by an offset that wraps around.
SHRINK       = node $(BINARYEN) --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
               --enable-mutable-globals --enable-simd -Oz --converge --low-memory-unused
BINARYEN     = node_modules/binaryen/bin/wasm-opt
MARKED       = node_modules/marked/lib/marked.esm.js
PAGE         = worker/assets/page
STANDALONE   = -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=1048576 -sTOTAL_STACK=65536 \
               -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0 -Dabort=__builtin_trap

TOOLS        = $(wildcard src/upkeep/inspect*.c src/upkeep/verify*.c) src/upkeep/purge.c
CORE         = $(filter-out $(TOOLS),$(wildcard src/*.c src/*/*.c))
GLUE         = $(wildcard bindings/core/*.c)
NATIVE       = $(wildcard tests/native/*.c tests/native/*/*.c)
FUZZ         = $(wildcard tests/fuzz/*.c)
HEADERS      = $(wildcard src/*.h src/*/*.h bindings/core/*.h)
C_FILES      = $(CORE) $(TOOLS) $(GLUE) $(NATIVE) $(FUZZ) $(HEADERS) $(wildcard tests/native/*/*.h)

LAYERS       = $(addprefix $(RESULTS)/,native.txt $(if $(FUZZ),fuzz.txt) node.json workerd.json)
OBJ          = $(BUILD)/obj
WASM_OBJ     = $(patsubst %.c,$(OBJ)/wasm/%.o,$(CORE) $(GLUE)) $(OBJ)/wasm/cJSON.o
TOOLS_OBJ    = $(filter-out $(OBJ)/wasm/src/core.o,$(WASM_OBJ)) \
               $(patsubst %.c,$(OBJ)/wasm-tools/%.o,src/core.c $(TOOLS))
FUZZ_OBJ     = $(patsubst %.c,$(OBJ)/fuzz/%.o,$(CORE) $(TOOLS) tests/native/support/imports.c tests/native/support/alloc.c) \
               $(OBJ)/fuzz/cJSON.o
NATIVE_OBJ   = $(patsubst %.c,$(OBJ)/native/%.o,$(CORE) $(TOOLS) $(NATIVE)) $(OBJ)/native/cJSON.o
FUZZ_SEEDS   = $(BUILD)/seeds/made
COVER_OBJ    = $(patsubst %.c,$(OBJ)/cover/%.o,$(CORE) $(TOOLS)) $(OBJ)/cover/cJSON.o
COVERED      = $(BUILD)/cover/test $(patsubst tests/fuzz/%.c,$(BUILD)/cover/fuzz-%,$(FUZZ))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: $(shell sed -n 's/^\([a-zA-Z-]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

## This list
help:
	@awk '/^## /{d=substr($$0,4); getline; sub(/:.*/,""); printf "  %-16s %s\n",$$0,d}' $(firstword $(MAKEFILE_LIST))

## Install what is missing on this machine; says what to do where it cannot
setup:
	@$(SETUP)

## The Worker on http://127.0.0.1:8787 with a local KV, and a link to its page; PORT=… for another port
dev: setup wasm
	@$(HOMELESS) node tools/dev.mjs --secret THREADKV_TOKEN --page -- --ip 127.0.0.1 --port $(PORT)

## The example agent (examples/agent) on http://127.0.0.1:8788 with a local KV
example: setup wasm
	@$(HOMELESS) node tools/dev.mjs --secret AGENT_TOKEN -- -c examples/agent/wrangler.toml --ip 127.0.0.1

## All tests; the last line counts them
test: setup
	@rm -rf $(RESULTS)
	@status=0; $(MAKE) --no-print-directory --keep-going test-all || status=$$?; \
	 node tools/count.mjs --exit $$status $(LAYERS)

## Formatting, lint, types, layers, generated files
check: check-format check-lint check-types check-layers check-drift

## Bytes of the module, its imports and exports; fails above the budget
size: wasm
	@node tools/size.mjs $(BUILD)/threadkv.wasm

## Lines and branches of src/ that native tests, simulation and fuzz corpus reach; fails below 95 % and 90 %
coverage: $(COVERED) $(FUZZ_SEEDS)
	@$(SETUP) coverage
	@LLVM_COV=$(LLVM_COV) LLVM_PROFDATA=$(LLVM_PROFDATA) node tools/coverage.mjs $(BUILD)/cover $(COVERED)

## The simulation over SEEDS seeds from FIRST on, or of one SEED with a trace of all that happens
sim: $(BUILD)/native/test
	@TKV_SIM_SEEDS=$(SEEDS) TKV_SIM_FIRST=$(FIRST) TKV_SIM_SEED=$(SEED) $< sim

## Break the core in one way after the other: the tests must notice each (minutes; WORDS="head journal" for some)
mutations: $(CJSON)/cJSON.c
	@CLANG=$(CLANG) CJSON=$(CJSON) CFLAGS='$(CFLAGS) $(WITH_TOOLS)' node tests/native/mutations.mjs $(WORDS)

## Recorded conversations through the Worker: what was stored and what each kind of call cost
demo: wasm
	@$(HOMELESS) node tests/demo/index.js

## KV operations and CPU time against a bare JavaScript function that does the same; BASE=<module or folder> compares CPU with that build
bench: wasm
	@BASE='$(BASE)' $(HOMELESS) node tests/bench/index.js
	@$(HOMELESS) node tests/bench/compare/index.js --plots $(BUILD)/plots

## Thousands of calls at once in one isolate of workerd, for SECONDS seconds
load: wasm
	@SECONDS=$(SECONDS) $(HOMELESS) node tests/load/index.js

## Durable Objects under load in a local workerd: calls a second, CPU beside 0.1.0's core, memory (minutes; Linux)
load-durable: wasm
	@$(HOMELESS) node tests/durable/load.js

## Kill workerd within saves of a Durable Object, KILLS times (150): what was stored is there in whole or not at all
kill: wasm
	@KILLS=$(KILLS) node tests/durable/kill.js

## A small project for each platform, built, started and asked once; WORDS="nitro next" for some (minutes, and much of npm)
platforms: wasm types
	node tests/build/platforms/index.mjs $(WORDS)

## Take the picture of the Worker's page anew: worker/page.png
picture: wasm
	@$(HOMELESS) node tests/page/picture.js

## Format all sources
fmt:
	clang-format -i $(C_FILES)
	prettier --write --log-level warn .

## Run the fuzzers for FUZZ_SECONDS each
fuzz: $(patsubst tests/fuzz/%.c,fuzz-%,$(FUZZ))

## Record the conversations of tests/fixtures anew
record:
	node tests/record/index.js

## Rebuild bindings/core/abi.js and bindings/backends/kv-facts.js from the C headers
abi:
	node tools/abi.mjs

## Make docs/reference.md anew, from the types
reference: types
	node tools/reference.mjs $(BUILD)/types docs/reference.md

## Say where the project is at home, before it is published: URL=https://…/threadkv
home:
	node tools/home.mjs $(URL)

## Remove what was built, but not what was fetched
clean:
	[ ! -d $(BUILD) ] || find $(BUILD) -mindepth 1 -maxdepth 1 ! -name third_party -exec rm -rf {} +

$(BUILD)/toolchain.mk: tools/setup.sh $(if $(filter-out $(CLANG):$(WASI_SDK_PATH),$(SET_UP_FOR)),FORCE)
	@$(SETUP)
	@touch $@

$(CJSON)/cJSON.c:
	@$(SETUP)

FORCE:

# ---- The module ------------------------------------------------------------------------------------------------------

## Build build/threadkv.wasm, and with what the command needs besides, build/threadkv.tools.wasm
wasm: $(foreach name,threadkv threadkv.tools,$(BUILD)/$(name).wasm $(BUILD)/$(name).text.js) $(BUILD)/worker.js

## The same sources by npm's clang, for machines without one: build/threadkv.yowasp.wasm
wasm-yowasp: $(BUILD)/threadkv.yowasp.wasm

## The same sources by emscripten: build/threadkv.emscripten.wasm
wasm-emscripten: $(BUILD)/threadkv.emscripten.wasm

## Type declarations: build/types
types:
	@rm -rf $(BUILD)/types
	tsc -p tsconfig.types.json
	node tools/worker-types.mjs $(BUILD)/types

$(BUILD)/threadkv.wasm: $(BUILD)/threadkv.$(WASM_BY).wasm
	@cp $< $@

$(BUILD)/threadkv.tools.wasm: $(BUILD)/threadkv.$(WASM_BY)-tools.wasm
	@cp $< $@

# The same as text, for programs outside the Workers runtime.
$(BUILD)/%.text.js: $(BUILD)/%.wasm tools/text.mjs
	@node tools/text.mjs $< $@

# Linked without $(OPT): with it, clang would run whatever wasm-opt it finds and the bytes would depend on the machine.
$(BUILD)/threadkv.clang.wasm: $(WASM_OBJ)
$(BUILD)/threadkv.clang-tools.wasm: $(TOOLS_OBJ)
$(BUILD)/threadkv.clang.wasm $(BUILD)/threadkv.clang-tools.wasm: | $(BINARYEN)
	@echo 'clang  $@'
	$(Q)$(WASM_CLANG) --target=$(WASM_TARGET) $(REACTOR) $(FEW_COPIES) $(LINK_MAP) -o $(OBJ)/$(@F) $^
	$(Q)$(SHRINK) -o $@ $(OBJ)/$(@F)

$(BINARYEN):
	@$(SETUP)

# Reads Markdown for the Worker's page: a file of the package, as it is served.
$(PAGE)/marked.js: $(wildcard $(MARKED))
	@[ ! -e $(MARKED) ] || sed '/^\/\/# sourceMappingURL/d' $(MARKED) >$@

# The Worker's API and page as part of another's; its page alone besides, build/page.js, and what `threadkv --local` runs over
# Durable Objects, build/local.js.
$(BUILD)/worker.js: tools/worker.mjs $(PAGE)/marked.js $(wildcard worker/*.js worker/routes/*.js worker/assets/*.html \
                    $(filter-out $(PAGE)/marked.js,$(wildcard $(PAGE)/*)) bindings/*.js bindings/*/*.js \
                    bindings/*/*/*.js) package-lock.json
	@echo 'esbuild $@'
	@node $< $(BUILD)

# Changes when the flags do, so that everything is built anew then.
$(OBJ)/wasm.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(WASM_CLANG) $(WASM_TARGET) $(CFLAGS) $(SMALL) $(HEAP) $(REACTOR) $(FEW_COPIES) $(LINK_MAP) $(SHRINK)' >$@.now
	@if cmp -s $@.now $@; then rm $@.now; else mv $@.now $@; fi

$(BUILD)/threadkv.yowasp-tools.wasm: $(TOOLS)
$(BUILD)/threadkv.yowasp-tools.wasm: private CFLAGS += $(WITH_TOOLS)
$(BUILD)/threadkv.yowasp.wasm $(BUILD)/threadkv.yowasp-tools.wasm: $(CORE) $(GLUE) $(HEADERS) $(CJSON)/cJSON.c $(OBJ)/wasm.flags tools/build-yowasp.mjs | $(BINARYEN)
	@echo 'yowasp $@'
	$(Q)node tools/build-yowasp.mjs --target=wasm32-wasip1 $(CFLAGS) $(SMALL) $(HEAP) $(REACTOR) $(FEW_COPIES_Y) -o $(OBJ)/$(@F) $(filter %.c,$^)
	$(Q)$(SHRINK) -o $@ $(OBJ)/$(@F)

$(BUILD)/threadkv.emscripten.wasm: $(CORE) $(GLUE) $(HEADERS) $(CJSON)/cJSON.c $(OBJ)/wasm.flags Makefile
	@$(SETUP) emscripten
	@echo 'emcc   $@'
	$(Q)$(EMCC) $(CFLAGS) $(SMALL) $(STANDALONE) -o $@ $(filter %.c,$^)

$(OBJ)/wasm/%.o: %.c $(OBJ)/wasm.flags
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(WASM_CLANG) --target=$(WASM_TARGET) $(CFLAGS) $(SMALL) $(HEAP) $(WARN) -MMD -MP -c -o $@ $<

$(OBJ)/wasm-tools/%.o: %.c $(OBJ)/wasm.flags
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(WASM_CLANG) --target=$(WASM_TARGET) $(CFLAGS) $(WITH_TOOLS) $(SMALL) $(HEAP) $(WARN) -MMD -MP -c -o $@ $<

$(OBJ)/wasm/cJSON.o: $(CJSON)/cJSON.c $(OBJ)/wasm.flags
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(WASM_CLANG) --target=$(WASM_TARGET) $(CFLAGS) $(SMALL) $(HEAP) -c -o $@ $<

# ---- Tests: each layer leaves its counts in $(RESULTS) ---------------------------------------------------------------

test-all: test-native $(if $(FUZZ),test-fuzz) test-js

# The reports that a run leaves.
layers:
	@echo $(LAYERS)

## C tests, with address and undefined-behaviour sanitizers
test-native: $(BUILD)/native/test
	@mkdir -p $(RESULTS)
	$< | tee $(RESULTS)/native.txt

## Replay the inputs that the fuzzers have found
test-fuzz: $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ)) | $(FUZZ_SEEDS)
	@mkdir -p $(RESULTS)
	@tools/replay.sh $(BUILD)/seeds $^ | tee $(RESULTS)/fuzz.txt

## JavaScript tests, in Node and in workerd; THREADKV_WASM=<file> runs them over another build of the module
test-js: test-node test-workerd

test-node test-workerd: test-%: wasm
	$(HOMELESS) vitest run --project $* --reporter=default --reporter=json --outputFile.json=$(RESULTS)/$*.json

$(BUILD)/native/test: $(NATIVE_OBJ)
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(SANITIZE) -o $@ $^ -lm

$(OBJ)/native/src/%.o $(OBJ)/cover/src/%.o $(OBJ)/fuzz/src/%.o: HEAP_OF = $(ALLOC)

$(OBJ)/native/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(WITH_TOOLS) $(TEST_FLAGS) $(HEAP_OF) $(SANITIZE) $(WARN) -MMD -MP -c -o $@ $<

$(OBJ)/native/cJSON.o: $(CJSON)/cJSON.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(ALLOC) $(SANITIZE) -c -o $@ $<

# Whole calls run over the same KV in memory as in the native tests.
$(BUILD)/fuzz/call: $(OBJ)/fuzz/tests/native/support/host_mem.o
$(BUILD)/cover/fuzz-call: $(OBJ)/cover/tests/native/support/host_mem.o

$(BUILD)/fuzz/%: $(OBJ)/fuzz/tests/fuzz/%.o $(FUZZ_OBJ)
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $^

$(OBJ)/fuzz/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(WITH_TOOLS) $(TEST_FLAGS) $(HEAP_OF) $(SANITIZE) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(OBJ)/fuzz/cJSON.o: $(CJSON)/cJSON.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(ALLOC) $(SANITIZE) -fsanitize=fuzzer-no-link -c -o $@ $<

# For coverage the same tests without sanitizers, which would add branches of their own.
$(BUILD)/cover/test: $(patsubst %.c,$(OBJ)/cover/%.o,$(NATIVE)) $(COVER_OBJ)
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(COVER) -o $@ $^ -lm

$(BUILD)/cover/fuzz-%: $(OBJ)/cover/tests/fuzz/%.o $(OBJ)/cover/tests/native/support/imports.o \
                      $(OBJ)/cover/tests/native/support/alloc.o $(COVER_OBJ)
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(COVER) -fsanitize=fuzzer -o $@ $^ -lm

$(OBJ)/cover/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(WITH_TOOLS) $(TEST_FLAGS) $(HEAP_OF) $(COVER) -MMD -MP -c -o $@ $<

$(OBJ)/cover/cJSON.o: $(CJSON)/cJSON.c Makefile
	@mkdir -p $(@D)
	@echo 'clang  $@'
	$(Q)$(CLANG) $(CFLAGS) $(ALLOC) -O1 -c -o $@ $<

$(patsubst tests/fuzz/%.c,fuzz-%,$(FUZZ)): fuzz-%: $(BUILD)/fuzz/% $(FUZZ_SEEDS)
	@mkdir -p $(BUILD)/corpus/$* $(BUILD)/seeds/$*
	$< -max_total_time=$(FUZZ_SECONDS) $(BUILD)/corpus/$* $(BUILD)/seeds/$* $(wildcard tests/fuzz/corpus/$*)

# Scripts for the fuzzer of whole calls.
$(FUZZ_SEEDS): tests/fuzz/seeds.mjs src/op.h
	@rm -rf $(@D)/call
	@node $< $(@D)/call
	@touch $@

# ---- Checks ----------------------------------------------------------------------------------------------------------

check-format:
	clang-format --dry-run --Werror $(C_FILES)
	prettier --check --log-level warn .

check-lint: $(patsubst %.c,$(OBJ)/tidy/%.ok,$(filter %.c,$(C_FILES)))
	eslint --max-warnings 0 .

$(OBJ)/tidy/%.ok: %.c $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	@echo 'tidy   $@'
	$(Q)$(CLANG_TIDY) --quiet $< -- $(CFLAGS) $(WITH_TOOLS) $(TEST_FLAGS)
	@touch $@

# The last two are users of the package, with its declarations.
check-types: types
	tsc -p tsconfig.json
	tsc -p tsconfig.worker.json
	tsc -p tests/types/tsconfig.json
	tsc -p tests/types/tsconfig.mastra.json

check-layers:
	node tools/check-layers.mjs

check-drift: types
	@mkdir -p $(BUILD)/check
	node tools/abi.mjs $(BUILD)/check
	diff -u bindings/core/abi.js $(BUILD)/check/core/abi.js
	diff -u bindings/backends/kv-facts.js $(BUILD)/check/backends/kv-facts.js
	node tools/reference.mjs $(BUILD)/types $(BUILD)/check/reference.md
	diff -u docs/reference.md $(BUILD)/check/reference.md

# What would be deployed to Cloudflare and published to npm.
check-deploy: wasm
	$(HOMELESS) wrangler deploy --dry-run --outdir $(BUILD)/deploy

check-package: wasm types
	npm pack --dry-run --ignore-scripts

.SECONDARY: $(FUZZ_OBJ) $(COVER_OBJ) $(patsubst %.c,$(OBJ)/fuzz/%.o,$(FUZZ)) \
            $(patsubst %.c,$(OBJ)/cover/%.o,$(FUZZ) $(NATIVE))
-include $(patsubst %.o,%.d,$(WASM_OBJ) $(TOOLS_OBJ) $(NATIVE_OBJ) $(FUZZ_OBJ) $(COVER_OBJ))
