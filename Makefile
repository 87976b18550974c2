# Two commands do everything on a machine with Go and make: `make demo` shows the product, `make test` tests it.
# `make check` is the gate for a change. Tools are built from the module proxy at the versions below.

GO            ?= go
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := mvdan.cc/gofumpt@v0.12.0
POSTHOG_GO    := v1.27.0
MODULES       := . auditlog examples examples/routers bench
# What a user's program links.
LINKED        := ./runtime ./redact ./spool ./httpaudit ./metrics ./sink/... ./generated/... ./eventstest ./schemacheck

.PHONY: demo test check generate vet lint format tidy drift pin platforms overhead fuzz bench bench-quick fault

demo: ## Start a PostHog stand-in, track events against it, show what arrived.
	cd examples && $(GO) run ./demo

test: ## All tests, with the race detector.
	@for m in $(MODULES); do (cd $$m && echo "== go test $$m" && $(GO) test -race ./...) || exit 1; done

check: format vet lint tidy drift pin platforms test overhead ## The gate.

generate: ## Regenerate generated/ and examples/.
	$(GO) generate ./...
	$(GO) run ./cmd/eventgen docs -f events.yaml
	$(GO) run ./cmd/eventgen docs --privacy -f events.yaml

vet:
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./...) || exit 1; done

lint:
	@for m in $(MODULES); do (cd $$m && $(GO) run $(GOLANGCI_LINT) run ./...) || exit 1; done

format:
	@out=$$($(GO) run $(GOFUMPT) -l $$(git ls-files --cached --others --exclude-standard '*.go' | grep -vE '\.(gen|pb)\.go$$')); \
	 if [ -n "$$out" ]; then echo "gofumpt would change:"; echo "$$out"; exit 1; fi

tidy:
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || exit 1; done

drift: ## Generated code is current.
	$(GO) run ./cmd/eventgen lint -f events.yaml
	$(GO) run ./cmd/eventgen generate --check -f events.yaml -o generated/events
	$(GO) run ./cmd/eventgen generate --check -f bench/events.yaml -o bench/events
	$(GO) run ./cmd/eventgen docs --check -f events.yaml
	$(GO) run ./cmd/eventgen docs --privacy --check -f events.yaml

pin: ## A bare upgrade of posthog-go silently goes back to v1.5.2.
	@v=$$($(GO) list -m -f '{{.Version}}' github.com/posthog/posthog-go); \
	 if [ "$$v" != "$(POSTHOG_GO)" ]; then echo "posthog-go is $$v, want $(POSTHOG_GO)"; exit 1; fi

platforms: ## The code vets where it is meant to run; on js only what a program links.
	@for os in linux/amd64 darwin/arm64 windows/amd64; do \
	  echo "== vet $$os"; GOOS=$${os%/*} GOARCH=$${os#*/} $(GO) vet ./... || exit 1; done
	@echo "== vet js/wasm"; GOOS=js GOARCH=wasm $(GO) vet $(LINKED)

fuzz: ## Each fuzz target for a minute.
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

overhead: ## Ratios, allocations and large counts, which the race detector would falsify or take too long for.
	$(GO) test -count=1 -run 'Alloc|TestScanIs|AgainstNetip' ./generated/... ./redact ./runtime ./spool ./httpaudit
	$(GO) test -count=1 -run 'TestNothingIsLostInBadWeather' ./sink/posthogsink
	EVENTGEN_FAULT=1 $(GO) test -count=1 -run 'TestCrashStates' ./spool
	cd auditlog && $(GO) test -count=1 -run 'TestTampering|TestCountAgreesWithTheRows' . ./query
	cd bench && $(GO) test -count=1 -run 'TestOverhead' ./...

bench: ## Everything beside its alternatives, within 15 minutes; rewrites the tables of docs/benchmarks.md.
	cd bench && $(GO) run ./cmd/bench -write ../docs/benchmarks.md

bench-quick: ## The same within 2 minutes, printed.
	cd bench && $(GO) run ./cmd/bench -quick

fault: ## The long fault suites.
	EVENTGEN_FAULT=1 $(GO) test -race -count=1 -timeout 60m ./runtime/... ./spool/... ./sink/... ./cmd/eventgen/... ./internal/faults/...
	$(GO) test -race -count=1 -timeout 30m -run TestQueueModel ./internal/faults -rapid.checks=5000
	cd auditlog && EVENTGEN_FAULT=1 $(GO) test -count=1 -timeout 60m ./...
