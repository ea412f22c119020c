# The fuzz targets: fuzz/NAME.c each, with the layers that it uses. Included by the Makefile.
FUZZ_TARGETS := h1_response h1_request h2_client interim_rule case_file script report diff_h1 diff_h2
FUZZ_USES_h1_response := core base
FUZZ_USES_h1_request := core base
FUZZ_USES_h2_client := hpack core base
FUZZ_USES_interim_rule := core base
FUZZ_USES_case_file := case core base
FUZZ_USES_script := script case peer hpack core base
FUZZ_USES_report := report judge case core base
FUZZ_USES_diff_h1 := core base
FUZZ_USES_diff_h2 := hpack core base
FUZZ_USES_empty :=
FUZZ_LIBS_report := $(LIBS)
FUZZ_LIBS_diff_h2 = $(FUZZ_LIBS_h2_client)
FUZZ_LIBS_script = $(FUZZ_LIBS_h2_client)
FUZZ_LIBS_h2_client := $(shell pkg-config --libs libnghttp2 2>/dev/null)

# Further files of a target.
FUZZ_PARTS_h1_response := heads pieces
FUZZ_PARTS_h2_client := frames pieces
DIFF_PARTS := diff diff_rows adapter adapters/ours adapters/llhttp adapters/http_parser adapters/picohttpparser $(if $(ADAPTER),adapter_mine)
FUZZ_PARTS_diff_h1 := heads pieces $(DIFF_PARTS)
FUZZ_PARTS_diff_main := $(DIFF_PARTS)
H2_DIFF_PARTS := h2_diff h2_diff_rows h2_ours h2_nghttp2
FUZZ_PARTS_diff_h2 := frames pieces $(H2_DIFF_PARTS)
FUZZ_PARTS_h2_diff_main := $(H2_DIFF_PARTS)
FUZZ_LIBS_diff_h1 = -ldl $(ADAPTER_LIBS)

FUZZ_CC ?= clang
FUZZ_CXX ?= clang++
FUZZ_ENGINE ?= -fsanitize=fuzzer
# Where an input went is traced, not what was compared: seeds and mutators know the form, and tracing
# that costs a third of the rate.
FUZZ_TRACE ?= -fsanitize-coverage=edge,inline-8bit-counters,pc-table \
  -fsanitize-coverage-ignorelist=fuzz/coverage.ignore
FUZZ_SAN ?= -O2 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all $(FUZZ_TRACE)
FUZZ_MAX_LEN ?= 4096
SECS ?= 60
JOBS ?= 1

fuzz_objects = $(foreach part,$(1) $(FUZZ_PARTS_$(1)),$(BUILD)/$(2)/fuzz/$(part).o)

$(BUILD)/opt/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) -I. $(OPT) $(WARN) $(LIBS_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) -I. $(SAN) $(WARN) $(LIBS_CFLAGS) -MMD -MP -c -o $@ $<

# Somebody's parser, see fuzz/adapter.h. What it is linked into is linked again when it is another
# one, or none, and each time that there is one: its library may have changed.
ADAPTED := diff-corpus replay/diff_h1 replay-san/diff_h1 fuzzers/diff_h1

$(ADAPTED:%=$(BUILD)/%): $(BUILD)/adapter $(if $(ADAPTER),FORCE)

$(BUILD)/adapter: FORCE
	@mkdir -p $(@D)
	@echo '$(ADAPTER) $(ADAPTER_CFLAGS) $(ADAPTER_LIBS)' | cmp -s - $@ || \
	  echo '$(ADAPTER) $(ADAPTER_CFLAGS) $(ADAPTER_LIBS)' >$@

$(BUILD)/opt/fuzz/adapter_mine.o: $(ADAPTER) $(BUILD)/adapter
	$(CC) $(ADAPTER_CFLAGS) -I. $(OPT) -c -o $@ $<

$(BUILD)/san/fuzz/adapter_mine.o: $(ADAPTER) $(BUILD)/adapter
	$(CC) $(ADAPTER_CFLAGS) -I. $(SAN) -c -o $@ $<

# A target with a main of its own that replays files: replay/NAME, and replay-san/NAME with the
# sanitizers. Any compiler does.
define fuzz_rules
$(BUILD)/replay/$(1): $(call fuzz_objects,$(1),opt) $(BUILD)/opt/fuzz/replay_main.o $(call layer_libs,$(FUZZ_USES_$(1)),opt)
	@mkdir -p $$(@D)
	$$(call run,CC,$$@)$(CC) $(OPT) -o $$@ $$(filter %.o,$$^) $(call layer_libs,$(FUZZ_USES_$(1)) base,opt) $(FUZZ_LIBS_$(1))

$(BUILD)/replay-san/$(1): $(call fuzz_objects,$(1),san) $(BUILD)/san/fuzz/replay_main.o $(call layer_libs,$(FUZZ_USES_$(1)),san)
	@mkdir -p $$(@D)
	$$(call run,CC,$$@)$(CC) $(SAN) -o $$@ $$(filter %.o,$$^) $(call layer_libs,$(FUZZ_USES_$(1)) base,san) $(FUZZ_LIBS_$(1))

