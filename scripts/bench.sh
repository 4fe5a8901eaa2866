#!/bin/bash
# Every number of docs/performance.md: scripts/bench.sh [PATTERN] takes only the benchmarks that
# the pattern matches.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
bench() { # TIMES PATTERN PACKAGE...
  local times=$1 pattern=$2
  shift 2
  $go test -run '^$' -timeout 30m -benchtime "$times" -bench "$pattern" "$@" | grep -v -E '^(PASS|ok|goos|goarch|pkg)'
}
if [ $# -gt 0 ]; then
  bench 1s "$1" ./manifestcheck/... ./lsp ./lsp/text ./wasmhost/...
  bench 20x "$1" ./lsp/soak
  exit
fi
echo "== the program, driven as an editor drives it"
bench 300x 'Keystroke|Request' ./lsp/soak
bench 20x 'Burst|Start|RunHook|Save|Workspace|Check' ./lsp/soak
bench 5x AtRest ./lsp/soak
echo "== manifests: decoder beside tree, check, edit"
bench 1s . ./manifestcheck ./manifestcheck/tomlsyntax
echo "== requests inside the server"
bench 300x . ./lsp
echo "== plugins: raw wazero beside the host"
bench 1s 'WarmCall' ./wasmhost
bench 1s . ./wasmhost/inspect
bench 1x 'Call|RoundTrip|GoPlugin' ./wasmhost/tiered
