#!/bin/sh
# Unpacks a Debian package of another release, with all it depends on, into a folder of its own
# beside the system, and writes DEST/run, which starts a program from there with its own libraries.
#
#   scripts/unpack-deb.sh SUITE PACKAGE DEST PROGRAM
#
# Editors of several versions can then be tested on one machine. Needs apt, not root.
set -eu
suite=$1 package=$2 dest=$3 program=$4
if [ -x "$dest/run" ]; then exit 0; fi
command -v apt-get >/dev/null || { echo "unpack-deb: no apt-get here, so $package of $suite cannot be had" >&2; exit 1; }

work=$dest.work
rm -rf "$work" "$dest"
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
work=$(cd "$work" && pwd)
# The mirror this machine already uses, in either form of apt's source files.
mirror=$(sed -n -e 's/^URIs: *\([^ ]*\/debian\)\/\{0,1\} *$/\1/p' -e 's/^deb .*\(http[^ ]*\/debian\)\/\{0,1\} .*/\1/p' \
  /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null | head -n 1)
[ -n "$mirror" ] || { echo "unpack-deb: apt's sources name no Debian mirror" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
cat >"$work/apt.conf" <<END
Dir::State "$work";
Dir::State::status "/dev/null";
Dir::Cache "$work";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "root";
END
export APT_CONFIG="$work/apt.conf"
apt-get -qq update
packages=$(apt-get install -s --no-install-recommends "$package" 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p')
[ -n "$packages" ] || { echo "unpack-deb: $suite has no package $package" >&2; exit 1; }
# shellcheck disable=SC2086 # a list of words
(cd "$work/archives" && apt-get -qq download $packages)
for deb in "$work"/archives/*.deb; do dpkg-deb -x "$deb" "$work/root"; done

triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
mv "$work/root" "$dest"
rm -rf "$work"
dest=$(cd "$dest" && pwd)
loader=$(find "$dest" -name 'ld-linux-*.so.*' | head -n 1)
# TMPDIR and the rest pass through; only the loader and the runtime folder are its own.
cat >"$dest/run" <<END
#!/bin/sh
export VIMRUNTIME="\${VIMRUNTIME-$dest/usr/share/nvim/runtime}" HELIX_RUNTIME="\${HELIX_RUNTIME-$dest/usr/lib/hx/runtime}"
export LUA_PATH="$dest/usr/share/lua/5.1/?.lua;;" LUA_CPATH="$dest/usr/lib/$triplet/lua/5.1/?.so;;"
exec "$loader" --library-path "$dest/usr/lib/$triplet:$dest/lib/$triplet" "$dest/usr/bin/$program" "\$@"
END
chmod +x "$dest/run"
