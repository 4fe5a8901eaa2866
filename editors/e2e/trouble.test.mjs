// A server that cannot be had: the user is told what is wrong and what can be done.
import path from "node:path";
import { test } from "node:test";
import { address, remote, startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { extension, scratch } from "./lib/paths.mjs";

const patient = { timeout: 60_000 };
const cases = [
  { name: "a wrong samuel.server.path", settings: { "samuel.server.path": "/nowhere/samuel-lsp" }, says: /no program to run/ },
  { name: "a program that is no language server", settings: { "samuel.server.path": "/bin/true" }, says: /(died too often|did not start)/ },
];

for (const { name, settings, says } of cases) {
  test(`${name} is said, with what to do`, async () => {
    const dir = scratch(`trouble-${cases.findIndex((c) => c.name === name)}`);
    const project = makeProject(path.join(dir, "project"));
    const vscode = await startVSCode(dir, { settings });
    const browser = await startBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const payload = [["extensionDevelopmentPath", remote(vscode, extension)], ["openFile", remote(vscode, project.manifest)]];
      await page.goto(address(vscode, project.dir, payload));
      const toast = page.locator(".notification-toast", { hasText: says }).first();
      await toast.waitFor(patient);
      for (const action of ["Try Again", "Open Settings", "Show Log"]) await toast.getByRole("button", { name: action }).waitFor(patient);
      await page.locator(".statusbar-item.error-kind", { hasText: "Samuel" }).first().waitFor(patient);
    } finally {
      await browser.close();
      await vscode.stop();
    }
  });
}
