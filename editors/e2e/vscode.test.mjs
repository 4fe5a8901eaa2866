// The tests of vscode/, run inside VS Code's extension host: one subtest for each of them.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { runInExtensionHost } from "./lib/extensionhost.mjs";
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
    const { code, results, log } = await runInExtensionHost(browser, vscode, {
      folder: project.dir,
      extension,
      tests: path.join(e2e, "vscode/index.js"),
    });
    for (const r of results) {
      await t.test(r.name, () => {
        if (r.error) throw new Error(r.error);
      });
    }
    assert.ok(results.length > 0, `no test ran:\n${log.slice(-60).join("\n")}`);
    assert.equal(code, 0, log.slice(-60).join("\n"));
    const errors = log.filter((line) => /samuel/i.test(line) && /\berror\b/i.test(line) && !line.includes("samuel-test "));
    assert.deepEqual(errors, [], "the extension host's log holds errors");
  } finally {
    await browser.close();
    await vscode.stop();
  }
});
