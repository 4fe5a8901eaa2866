#!/bin/sh
# Builds plugin.wasm with AssemblyScript, which npm installs beside this file.
set -eu
cd "$(dirname "$0")"
command -v npm >/dev/null || {
	echo "as-lint: npm not found; install Node.js 20 or later" >&2
	exit 1
}
[ -x node_modules/.bin/asc ] || npm ci --ignore-scripts --no-audit --no-fund --silent
node_modules/.bin/asc lint.ts -Oz --noAssert --runtime minimal --use abort= -o plugin.wasm
