#!/bin/bash
# Asks the vulnerability databases about all that is linked and shipped. Fails for a finding; a
# database that cannot be reached is said, and is no finding.
set -u
cd "$(dirname "$0")/.."
failed=0 asked=0

# judge NAME STATUS OUTPUT UNREACHABLE: says what one database answered. UNREACHABLE is a pattern of
# what the tool prints when it got no answer.
judge() {
  if [ "$2" = 0 ]; then
    echo "$1: nothing known"
    asked=$((asked + 1))
  elif grep -q -E "$4" <<<"$3"; then
    echo "$1: NOT ASKED, its database cannot be reached: $(grep -m1 -E "$4" <<<"$3")"
  else
    echo "$1: findings"
    echo "$3"
    failed=1
  fi
}

out=$(${GO:-go} tool -modfile=.ci/tools/go.mod govulncheck ./... 2>&1)
judge govulncheck $? "$out" 'fetching vulnerabilities:.*(dial|lookup|timeout|connection|proxy|Forbidden|Bad Gateway)'
out=$(cd editors/vscode && npm audit --omit=dev 2>&1)
judge 'npm audit' $? "$out" 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|audit endpoint returned an error|network'
echo "$asked of 2 databases asked"
exit $failed
