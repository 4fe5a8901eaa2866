#!/bin/sh
# Installs what the tests need and this machine lacks: Debian packages, where this is root on a
# system with apt. Elsewhere it says what is missing and the steps that need it fail on their own.
set -eu

# command or file that must exist -> package that brings it
needs="
chromium:chromium
/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core
nvim:neovim
emacs:emacs-nox
/usr/share/emacs/site-lisp/elpa-src:elpa-eglot
clang-14:clang-14
wasm-ld-14:lld-14
/usr/lib/wasm32-wasi/crt1.o:wasi-libc
/usr/lib/llvm-14/lib/clang/14.0.6/lib/wasi/libclang_rt.builtins-wasm32.a:libclang-rt-14-dev-wasm32
wat2wasm:wabt
/usr/bin/rustc:rustc
/usr/lib/rustlib/wasm32-wasi:libstd-rust-dev-wasm32
tmux:tmux
rg:ripgrep
"
missing=
for need in $needs; do
  probe=${need%%:*} package=${need##*:}
  case $probe in
    /*) [ -e "$probe" ] || missing="$missing $package" ;;
    *) command -v "$probe" >/dev/null || missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install-deps: missing:$missing; install them, or run this as root on Debian" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null
