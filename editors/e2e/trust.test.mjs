// A workspace that is not trusted: everything is checked and nothing is run, until it is trusted.
import path from "node:path";
import { test } from "node:test";
import { address, remote, startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { extension, scratch } from "./lib/paths.mjs";

const patient = { timeout: 60_000 };

test("nothing runs before the workspace is trusted, and everything after", async () => {
  const dir = scratch("trust");
  const project = makeProject(path.join(dir, "project"));
  const vscode = await startVSCode(dir, { workspaceTrust: true });
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const payload = [["extensionDevelopmentPath", remote(vscode, extension)], ["openFile", remote(vscode, project.manifest)]];
    await page.goto(address(vscode, project.dir, payload));

    await page.locator(".squiggly-error").first().waitFor(patient);
    const status = page.locator(".statusbar-item", { hasText: "Samuel" }).first();
    await status.filter({ hasText: "not trusted" }).waitFor(patient);
    const run = page.locator(".codelens-decoration a", { hasText: /^run$/ }).first();
    await run.click(patient);
    await page.locator(".notification-toast", { hasText: "not trusted" }).first().waitFor(patient);

    await status.click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Manage workspace trust" }).first().click(patient);
    await page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).first().click(patient);
    await status.filter({ hasText: "error" }).waitFor(patient);
    await page.locator(".tab", { hasText: "samuel-plugin.toml" }).first().click();
    await page.locator(".codelens-decoration a", { hasText: /^health ok/ }).first().waitFor(patient);
  } finally {
    await browser.close();
    await vscode.stop();
  }
});
