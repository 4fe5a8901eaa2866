// The tests of vscode/, run inside VS Code's extension host: one subtest for each of them.
import { cpSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { testInExtensionHost } from "./lib/extensionhost.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { e2e, extension, scratch } from "./lib/paths.mjs";

test("VS Code extension host", async (t) => {
  const dir = scratch("vscode");
  const project = makeProject(path.join(dir, "project"));
  // The other extension for TOML is installed as any would be.
  cpSync(path.join(e2e, "fixture/other-toml"), path.join(dir, "extensions/samuelpkg-tests.other-toml-0.0.1"), { recursive: true });
  const vscode = await startVSCode(dir);
  const browser = await startBrowser();
  try {
    await testInExtensionHost(t, browser, vscode, {
      folder: project.dir,
      extension,
      tests: path.join(e2e, "vscode/index.js"),
    });
  } finally {
    await browser.close();
    await vscode.stop();
  }
});
