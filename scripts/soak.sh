#!/bin/bash
# Drives the built server as an editor that misbehaves: scripts/soak.sh 10m [seed]. See docs/reliability.md.
cd "$(dirname "$0")/.." && exec go run ./lsp/soak -server bin/samuel-lsp -ops 0 -for "${1:-10m}" ${2:+-seed "$2"}
