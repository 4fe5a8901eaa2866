#!/bin/bash
# Puts the released samuel-lsp of $VERSION for this runner on PATH. Its checksum is verified.
set -euo pipefail

case $RUNNER_OS in Linux) os=linux ;; macOS) os=darwin ;; Windows) os=win32 ;; *) echo "no samuel-lsp for $RUNNER_OS" >&2; exit 2 ;; esac
case $RUNNER_ARCH in X64) arch=x64 ;; ARM64) arch=arm64 ;; *) echo "no samuel-lsp for $RUNNER_ARCH" >&2; exit 2 ;; esac
archive=samuel-lsp-$os-$arch.tar.gz
[ $os != win32 ] || archive=samuel-lsp-$os-$arch.zip

dir=$RUNNER_TEMP/samuel-lsp
mkdir -p "$dir"
cd "$dir"
tag=()
[ "$VERSION" = latest ] || tag=("v${VERSION#v}")
gh release download "${tag[@]}" --repo "$REPOSITORY" --pattern "$archive" --pattern SHA256SUMS --clobber

grep -F " $archive" SHA256SUMS >expected
if command -v sha256sum >/dev/null; then sha256sum --check --quiet expected; else shasum -a 256 --check --quiet expected; fi
if [ $os = win32 ]; then unzip -qo "$archive"; else tar -xzf "$archive"; fi
echo "$dir" >>"$GITHUB_PATH"
