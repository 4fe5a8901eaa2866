// What the release scripts share: the platforms, the version, the time of the commit.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(fileURLToPath(import.meta.url), "../..");
export const extension = path.join(root, "editors/vscode");
export const version = process.env.VERSION ?? "0.1.0";

/** VS Code's names of the platforms, and Go's. */
export const targets = new Map([
  ["linux-x64", { goos: "linux", goarch: "amd64", program: "samuel-lsp" }],
  ["linux-arm64", { goos: "linux", goarch: "arm64", program: "samuel-lsp" }],
  ["darwin-x64", { goos: "darwin", goarch: "amd64", program: "samuel-lsp" }],
  ["darwin-arm64", { goos: "darwin", goarch: "arm64", program: "samuel-lsp" }],
  ["win32-x64", { goos: "windows", goarch: "amd64", program: "samuel-lsp.exe" }],
  ["win32-arm64", { goos: "windows", goarch: "arm64", program: "samuel-lsp.exe" }],
]);

/** The target that runs on this machine. */
export function hostTarget() {
  return `${process.platform}-${process.arch}`;
}

/** The commit's time in seconds, which stands for the build's. */
export function commitTime() {
  return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }));
}
