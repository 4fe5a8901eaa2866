#!/bin/bash
# Puts the released samuel-lsp of $VERSION for this runner on PATH. Its checksum is verified.
# macOS has bash 3.2, to which an empty array is an unset variable.
set -euo pipefail

case $RUNNER_OS in Linux) os=linux ;; macOS) os=darwin ;; Windows) os=win32 ;; *) echo "no samuel-lsp for $RUNNER_OS" >&2; exit 2 ;; esac
case $RUNNER_ARCH in X64) arch=x64 ;; ARM64) arch=arm64 ;; *) echo "no samuel-lsp for $RUNNER_ARCH" >&2; exit 2 ;; esac
archive=samuel-lsp-$os-$arch.tar.gz
[ $os != win32 ] || archive=samuel-lsp-$os-$arch.zip

dir=$RUNNER_TEMP/samuel-lsp
mkdir -p "$dir"
cd "$dir"
args=(release download)
[ "$VERSION" = latest ] || args+=("v${VERSION#v}")
gh "${args[@]}" --repo "$REPOSITORY" --pattern "$archive" --pattern SHA256SUMS --clobber

grep -F " $archive" SHA256SUMS >expected || { echo "the release has no checksum of $archive" >&2; exit 2; }
if command -v sha256sum >/dev/null; then sha256sum --check --quiet expected; else shasum -a 256 --check --quiet expected; fi
if [ $os = win32 ]; then unzip -qo "$archive"; else tar -xzf "$archive"; fi
echo "$dir" >>"$GITHUB_PATH"
