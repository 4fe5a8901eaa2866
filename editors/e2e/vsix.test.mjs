// What a user does: installs the package into a VS Code that never saw it, with no server on PATH,
// and the loop works.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startBrowser } from "./lib/browser.mjs";
import { freshUser, serverMain, startVSCode } from "./lib/codeserver.mjs";
import { testInExtensionHost } from "./lib/extensionhost.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { e2e, repository, scratch } from "./lib/paths.mjs";

test("the package installs into a clean VS Code and the loop works", async (t) => {
  execFileSync(process.execPath, ["scripts/vsix.mjs", "host"], { cwd: repository, stdio: "pipe" });
  const dist = path.join(repository, "dist");
  const target = `${process.platform}-${process.arch}`;
  const vsix = readdirSync(dist).find((f) => f.startsWith(`samuel-lsp-${target}-`) && f.endsWith(".vsix"));
  assert.ok(vsix, `no package for ${target} in dist`);

  const dir = scratch("vsix");
  const project = makeProject(path.join(dir, "project"));
  execFileSync(
    process.execPath,
    [serverMain, "--accept-server-license-terms", "--server-data-dir", path.join(dir, "data"), "--extensions-dir", path.join(dir, "extensions"), "--install-extension", path.join(dist, vsix)],
    { env: freshUser(dir, false), stdio: "pipe" },
  );
  const [installed] = readdirSync(path.join(dir, "extensions")).filter((f) => f.startsWith("samuelpkg.samuel-lsp-"));
  assert.ok(installed, "the extension is not in the extensions folder");

  await t.test("the server inside may be run", () => {
    const program = path.join(dir, "extensions", installed, "bin/samuel-lsp");
    assert.ok(statSync(program).mode & 0o111, "the program has lost its executable bit");
  });

  const vscode = await startVSCode(dir, { withServer: false });
  const browser = await startBrowser();
  try {
    await testInExtensionHost(t, browser, vscode, {
      folder: project.dir,
      extension: path.join(e2e, "vscode"), // the tests; the extension under test is installed
      tests: path.join(e2e, "vscode/installed.js"),
    });
  } finally {
    await browser.close();
    await vscode.stop();
  }
});
