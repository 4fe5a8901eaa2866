// A browser that shows VS Code.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts a browser; close it when done. */
export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? candidates.find((f) => existsSync(f));
  if (!executablePath) throw new Error("no Chromium here; install the package chromium, or name one in CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"] });
}

/** The address at which VS Code opens a folder with a payload (see VS Code's web workbench). */
export function address(vscode, folder, payload = []) {
  return `${vscode.url}?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** A path as the browser's workbench names a file of the server's machine. */
export function remote(vscode, file) {
  return `vscode-remote://127.0.0.1:${vscode.port}${file}`;
}
