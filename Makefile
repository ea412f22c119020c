# interim: a conformance suite for HTTP interim (1xx) responses. "make help" lists the targets.
CC ?= cc
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
PYTHON ?= /usr/bin/python3
VERSION := 0.1.0

STD := -std=c17 -D_GNU_SOURCE
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla -Wcast-align \
  -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes \
  -Wredundant-decls -Wswitch-enum -Wdouble-promotion -Wnull-dereference -Werror
ifneq ($(shell $(CC) --version 2>/dev/null | grep -ci clang),0)
WARN += -Wno-gnu-zero-variadic-macro-arguments
else
WARN += -Wlogical-op -Wduplicated-cond -Wduplicated-branches
endif
OPT ?= -O2 -g
SAN := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CPPFLAGS += -Iharness -include base/banned.h -DINTERIM_VERSION='"$(VERSION)"'

LIBS := $(shell pkg-config --libs libuv jansson libxml-2.0 openssl libnghttp2 2>/dev/null)
LIBS_CFLAGS := $(shell pkg-config --cflags libuv jansson libxml-2.0 openssl libnghttp2 2>/dev/null | sed 's/-I/-isystem /g')

# What runs is named in a short line; V=1 shows the whole command.
run = $(if $(V),,@echo '  $(1)  $(2)';)

# Each layer may use those before it in its row; scripts/check-layers holds the includes to it.
# What runs is named in a short line; V=1 shows the whole command.
run = $(if $(V),,@echo '  $(1)  $(2)';)

LAYERS := base core hpack case script judge peer net report cli
USES_base :=
USES_core := base
USES_hpack := core base
USES_case := core base
USES_script := case core base
USES_judge :=
USES_peer := core base
USES_net := script peer hpack case core base
USES_report := judge case core base
USES_cli := report net script judge peer hpack case core base

.PHONY: help all demo test unit mutants mutation matrix matrix-origins matrix-readme matrix-page lint flags bench bench-parser install clean setup
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install from Debian what is missing to build and test
	@scripts/setup

all: $(BUILD)/interim ## build the tool

sources = $(sort $(wildcard harness/$(1)/*.c))
objects = $(patsubst harness/%.c,$(BUILD)/$(2)/%.o,$(filter-out harness/case/embed.c harness/net/bench_main.c,$(call sources,$(1))))
layer_libs = $(foreach l,$(1),$(BUILD)/$(2)/lib$(l).a)

define layer_rules
$(BUILD)/$(2)/lib$(1).a: $(call objects,$(1),$(2)) $(if $(filter case,$(1)),$(BUILD)/$(2)/case/embedded.o)
	@rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l),opt)))
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l),san)))

$(BUILD)/opt/%.o: harness/%.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) $(OPT) $(WARN) $(LIBS_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/%.o: harness/%.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) $(SAN) $(WARN) $(LIBS_CFLAGS) -MMD -MP -c -o $@ $<

# The cases and the registry are built in, so that one file is the whole tool.
CASE_FILES := cases/requirements.tsv $(sort $(wildcard cases/*/*.case))
$(BUILD)/embed: harness/case/embed.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(OPT) $(WARN) -o $@ $<

# Which cases there are, so that one that goes is gone from the binary too.
$(BUILD)/case-files: FORCE
	@mkdir -p $(@D)
	@echo '$(CASE_FILES)' | cmp -s - $@ || echo '$(CASE_FILES)' > $@

.PHONY: FORCE
FORCE:

$(BUILD)/embedded.c: $(BUILD)/embed $(BUILD)/case-files $(CASE_FILES)
	@echo '  GEN  $@'; $(BUILD)/embed $(CASE_FILES) > $@.new && mv $@.new $@

$(BUILD)/opt/case/embedded.o: $(BUILD)/embedded.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) -O0 -c -o $@ $<

$(BUILD)/san/case/embedded.o: $(BUILD)/embedded.c
	@mkdir -p $(@D)
	$(call run,CC,$@)$(CC) $(STD) $(CPPFLAGS) -O0 -c -o $@ $<

