#!/bin/sh
# Builds plugin.wasm with a rustc that has the wasm32-unknown-unknown target. RUSTC names another
# rustc than the ones tried here: the one in PATH, then the distribution's.
set -eu
cd "$(dirname "$0")"
rustc=
for candidate in "${RUSTC:-rustc}" /usr/bin/rustc; do
	libdir=$("$candidate" --print target-libdir --target wasm32-unknown-unknown 2>/dev/null || true)
	if [ -n "$libdir" ] && [ -d "$libdir" ]; then
		rustc=$candidate
		break
	fi
done
[ -n "$rustc" ] || {
	echo "rust-lint: no rustc with the target wasm32-unknown-unknown; run 'rustup target add wasm32-unknown-unknown'," >&2
	echo "rust-lint: or install the distribution's (apt-get install rustc libstd-rust-dev-wasm32 lld-14)" >&2
	exit 1
}
# The distribution's rustc brings no rust-lld of its own.
linker=
if ! command -v rust-lld >/dev/null && [ ! -x "$(dirname "$libdir")/../$("$rustc" -vV | sed -n 's/host: //p')/bin/rust-lld" ]; then
	linker=$(command -v wasm-ld || command -v wasm-ld-14 || true)
	[ -n "$linker" ] || {
		echo "rust-lint: wasm-ld not found; install lld (apt-get install lld-14)" >&2
		exit 1
	}
fi
"$rustc" --edition 2021 --crate-type cdylib --target wasm32-unknown-unknown \
	-C opt-level=z -C lto=fat -C panic=abort -C strip=debuginfo --remap-path-prefix "$PWD=." \
	${linker:+-C linker="$linker" -C linker-flavor=wasm-ld} -o plugin.wasm lint.rs
