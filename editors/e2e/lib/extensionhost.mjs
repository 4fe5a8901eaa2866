// Runs a test module inside VS Code's extension host, with the real vscode API, and reports what
// each of its tests did.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { address, remote } from "./browser.mjs";

const marker = "samuel-test ";

/**
 * Opens the folder, runs the module and makes each of its tests a subtest of t. What the extension
 * host logged is kept in the file extension-host.log beside VS Code's data; an error of the extension's in it
 * fails the test.
 */
export async function testInExtensionHost(t, browser, vscode, options) {
  const { code, results, log } = await runInExtensionHost(browser, vscode, options);
  const file = path.join(path.dirname(vscode.data), "extension-host.log");
  writeFileSync(file, log.join("\n"));
  for (const r of results) {
    await t.test(r.name, () => {
      if (r.error) throw new Error(r.error);
    });
  }
  assert.ok(results.length > 0, `no test ran; see ${file}`);
  assert.equal(code, 0, `the extension host's tests failed; see ${file}`);
  const errors = log.filter((line) => line.includes(extensionID) && /\berror\b/i.test(line) && !line.includes(marker));
  assert.deepEqual(errors, [], "the extension host's log holds errors");
}

// How VS Code names the extension in what it logs of it.
const extensionID = "samuelpkg.samuel-lsp";

/**
 * Opens the folder and runs the module. Its tests report themselves as lines of JSON behind a
 * marker (see vscode/harness.js); the answer is { code, results, log }.
 */
async function runInExtensionHost(browser, vscode, { folder, extension, tests, timeout = 300_000 }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const log = [];
  const results = [];
  try {
    let settle;
    const exit = new Promise((resolve, reject) => {
      settle = resolve;
      setTimeout(() => reject(new Error(`the extension host did not finish in ${timeout} ms:\n${log.slice(-60).join("\n")}`)), timeout).unref();
    });
    await page.exposeFunction("codeAutomationExit", (code) => settle(code));
    await page.exposeFunction("codeAutomationLog", (_, args) => note(args.map(String).join(" ")));
    const note = (line) => {
      log.push(line);
      const at = line.indexOf(marker);
      if (at >= 0) results.push(JSON.parse(line.slice(at + marker.length)));
    };
    page.on("pageerror", (e) => log.push(`page error: ${e.message}`));
    const payload = [
      ...(extension ? [["extensionDevelopmentPath", remote(vscode, extension)]] : []),
      ["extensionTestsPath", remote(vscode, tests)],
    ];
    await page.goto(address(vscode, folder, payload));
    const code = await exit;
    return { code, results, log };
  } finally {
    await page.close();
  }
}
