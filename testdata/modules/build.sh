#!/bin/sh
# Assembles every .wat here into the .wasm beside it. Needs wat2wasm (wabt).
set -eu
cd "$(dirname "$0")"
command -v wat2wasm >/dev/null || {
	echo "testdata/modules: wat2wasm not found; install wabt (apt-get install wabt)" >&2
	exit 1
}
for source in *.wat; do
	case "$source" in
	name-*) wat2wasm --debug-names "$source" -o "${source%.wat}.wasm" ;;
	*) wat2wasm "$source" -o "${source%.wat}.wasm" ;;
	esac
done