$(BUILD)/fuzzers/$(1): $(call fuzz_objects,$(1),san) $(call layer_libs,$(FUZZ_USES_$(1)),san)
	@mkdir -p $$(@D)
	$$(call run,CXX,$$@)$(FUZZ_CXX) $(SAN) $(FUZZ_ENGINE) -o $$@ $$(filter %.o,$$^) $(call layer_libs,$(FUZZ_USES_$(1)),san) $(FUZZ_LIBS_$(1))
endef
$(foreach t,$(FUZZ_TARGETS) empty,$(eval $(call fuzz_rules,$(t))))

# Makes wire bytes of the frames in corpus/h2, for the seeds.
$(BUILD)/h2-wire: $(BUILD)/opt/fuzz/h2_wire.o $(call layer_libs,core base,opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $^

# Reads the golden corpus with other parsers.
$(BUILD)/diff-corpus: $(call fuzz_objects,diff_main,opt) $(call layer_libs,core base,opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $(filter %.o %.a,$^) -ldl $(ADAPTER_LIBS)

$(BUILD)/diff-corpus-h2: $(call fuzz_objects,h2_diff_main,opt) $(call layer_libs,hpack core base,opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $^ $(FUZZ_LIBS_diff_h2)

diff-corpus: $(BUILD)/diff-corpus $(BUILD)/diff-corpus-h2 ## read the golden corpus with other parsers
	@$(BUILD)/diff-corpus corpus/h1/response-*.http
	@$(BUILD)/diff-corpus-h2 corpus/h2/response-*.h2

REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/replay/%)
REPLAYS_SAN := $(FUZZ_TARGETS:%=$(BUILD)/replay-san/%)

# With the compiler that brings libFuzzer, beside the build of the other one.
fuzzers = $(MAKE) --no-print-directory CC="$(FUZZ_CC)" BUILD=$(BUILD)/clang SAN="$(FUZZ_SAN)"

.PHONY: diff-corpus fuzz-refind fuzz-planted fuzz-rate fuzz fuzz-smoke fuzz-replay fuzz-coverage fuzzers seeds corpus-min fuzz-targets replays-san

all: $(REPLAYS) $(BUILD)/h2-wire $(BUILD)/diff-corpus $(BUILD)/diff-corpus-h2

replays-san: $(REPLAYS_SAN)

fuzzers: $(FUZZ_TARGETS:%=$(BUILD)/fuzzers/%) $(BUILD)/fuzzers/empty

fuzz-targets:
	@echo $(FUZZ_TARGETS)

seeds: $(BUILD)/h2-wire ## write the seeds of the fuzz targets, from the cases and the golden corpus
	@scripts/fuzz-seeds $(BUILD)/seeds $(BUILD)/h2-wire

fuzz: seeds ## run a fuzz target: make fuzz T=h1_response SECS=60 JOBS=1
	@+$(fuzzers) $(BUILD)/clang/fuzzers/$(or $(T),h1_response)
	@scripts/fuzz-run $(BUILD) $(or $(T),h1_response) -max_total_time=$(SECS) -max_len=$(FUZZ_MAX_LEN) \
	  $(if $(filter-out 1,$(JOBS)),-jobs=$(JOBS) -workers=$(JOBS)) $(FUZZ_FLAGS)

fuzz-smoke: seeds ## run each fuzz target for ten seconds
	@+$(fuzzers) fuzzers
	@for target in $(FUZZ_TARGETS); do \
	  scripts/fuzz-run $(BUILD) $$target -max_total_time=10 -max_len=$(FUZZ_MAX_LEN) || exit 1; done

fuzz-replay: $(REPLAYS_SAN) seeds ## run the seeds and what fuzzing found once, under ASan and UBSan
	@for target in $(FUZZ_TARGETS); do \
	  $(BUILD)/replay-san/$$target $(BUILD)/seeds/$$target fuzz/regress/$$target || exit 1; done

fuzz-refind: ## how long diff_h1 needs to find llhttp's fault with interim responses again
	@+$(fuzzers) $(BUILD)/clang/fuzzers/diff_h1
	@scripts/fuzz-refind $(BUILD)/clang/fuzzers/diff_h1

fuzz-rate: seeds ## how fast targets are beside the empty one: make fuzz-rate RATED=h1_response
	@+$(fuzzers) fuzzers
	@scripts/fuzz-rate $(BUILD) $(or $(RATED),h1_response h2_client)

fuzz-planted: seeds ## plant faults in the parsers, and see each found within a minute
	@scripts/fuzz-planted $(BUILD) $(PLANTED)

corpus-min: seeds ## keep of a target's finds what its seeds do not cover: make corpus-min T=h1_response
	@+$(fuzzers) $(BUILD)/clang/fuzzers/$(or $(T),h1_response)
	@scripts/fuzz-run $(BUILD) $(or $(T),h1_response) --minimise

fuzz-coverage: seeds ## what the seeds alone cover of the cores, by llvm-cov
	@+$(MAKE) --no-print-directory CC="$(FUZZ_CC)" BUILD=$(BUILD)/coverage \
	  SAN="-O1 -g -fprofile-instr-generate -fcoverage-mapping" \
	  $(FUZZ_TARGETS:%=$(BUILD)/coverage/replay-san/%)
	@scripts/fuzz-coverage $(BUILD) $(FUZZ_TARGETS)
