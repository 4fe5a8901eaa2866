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

# Whether the process that serves the browser runs: one that has the number only, as after a restart
# of the machine, is another.
runs() {
  [ -f "$run/pid" ] && ps -o args= -p "$(cat "$run/pid")" 2>/dev/null | grep -q scripts/run
}

stop() {
  if runs; then
    pid=$(cat "$run/pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    echo "stopped"
  else
    echo "nothing runs"
  fi
  rm -f "$run/pid" "$run/url"
}

# Takes the one place there is for a server; where it is taken, says where that one is.
claim() {
  mkdir -p "$run"
  runs || rm -f "$run/pid" "$run/url"
  if (set -C && echo $$ >"$run/pid") 2>/dev/null; then return 0; fi
  if [ -f "$run/url" ]; then echo "the sample workspace is already open at $(cat "$run/url")"
  else echo "the sample workspace is being opened by another make run"; fi
  echo "stop it with: make stop"
  return 1
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
    "--extensionDevelopmentPath=$root/editors/vscode" "$workspace" --goto "$manifest"
}

in_nvim() {
  echo "opening Neovim; leave it with :qa"
  # Not as text of a command, where a blank in the path would end it.
  exec env SAMUEL_NEOVIM="$root/editors/neovim" nvim --cmd 'lua vim.opt.runtimepath:prepend(vim.env.SAMUEL_NEOVIM)' "$manifest"
}

in_browser() {
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
if [ "$want" = browser ]; then
  claim || exit 0
  trap 'rm -f "$run/pid"' EXIT
fi
prepare
"in_$want"
