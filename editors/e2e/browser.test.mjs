// What a person sees: VS Code in a browser, with the sample workspace open. Leaves pictures in
// build/screenshots.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { address, remote, startBrowser } from "./lib/browser.mjs";
import { startVSCode } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { extension, repository, scratch, screenshots } from "./lib/paths.mjs";

const patient = { timeout: 60_000 };
const settings = {
  "workbench.colorTheme": "Default Dark Modern",
  "editor.minimap.enabled": false,
  "editor.fontSize": 13,
  "editor.codeLensFontFamily": "DejaVu Sans Mono",
  "editor.wordWrap": "on",
  "breadcrumbs.enabled": false,
  "workbench.layoutControl.enabled": false,
};

let vscode;
let browser;
let dir;

before(async () => {
  dir = scratch("browser");
  mkdirSync(screenshots, { recursive: true });
  vscode = await startVSCode(dir, { settings });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await vscode?.stop();
});

/** A test of what one window shows; a picture of it is kept when the test fails. */
function look(name, body) {
  test(name, async (t) => {
    const pages = [];
    try {
      await body(async (...where) => {
        const page = await open(...where);
        pages.push(page);
        return page;
      }, t);
    } catch (error) {
      for (const page of pages.filter((p) => !p.isClosed())) await picture(page, "failed");
      throw error;
    } finally {
      for (const page of pages) await page.close();
    }
  });
}

/** Opens a file of a folder in a new window. */
async function open(folder, file) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const payload = [
    ["extensionDevelopmentPath", remote(vscode, extension)],
    ["openFile", remote(vscode, file)],
  ];
  await page.goto(address(vscode, folder, payload));
  await page.locator(".monaco-editor .view-line").first().waitFor(patient);
  return page;
}

const lensOf = (page, text) => page.locator(".codelens-decoration a", { hasText: text }).first();

/**
 * Clicks a lens until the effect shows: a lens that is being redrawn is a dead element for a
 * moment, and a click on it goes nowhere.
 */
async function clickLens(page, text, effect) {
  for (let tries = 0; ; tries++) {
    await lensOf(page, text).click({ timeout: 10_000 });
    try {
      await effect.waitFor({ timeout: 3000 });
      return;
    } catch (e) {
      if (tries === 4) throw e;
    }
  }
}

async function picture(page, name) {
  // Without the caret, which blinks.
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), caret: "hide", animations: "disabled" });
}

look("the sample workspace: squiggle, lenses, log, status, fix", async (open) => {
  const workspace = path.join(dir, "workspace");
  cpSync(path.join(repository, "testdata/workspace"), workspace, { recursive: true });
  const manifest = path.join(workspace, "tidy/samuel-plugin.toml");
  const page = await open(workspace, manifest);

  await page.locator(".squiggly-error").first().waitFor(patient);
  await lensOf(page, /health ok · protocol 1/).waitFor(patient);
  const status = page.locator(".statusbar-item", { hasText: "Samuel" }).first();
  await status.filter({ hasText: "1 error" }).waitFor(patient);
  await picture(page, "diagnostics");

  // The mistake under the caret, and the fix from the light bulb's menu.
  const misspelt = page.locator(".view-line span", { hasText: /^timout$/ }).last();
  await misspelt.hover();
  await page.locator(".monaco-hover:visible", { hasText: "unknown-key" }).first().waitFor(patient);
  await picture(page, "hover");
  await misspelt.click();
  await page.keyboard.press("Control+.");
  const fix = page.locator(".action-widget .action", { hasText: /timeout/ }).first();
  await fix.waitFor(patient);
  await page.keyboard.press("Enter");
  await page.locator(".squiggly-error").first().waitFor({ state: "detached", ...patient });

  await page.keyboard.press("Control+s");
  await lensOf(page, /^ok · .* log line/).waitFor(patient);
  const log = page.locator(".tab", { hasText: /log/i }).first();
  await clickLens(page, /^log$/, log);
  await page.locator(".editor-group-container").nth(1).locator(".view-line").first().waitFor(patient);
  // For the picture: the mistake again, above the result of the run before it.
  await page.keyboard.press("Control+b");
  await page.locator(".view-line span", { hasText: /^timeout$/ }).first().click();
  await page.keyboard.press("Control+z");
  await page.locator(".squiggly-error").first().waitFor(patient);
  await picture(page, "loop");
  assert.doesNotMatch(readFileSync(manifest, "utf8"), /timout/);

  await status.click();
  await page.locator(".quick-input-list", { hasText: "Restart server" }).waitFor(patient);
  await picture(page, "menu");
});

look("a source file gets the findings of an installed plugin", async (open) => {
  const workspace = path.join(dir, "findings");
  cpSync(path.join(repository, "testdata/workspace"), workspace, { recursive: true });
  const page = await open(workspace, path.join(workspace, "main.go"));
  await page.locator(".statusbar-item", { hasText: "Samuel" }).first().waitFor(patient);
  await page.locator(".view-line").first().click();
  // A save of an unchanged file is a save; the server must have registered for it first.
  const squiggle = page.locator(".squiggly-warning").first();
  for (let tries = 0; tries < 10 && !(await squiggle.isVisible()); tries++) {
    await page.keyboard.press("Control+s");
    await squiggle.waitFor({ timeout: 2000 }).catch(() => {});
  }
  await squiggle.waitFor(patient);
  await picture(page, "findings");
});

look("a plugin that wants to write asks first", async (open) => {
  const project = makeProject(path.join(dir, "grants"));
  const page = await open(project.dir, project.writer);
  await lensOf(page, /^run$/).waitFor(patient);
  const question = page.locator(".notification-toast, .monaco-dialog-box", { hasText: "/workspace/notes/**" }).first();
  await clickLens(page, /^run$/, question);
  await picture(page, "grants");
  await question.getByRole("button", { name: /deny/i }).first().click();
  await lensOf(page, /^denied: filesystem\.write/).waitFor(patient);
});

look("activation costs little", async (open, t) => {
  // Everything activates at once when a window opens, on a machine that does other things too, so
  // wall time says little; what the extension itself costs is a test of its own, in processor time
  // (test/activation.test.ts).
  const project = makeProject(path.join(dir, "activation"));
  const times = [];
  while (times.length < 3 && !times.some((ms) => ms < 150)) {
    const page = await open(project.dir, project.manifest);
    await page.locator(".squiggly-error").first().waitFor(patient);
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").first().fill(">Developer: Show Running Extensions");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Show Running Extensions" }).first().waitFor(patient);
    await page.keyboard.press("Enter");
    const ours = page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "samuelpkg.samuel-lsp" }).first();
    await ours.waitFor(patient);
    times.push(Number(/Activation: (\d+)\s*ms/.exec(await ours.innerText())?.[1]));
    await page.close();
  }
  t.diagnostic(`activation: ${times.join(", ")} ms`);
  assert.ok(Math.min(...times) < 1000, `activation took ${times.join(", ")} ms`);
});
