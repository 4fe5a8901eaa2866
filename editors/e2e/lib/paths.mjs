// Where things are. Everything the tests make lies under build/e2e at the repository's root.
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const e2e = path.resolve(fileURLToPath(import.meta.url), "../..");
export const repository = path.resolve(e2e, "../..");
export const extension = path.join(repository, "editors/vscode");
export const server = path.join(repository, "bin", process.platform === "win32" ? "samuel-lsp.exe" : "samuel-lsp");
export const screenshots = path.join(repository, "build/screenshots");

/** An empty folder of that name for one test run. */
export function scratch(name) {
  const dir = path.join(repository, "build/e2e", name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return dir;
}
