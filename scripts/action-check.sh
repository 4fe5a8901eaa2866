#!/bin/bash
# Runs samuel-lsp check with the action's inputs, which come as environment variables so that
# nothing in them is read by the shell.
set -euo pipefail

args=(--format "$FORMAT" --fail-on "$FAIL_ON")
[ -z "$SHARD" ] || args+=(--shard "$SHARD")
set -f # patterns are samuel-lsp's to read
for rule in $RULES; do args+=(--rule "$rule"); done
args+=(--)
case $PATHS in *$'\n'*) IFS=$'\n' ;; esac # one a line, so that they may hold blanks
for path in $PATHS; do args+=("$path"); done
if [ -n "$OUTPUT" ]; then
  samuel-lsp check "${args[@]}" >"$OUTPUT"
else
  samuel-lsp check "${args[@]}"
fi
