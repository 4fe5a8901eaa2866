#!/bin/sh
# Builds the sample plugins: those named, else every one. A plugin whose toolchain is missing is
# named at the end, and the exit code is 1; the others are built all the same.
set -eu
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- */build.sh
failed=
for name; do
	name=${name%/build.sh}
	[ -x "$name/build.sh" ] || {
		echo "plugins: there is no plugin $name" >&2
		exit 2
	}
	echo "building $name"
	"$name/build.sh" || failed="$failed $name"
done
[ -z "$failed" ] || {
	echo "plugins: not built:$failed" >&2
	exit 1
}
