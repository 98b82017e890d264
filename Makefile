# The one place of commands. `make run` and `make test` need only Go on a
# Debian 12 machine: what else they need they install, and say so.

TAGS    := x11,gles
BUILD   := build
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO      := go

# Debian packages, by what needs them. A command that is there already, from
# wherever, is not installed again (npm).
PKG_BUILD := gcc libc6-dev pkg-config libgl1-mesa-dev libgles-dev libegl-dev xorg-dev
PKG_RUN   := libgl1-mesa-dri libgles2 libegl1 xvfb xauth xdotool x11-utils x11-apps imagemagick alsa-utils
PKG_TEST  := fuse3 fonts-noto-core zbar-tools tesseract-ocr tesseract-ocr-vie chromium postgresql sqlite3
PKG_NPM   := $(if $(shell command -v npm),,npm)

.PHONY: help run day test prove bench lint build deps deps-run deps-test screenshots voice clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: deps-run build ## start the whole product with its demo office
	$(BUILD)/motcuactl demo --bin $(BUILD) --dir $(BUILD)/demo

day: deps-run build ## the same, with a scripted day playing through it
	$(BUILD)/motcuactl demo --bin $(BUILD) --dir $(BUILD)/demo --play

build: deps $(BUILD)/stamp ## build the four programs

# Everything that can change the programs; the stamp keeps `make run` quick.
SOURCES := go.mod go.sum $(shell git ls-files '*.go' assets kiosk printer queue 2>/dev/null)

$(BUILD)/stamp: $(SOURCES)
	@mkdir -p $(BUILD)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $(BUILD)/ ./cmd/motcuad ./cmd/motcua-central ./cmd/motcuactl
	$(GO) build -trimpath -tags $(TAGS) -ldflags "$(LDFLAGS)" -o $(BUILD)/ ./cmd/motcua
	@touch $@

test: deps-test build $(BUILD)/npos/node_modules ## run every test
	MOTCUA_BIN=$(CURDIR)/$(BUILD) MOTCUA_NPOS=$(CURDIR)/$(BUILD)/npos/node_modules MOTCUA_PG=start \
		MOTCUA_SHARED="$${MOTCUA_SHARED:-$(SHARED)}" \
		$(GO) test -tags $(TAGS) -timeout 15m ./...

RACE := ./queue ./queue/field ./queue/succession ./queue/office/... ./queue/journal/... ./queue/uplink/... ./queue/central ./printer/... ./kiosk/session ./kiosk/desk \
	./kiosk/board ./kiosk/scan ./kiosk/voice ./kiosk/station ./cmd/internal/day ./cmd/internal/faultnet ./cmd/internal/faultdisk

prove: deps-test build ## the long proofs: kills, power cuts, bad lines, simulated months, many random histories, the race detector
	MOTCUA_PROVE=1 MOTCUA_BIN=$(CURDIR)/$(BUILD) $(GO) test -count=1 -timeout 60m -v ./cmd/internal/proof
	MOTCUA_MONTHS=3 $(GO) test -count=1 -timeout 40m -v -run TestMonth ./queue/sim
	MOTCUA_CUTS=200000 GOGC=400 $(GO) test -count=1 -timeout 90m -v ./queue/sim/cut
	$(GO) test -count=1 -timeout 40m ./queue ./queue/dossier ./kiosk/desk ./kiosk/board ./queue/audit -rapid.checks=5000
	$(GO) test -race -count=1 -timeout 40m $(RACE)
	MOTCUA_EVENTS=10000000 $(GO) test -run '^$$' -bench 'Open$$' -benchtime 20x -timeout 60m ./queue/journal

SHARED := $(shell cd ../shared 2>/dev/null && pwd)

bench: deps-test build ## measure, as ratios; results go to docs/benchmarks.md
	MOTCUA_SHARED="$${MOTCUA_SHARED:-$(SHARED)}" .ci/bench > $(BUILD)/benchmarks.md
	mv $(BUILD)/benchmarks.md docs/benchmarks.md

lint: ## the strict linters, pinned in .ci/tools
	$(GO) tool -modfile=.ci/tools/go.mod golangci-lint run --build-tags $(TAGS)

voice: ## make the voice clips again (espeak-ng)
	@.ci/need espeak-ng
	$(GO) run ./assets/voice/gen

screenshots: deps-test build ## the pictures of the README
	@mkdir -p docs/pictures
	MOTCUA_BIN=$(CURDIR)/$(BUILD) MOTCUA_PICTURES=$(CURDIR)/docs/pictures $(GO) test -count=1 -tags $(TAGS) -run TestPictures ./cmd/internal/e2e

clean: ## remove what the commands here made
	rm -rf $(BUILD)

$(BUILD)/npos/node_modules: printer/twin/testdata/npos/package-lock.json
	@mkdir -p $(BUILD)/npos
	cp printer/twin/testdata/npos/package*.json $(BUILD)/npos/
	cd $(BUILD)/npos && npm ci --ignore-scripts --omit=optional --no-audit --no-fund --silent
	@touch $@

deps:      ; @.ci/need $(PKG_BUILD)
deps-run:  ; @.ci/need $(PKG_BUILD) $(PKG_RUN)
deps-test: ; @.ci/need $(PKG_BUILD) $(PKG_RUN) $(PKG_TEST) $(PKG_NPM)
