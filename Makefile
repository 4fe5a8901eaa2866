# What can be done here. `make` alone lists it.
#
# Everything built lies under bin/, build/ and dist/, which git ignores.

GO       ?= go
VERSION  ?= 0.1.0
TOOL     := $(GO) tool -modfile=.ci/tools/go.mod
SOURCES  := $(shell find cmd lsp manifestcheck wasmhost cache -name '*.go' -not -name '*_test.go' 2>/dev/null) go.mod go.sum
EXT      := editors/vscode
E2E      := editors/e2e

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

## --- using it

.PHONY: run stop
run: ## open the sample workspace in VS Code, Neovim, or VS Code in the browser (IN=code|nvim|browser)
	@scripts/run.sh $(IN)

stop: ## stop what `make run` left running
	@scripts/run.sh stop

.PHONY: build
build: bin/samuel-lsp ## build bin/samuel-lsp

bin/samuel-lsp: $(SOURCES)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o $@ ./cmd/samuel-lsp

.PHONY: plugins
plugins: ## build the sample plugins from source, each with its own toolchain
	testdata/plugins/build.sh

.PHONY: extension
extension: $(EXT)/node_modules/.package-lock.json ## bundle the VS Code extension
	cd $(EXT) && npm run --silent build

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# VS Code's own server brings the list of its modules, but not the modules, and those would fetch
# ripgrep from elsewhere: it is taken from the system, where there is one.
VSCODE := $(E2E)/node_modules/code-server/lib/vscode
.PHONY: vscode-server
vscode-server: $(E2E)/node_modules/.package-lock.json
	cd $(VSCODE) && { [ -f node_modules/.package-lock.json ] || \
		npm install --no-save --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error; }
	@if command -v rg >/dev/null; then \
		mkdir -p $(VSCODE)/node_modules/@vscode/ripgrep/bin && \
		ln -sf "$$(command -v rg)" $(VSCODE)/node_modules/@vscode/ripgrep/bin/rg; fi

.PHONY: editors
editors: vscode-server ## fetch the editors that the tests drive
	scripts/unpack-deb.sh trixie neovim build/editors/nvim010 nvim
	scripts/unpack-deb.sh forky neovim build/editors/nvim012 nvim
	scripts/unpack-deb.sh forky hx build/editors/helix hx

## --- checking it

.PHONY: test
test: ## install what is missing, then run every check and test there is
	@.ci/test

.PHONY: lint
lint: lint-go lint-extension ## formatting, vet, staticcheck, ESLint, TypeScript

.PHONY: lint-go format vet staticcheck
lint-go: format vet staticcheck

format:
	@unformatted=$$($(TOOL) gofumpt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "not formatted with gofumpt:"; echo "$$unformatted"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(TOOL) staticcheck ./...

# Compiles the tests as well, which then cannot rot on the systems they are not run on.
.PHONY: lint-windows lint-darwin
lint-windows:
	GOOS=windows GOARCH=amd64 $(GO) vet ./...

lint-darwin:
	GOOS=darwin GOARCH=arm64 $(GO) vet ./...

.PHONY: lint-extension
lint-extension: $(EXT)/node_modules/.package-lock.json
	cd $(EXT) && npm run --silent check && npm run --silent lint

.PHONY: test-go
test-go: ## Go tests, with the race detector where goroutines share anything
	@mkdir -p build/logs
	status=0; \
	$(TOOL) gotestsum --format pkgname-and-test-fails --jsonfile build/logs/go-race.json -- -race -timeout 15m \
		$$($(GO) list ./... | grep -v -E '$(UNRACED)') || status=1; \
	$(TOOL) gotestsum --format pkgname-and-test-fails --jsonfile build/logs/go-plain.json -- -timeout 15m \
		$$($(GO) list ./... | grep -E '$(UNRACED)') || status=1; \
	exit $$status

# What runs without the race detector: packages of one goroutine, and those that test whole processes
# against limits of time, which its slowness would break: what races there is in packages tested above.
UNRACED := /(cmd/samuel-lsp|manifestcheck/tomlsyntax|wasmhost/tiered|wasmhost/inspect|wasmhost/internal/wasmtest|lsp/soak)$$

.PHONY: test-extension
test-extension: $(EXT)/node_modules/.package-lock.json
	cd $(EXT) && npm test --silent

.PHONY: fuzz
FUZZTIME ?= 30s
fuzz: ## run every fuzz target for FUZZTIME (30s)
	scripts/fuzz.sh $(FUZZTIME)

.PHONY: e2e
E2E_TESTS ?= $(wildcard $(E2E)/*.test.mjs)
e2e: build extension editors ## drive the real editors against the built server
	node --test --test-concurrency=1 $(E2E_TESTS)

.PHONY: audit
audit: ## known vulnerabilities in what we link and ship (needs the network)
	scripts/audit.sh

.PHONY: reproducible
reproducible: ## build for every platform twice, in two places, and compare
	scripts/reproducible.sh

## --- measuring it

.PHONY: bench
BENCH ?= .
bench: build ## benchmarks (BENCH=regexp); docs/performance.md explains them
	$(GO) test -run='^$$' -bench='$(BENCH)' -benchmem ./...

.PHONY: soak
SOAK ?= 10m
soak: build ## a model-based client against the built server for SOAK (10m)
	scripts/soak.sh $(SOAK)

## --- shipping it

.PHONY: vsix
vsix: $(EXT)/node_modules/.package-lock.json ## VS Code packages for six platforms, server inside, in dist/
	VERSION=$(VERSION) node scripts/vsix.mjs $(TARGETS)

.PHONY: dist
dist: vsix ## everything a release has: packages, archives, checksums, bill of materials
	VERSION=$(VERSION) node scripts/archives.mjs
	$(TOOL) cyclonedx-gomod app -json -licenses -output dist/samuel-lsp-$(VERSION).sbom.json -main cmd/samuel-lsp .
	cd dist && sha256sum *.vsix *.tar.gz *.zip *.json >SHA256SUMS

.PHONY: screenshots
screenshots: build extension editors ## redraw docs/images from the browser test
	rm -rf build/screenshots
	node --test $(E2E)/browser.test.mjs
	mkdir -p docs/images
	cp build/screenshots/*.png docs/images/

.PHONY: docs
docs: ## write the generated pages of docs/
	$(GO) test ./manifestcheck -run TestRulePages -update
	$(GO) test ./wasmhost/internal/wasmtest -run TestDocsShow -update

.PHONY: clean
clean: ## remove what was built
	@scripts/run.sh stop >/dev/null
	rm -rf bin build dist $(EXT)/dist $(EXT)/build $(EXT)/bin
