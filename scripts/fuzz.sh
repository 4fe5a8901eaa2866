#!/bin/sh
# Runs every fuzz target of the module for a while, one after another: scripts/fuzz.sh 10s
set -eu
time=${1:-30s}
status=0
for file in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | sort); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    echo "== ./$(dirname "$file") $target"
    go test "./$(dirname "$file")" -run='^$' -fuzz="^$target\$" -fuzztime="$time" || status=1
  done
done
exit $status
