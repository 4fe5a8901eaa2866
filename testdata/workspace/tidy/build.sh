#!/bin/sh
# Builds plugin.wasm with clang and wasm-ld. CLANG names another clang than the one found.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-$(command -v clang || command -v clang-14 || true)}
[ -n "$clang" ] || {
	echo "tidy: clang not found; install clang and lld (apt-get install clang-14 lld-14)" >&2
	exit 1
}
"$clang" --target=wasm32 -Oz -Wall -Wextra -nostdlib -Wl,--no-entry -Wl,--strip-debug -o plugin.wasm tidy.c
