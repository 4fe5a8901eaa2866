// Runs a test module inside VS Code's extension host, with the real vscode API, and answers what
// each of its tests did.
import { address, remote } from "./browser.mjs";

const marker = "samuel-test ";

/**
 * Opens the folder and runs the module. Its tests report themselves as lines of JSON behind a
 * marker (see vscode/harness.js); the answer is { code, results, log }.
 */
export async function runInExtensionHost(browser, vscode, { folder, extension, tests, timeout = 120_000 }) {
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
