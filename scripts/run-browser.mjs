// Serves VS Code with the extension in it to a browser on this machine, until it is told to stop.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { extension } from "../editors/e2e/lib/paths.mjs";
import { startVSCode } from "../editors/e2e/lib/codeserver.mjs";

const [run, workspace, manifest] = process.argv.slice(2);
const user = path.join(run, "browser");
const extensions = path.join(user, "extensions");
const link = path.join(extensions, "samuelpkg.samuel-lsp-0.1.0");
mkdirSync(extensions, { recursive: true });
if (!existsSync(link)) symlinkSync(extension, link, "dir");

const vscode = await startVSCode(user);
const payload = [["openFile", `vscode-remote://127.0.0.1:${vscode.port}${manifest}`]];
const url = `${vscode.url}?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
writeFileSync(path.join(run, "pid"), String(process.pid));
writeFileSync(path.join(run, "url"), url);
console.log(`the sample workspace is open at\n\n  ${url}\n\nstop with Ctrl-C, or with: make stop`);

const opener = { darwin: "open", win32: "explorer" }[process.platform] ?? "xdg-open";
if (process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
  // No opener is fine: the address has been printed.
  spawn(opener, [url], { stdio: "ignore", detached: true }).on("error", () => {}).unref();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    await vscode.stop();
    rmSync(path.join(run, "pid"), { force: true });
    rmSync(path.join(run, "url"), { force: true });
    process.exit(0);
  });
}
