#!/bin/sh
# Builds plugin.wasm with Go 1.24 or later.
set -eu
cd "$(dirname "$0")"
command -v go >/dev/null || {
	echo "go-lint: go not found; install Go 1.24 or later" >&2
	exit 1
}
GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -ldflags='-s -w' -o plugin.wasm .
