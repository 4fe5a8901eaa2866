// Serves VS Code with the extension in it to a browser on this machine, until it is told to stop.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { extension } from "../editors/e2e/lib/paths.mjs";
import { startVSCode } from "../editors/e2e/lib/codeserver.mjs";

const [run, workspace, manifest] = process.argv.slice(2);
const user = path.join(run, "browser");
const extensions = path.join(user, "extensions");
const { publisher, name, version } = JSON.parse(readFileSync(path.join(extension, "package.json"), "utf8"));
// Made anew each time: the repository may have been moved.
rmSync(extensions, { recursive: true, force: true });
mkdirSync(extensions, { recursive: true });
symlinkSync(extension, path.join(extensions, `${publisher}.${name}-${version}`), "dir");

// Before there is anything to stop: a signal that comes while VS Code starts stops it once it has.
const starting = startVSCode(user);
let leaving = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, leave);
async function leave() {
  if (leaving) return;
  leaving = true;
  await starting.then((vscode) => vscode.stop(), () => {});
  for (const file of ["pid", "url"]) rmSync(path.join(run, file), { force: true });
  process.exit(0);
}

const vscode = await starting;
const payload = [["openFile", `vscode-remote://127.0.0.1:${vscode.port}${encodeURI(manifest)}`]];
const url = `${vscode.url}?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
writeFileSync(path.join(run, "url"), url);
console.log(`the sample workspace is open at\n\n  ${url}\n\nstop with Ctrl-C, or with: make stop`);

const opener = { darwin: "open", win32: "explorer" }[process.platform] ?? "xdg-open";
if (process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
  // No opener is fine: the address has been printed.
  spawn(opener, [url], { stdio: "ignore", detached: true }).on("error", () => {}).unref();
}
