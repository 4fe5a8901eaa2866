#!/bin/sh
# Runs every fuzz target of the module for a while, one after another: scripts/fuzz.sh 10s
set -eu
time=${1:-30s}
status=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for file in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | sort); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    echo "== ./$(dirname "$file") $target"
    if ! go test "./$(dirname "$file")" -run='^$' -fuzz="^$target\$" -fuzztime="$time" >"$out" 2>&1; then
      # The end of the time is reported as a failure when it falls between two inputs; a real
      # finding names the input that was written down.
      if grep -q 'context deadline exceeded' "$out" && ! grep -q 'Failing input written' "$out"; then
        sed -i -e 's/^--- FAIL/--- time is up/' -e '/^FAIL/d' "$out"
      else
        status=1
      fi
    fi
    cat "$out"
  done
done
exit $status
