# Meshwright's tasks. `make demo` and `make test` need a Swift toolchain and set up everything else themselves.

CONFIG ?= release
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# The library targets, for the reference documentation; every folder of Sources but the executables and the C headers.
LIBRARIES := $(filter-out CLibYAML CFileSystem meshwright meshwright-bench,$(notdir $(wildcard Sources/*)))

.PHONY: build demo test fuzz conformance bench format lint docs install dist uninstall setup clean

export SWIFT

build: setup
	Scripts/build $(CONFIG) meshwright

## Plans Llama 3.1 405B on 512 H100s.
demo: setup
	Scripts/build release meshwright
	"$$($(SWIFT) build -c release --show-bin-path)/meshwright" plan --model llama-3.1-405b --cluster dgx-h100 --gpus 512

## Runs every test. FILTER=name runs those whose name matches.
test: setup
	$(SWIFT) test --disable-xctest $(if $(FILTER),--filter $(FILTER))

## Feeds the importers RUNS mutated files (a million unless said) under libFuzzer.
fuzz: setup
	SWIFT="$(SWIFT)" Scripts/fuzz $(RUNS)

## Checks what is written against the programs that read it: each Tests/Conformance/*/run; a run that lacks its program leaves with 77.
conformance: build
	@failed=0; for check in Tests/Conformance/*/run; do \
	  [ -x "$$check" ] || continue; \
	  status=0; MESHWRIGHT="$$($(SWIFT) build -c $(CONFIG) --show-bin-path)/meshwright" "$$check" || status=$$?; \
	  case $$status in \
	    0) echo "passed   $$check" ;; \
	    77) echo "skipped  $$check" ;; \
	    *) echo "FAILED   $$check (status $$status)"; failed=1 ;; \
	  esac; \
	done; exit $$failed

## Times the search, the simulator and the cache. ARGS=--json for programs.
bench: setup
	Scripts/build release meshwright
	Scripts/build release meshwright-bench
	"$$($(SWIFT) build -c release --show-bin-path)/meshwright-bench" $(ARGS)

format:
	$(SWIFT) format --in-place --parallel --recursive Sources Tests Package.swift

## Checks the format, and that each target names what it imports.
lint: setup
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift
	SWIFT="$(SWIFT)" Scripts/check-imports
	! grep -rnE '(^|[^.A-Za-z])print\(|FileHandle\.standard(Output|Error)' --exclude=Console.swift Sources/meshwright # Console alone writes

## Writes the reference of the library targets to docs/reference, as a static site.
docs: setup
	mkdir -p docs
	$(SWIFT) package --allow-writing-to-directory docs/reference generate-documentation \
	  $(addprefix --target ,$(LIBRARIES)) --enable-experimental-combined-documentation \
	  --disable-indexing --transform-for-static-hosting --hosting-base-path meshwright --output-path docs/reference

## Installs the tool, the shipped models and profiles, the documents, the manual page and the shell completions under PREFIX.
install: build
	Scripts/build $(CONFIG) generate-manual
	CONFIG=$(CONFIG) SWIFT="$(SWIFT)" Scripts/install "$(DESTDIR)$(PREFIX)"

## Packs an installation into .build/dist, as an archive that runs without a Swift toolchain.
dist: build
	Scripts/build release generate-manual
	Scripts/dist .build/dist

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/meshwright" "$(DESTDIR)$(PREFIX)/share/man/man1/meshwright.1" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/meshwright" \
	  "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_meshwright" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/meshwright.fish"
	rm -rf "$(DESTDIR)$(PREFIX)/share/meshwright" "$(DESTDIR)$(PREFIX)/share/doc/meshwright"

## Makes sure that libyaml and SQLite can be compiled against.
setup:
	@Scripts/setup

clean:
	$(SWIFT) package clean
