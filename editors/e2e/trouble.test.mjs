// A server that cannot be had: the user is told what is wrong and what can be done.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { address, remote, startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { extension, scratch, server } from "./lib/paths.mjs";

const patient = { timeout: 60_000 };
const cases = [
  { name: "a wrong samuel.server.path", settings: { "samuel.server.path": "/nowhere/samuel-lsp" }, says: /no program to run/ },
  { name: "a program that is no language server", settings: { "samuel.server.path": "/bin/true" }, says: /did not start as a language server: it ended with exit code 0/ },
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

test("a server that keeps dying is given up, and one that hangs is ended by the next", async () => {
  const dir = scratch("trouble-dying");
  const project = makeProject(path.join(dir, "project"));
  const starts = path.join(dir, "starts");
  const hanging = path.join(dir, "hanging");
  const program = (name, text) => {
    writeFileSync(path.join(dir, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path.join(dir, name);
  };
  // Answers initialize and dies a moment later.
  const dies = program("dies", `echo start >>'${starts}'; exec timeout -s KILL 1 '${server}' "$@"`);
  const hangs = program("hangs", `echo $$ >'${hanging}'; exec sleep 1000`);
  const vscode = await startVSCode(dir, { settings: { "samuel.server.path": dies } });
  const browser = await startBrowser();
  try {
    const use = (file) => {
      const settings = path.join(vscode.data, "data/Machine/settings.json");
      writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, "utf8")), "samuel.server.path": file }));
    };
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const payload = [["extensionDevelopmentPath", remote(vscode, extension)], ["openFile", remote(vscode, project.manifest)]];
    await page.goto(address(vscode, project.dir, payload));
    await page.locator(".notification-toast", { hasText: /died too often.*SIGKILL/ }).first().waitFor(patient);
    assert.equal(readFileSync(starts, "utf8"), "start\n".repeat(6));

    use(hangs);
    await page.locator(".statusbar-item", { hasText: "Samuel: starting" }).first().waitFor(patient);
    while (!existsSync(hanging) || readFileSync(hanging, "utf8") === "") await page.evaluate(() => new Promise(requestAnimationFrame));
    use(server);
    await page.locator(".statusbar-item", { hasText: "Samuel: 2 errors" }).first().waitFor(patient);
    assert.ok(!existsSync(`/proc/${readFileSync(hanging, "utf8").trim()}`), "the server that hung is still there");
  } finally {
    await browser.close();
    await vscode.stop();
  }
});
