#!/bin/bash
# Builds the program for every platform of a release twice, in two folders of different names and
# with empty build caches of their own where FRESH is set, and compares the files.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build() { # FOLDER OS ARCH OUTPUT
  (cd "$1" && env ${FRESH:+"GOCACHE=$work/cache-$(basename "$1")"} CGO_ENABLED=0 GOOS="$2" GOARCH="$3" \
    ${GO:-go} build -trimpath -buildvcs=false -ldflags='-s -w' -o "$4" ./cmd/samuel-lsp)
}
mkdir "$work/elsewhere"
git ls-files -z -- '*.go' go.mod go.sum cmd lsp manifestcheck wasmhost cache | xargs -0 tar -cf - | tar -xf - -C "$work/elsewhere"
for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/arm64 windows/amd64}; do
  os=${platform%/*} arch=${platform#*/}
  build "$PWD" "$os" "$arch" "$work/here.bin"
  build "$work/elsewhere" "$os" "$arch" "$work/there.bin"
  cmp "$work/here.bin" "$work/there.bin"
  echo "$platform $(sha256sum <"$work/here.bin" | cut -c1-64)"
done
