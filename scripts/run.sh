#!/bin/sh
# Opens the sample workspace in an editor: VS Code if it is here, else Neovim on a terminal, else
# VS Code in the browser. The workspace is a copy under build/run, so that nothing in the
# repository changes.
#
#   scripts/run.sh [code|nvim|browser|stop]
set -eu
cd "$(dirname "$0")/.."
root=$PWD
run=$root/build/run
workspace=$run/workspace
manifest=$workspace/tidy/samuel-plugin.toml
want=${1:-}

stop() {
  if [ -f "$run/pid" ] && kill -0 "$(cat "$run/pid")" 2>/dev/null; then
    kill "$(cat "$run/pid")"
    echo "stopped"
  else
    echo "nothing runs"
  fi
  rm -f "$run/pid" "$run/url"
}

# A second start finds the first and says where it is.
already() {
  [ -f "$run/pid" ] && kill -0 "$(cat "$run/pid")" 2>/dev/null || return 1
  echo "the sample workspace is already open at $(cat "$run/url")"
  echo "stop it with: make stop"
}

prepare() {
  make --no-print-directory build
  if [ ! -d "$workspace" ]; then
    mkdir -p "$run"
    cp -R testdata/workspace "$workspace"
  fi
  PATH=$root/bin:$PATH
  export PATH
}

in_code() {
  make --no-print-directory extension
  echo "opening VS Code; close its window to end"
  exec code --wait --new-window --user-data-dir "$run/code" --extensions-dir "$run/code/extensions" \
    --extensionDevelopmentPath "$root/editors/vscode" "$workspace" --goto "$manifest"
}

in_nvim() {
  echo "opening Neovim; leave it with :qa"
  exec nvim --cmd "set runtimepath^=$root/editors/neovim" "$manifest"
}

in_browser() {
  if already; then exit 0; fi
  make --no-print-directory extension vscode-server
  exec node scripts/run-browser.mjs "$run" "$workspace" "$manifest"
}

case $want in
  stop) stop; exit 0 ;;
  "")
    if command -v code >/dev/null; then want=code
    elif command -v nvim >/dev/null && [ -t 0 ] && [ -t 1 ]; then want=nvim
    else want=browser; fi ;;
  code | nvim | browser) ;;
  *) echo "run: $want is none of code, nvim, browser" >&2; exit 2 ;;
esac
prepare
"in_$want"