$(BUILD)/interim: $(call layer_libs,$(LAYERS),opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $(call layer_libs,cli $(USES_cli),opt) $(LIBS)

$(BUILD)/interim-bench: $(BUILD)/opt/net/bench_main.o $(call layer_libs,net $(USES_net),opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $^ $(LIBS)

# The tool again under ASan and UBSan, for the tests.
$(BUILD)/interim-san: $(call layer_libs,$(LAYERS),san)
	$(call run,CC,$@)$(CC) $(SAN) -o $@ $(call layer_libs,cli $(USES_cli),san) $(LIBS)

# Unit tests: harness/tests/LAYER_SUBJECT_test.c links its layer and what that uses, and the coder of
# header blocks that layers below net are handed, under sanitizers.
TEST_SOURCES := $(sort $(wildcard harness/tests/*_test.c))
TESTS := $(patsubst harness/tests/%.c,$(BUILD)/tests/%,$(TEST_SOURCES))
layer_of = $(firstword $(subst _, ,$(notdir $(1))))

define test_rule
$(BUILD)/tests/$(1): $(BUILD)/san/tests/$(1).o $(call layer_libs,$(call layer_of,$(1)) hpack $(USES_$(call layer_of,$(1))),san)
	@mkdir -p $$(@D)
	$$(call run,CC,$$@)$(CC) $(SAN) -o $$@ $$^ $(LIBS) -lcmocka
endef
$(foreach t,$(notdir $(TESTS)),$(eval $(call test_rule,$(t))))

# The suite against the gateway's named bugs: optimised, as it plays the suite hundreds of times.
MUTANTS_OBJECTS := $(patsubst harness/%.c,$(BUILD)/opt/%.o,$(sort $(wildcard harness/tests/cli_mutants_*.c)))
$(BUILD)/mutants: $(MUTANTS_OBJECTS) $(call layer_libs,cli $(USES_cli),opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $^ $(LIBS)

mutants: $(BUILD)/mutants ## prove that each case can fail: play the suite with each named bug
	@$(BUILD)/mutants --json $(BUILD)/mutants.json --matrix $(BUILD)/mutants.txt $(MUTANTS)

mutation: ## change one small thing at a time in our own code: do the unit tests notice?
	@scripts/mutate --build $(BUILD)/mutation $(MUTATION)

unit: $(TESTS) ## build and run the unit tests, under ASan and UBSan
	@scripts/run-unit-tests $(TESTS)

# One layer's unit tests: make unit-core
unit-%:
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/$*_%,$(TESTS)) && \
	  scripts/run-unit-tests $(filter $(BUILD)/tests/$*_%,$(TESTS))

test: setup ## run all tests
	@$(MAKE) --no-print-directory all $(BUILD)/interim-san $(BUILD)/mutants $(TESTS) replays-san
	$(PYTHON) -m pytest -q $(PYTEST_FLAGS) scripts/tests cases --build $(BUILD)

# Servers that are not installed are skipped: scripts/setup --targets NAME... installs them.
# A target with unexpected results fails the command, once the reports of all are made.
matrix = status=0; scripts/matrix --program $(BUILD)/interim --work $(BUILD)/matrix --jobs 2 $(1) $(MATRIX) || \
  status=$$?; $(MAKE) --no-print-directory matrix-readme matrix-page; exit $$status

matrix: all ## play the suite against each installed server of scripts/targets; keep scripts/results
	@$(call matrix)

matrix-origins: all ## the same, against origin servers only
	@$(call matrix,--seat origin)

matrix-readme: ## put the matrix of scripts/results into README
	@scripts/report markdown --by seat --into README.md $(sort $(wildcard scripts/results/*.json))

# Whole result files where this machine has them, as they have more transcripts.
whole = $(or $(wildcard $(BUILD)/matrix/$(notdir $(1))),$(1))
matrix-page: all ## an HTML page of scripts/results
	@scripts/report html --program $(BUILD)/interim -o $(BUILD)/matrix.html \
	  $(if $(wildcard $(BUILD)/mutants.json),--mutants $(BUILD)/mutants.json) \
	  $(foreach file,$(sort $(wildcard scripts/results/*.json)),$(call whole,$(file)))
	@echo '  HTML  $(BUILD)/matrix.html'

demo: setup ## set up, build, and run the suite against the embedded gateway and origin
	@$(MAKE) --no-print-directory all
	$(BUILD)/interim run
	$(BUILD)/interim run --seat origin

lint: setup ## formatting, layers, complexity, static analysis, manual pages
	@scripts/lint

# The flags that scripts/lint gives to the tools that read C.
flags:
	@echo $(STD) $(CPPFLAGS) -I. $(WARN) $(LIBS_CFLAGS)

bench: $(BUILD)/interim-bench ## measure the cost of a gated exchange beside the cost of connecting
	@$(BUILD)/interim-bench

# Peers that are not installed are left out, see harness/tests/bench_peers.c.
$(BUILD)/bench-parser: $(patsubst harness/%.c,$(BUILD)/opt/%.o,$(sort $(wildcard harness/tests/bench_*.c))) $(call layer_libs,core base,opt)
	$(call run,CC,$@)$(CC) $(OPT) -o $@ $^ -ldl

bench-parser: $(BUILD)/bench-parser ## measure the response parser beside other parsers
	@$(BUILD)/bench-parser $(BENCH)

include fuzz/fuzz.mk

# What scripts/report is, with what it imports and shows; it is interim-report there.
REPORT_FILES = $(sort $(wildcard scripts/interim_report/*.py scripts/interim_report/*.json))
REPORT_ASSETS = $(sort $(wildcard scripts/interim_report/assets/*))
share = $(DESTDIR)$(PREFIX)/share

install: all ## install below DESTDIR/PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(share)/man/man1 $(share)/man/man5 $(share)/interim/interim_report/assets
	install -m 755 $(BUILD)/interim $(DESTDIR)$(PREFIX)/bin/interim
	install -m 644 harness/doc/interim.1 $(DESTDIR)$(PREFIX)/share/man/man1/interim.1
	install -m 644 harness/doc/interim-case.5 $(DESTDIR)$(PREFIX)/share/man/man5/interim-case.5
	install -m 755 scripts/report $(share)/interim/report
	install -m 644 $(REPORT_FILES) $(share)/interim/interim_report
	install -m 644 $(REPORT_ASSETS) $(share)/interim/interim_report/assets
	install -m 644 harness/report/interim-results-1.schema.json $(share)/interim
	ln -sf ../share/interim/report $(DESTDIR)$(PREFIX)/bin/interim-report

clean: ## remove what was built
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
