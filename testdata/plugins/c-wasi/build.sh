#!/bin/sh
# Builds plugin.wasm with clang, wasm-ld and wasi-libc. CLANG names another clang than the one
# found, WASI_SYSROOT another sysroot than the distribution's.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-$(command -v clang || command -v clang-14 || true)}
sysroot=${WASI_SYSROOT:-/usr}
libc=$sysroot/include/wasm32-wasi/stdio.h
if [ -z "$clang" ] || [ ! -e "$libc" ]; then
	echo "c-wasi: clang or wasi-libc not found; install them (apt-get install clang-14 lld-14 wasi-libc libclang-rt-14-dev-wasm32)" >&2
	exit 1
fi
"$clang" --target=wasm32-wasi --sysroot="$sysroot" -mexec-model=reactor -D_GNU_SOURCE -Oz -Wall -Wextra \
	-Wl,--strip-debug -o plugin.wasm lint.c
