// VS Code's own server from npm, with nothing of this machine's user in it.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { e2e, server } from "./paths.mjs";

const vscode = path.join(e2e, "node_modules/code-server/lib/vscode");
export const serverMain = path.join(vscode, "out/server-main.js");

// What makes a test depend on the network or on the time of day is off.
const quiet = {
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  // In a browser VS Code saves by itself after a second, which makes an edit that a slow test means to
  // revert the file's content.
  "files.autoSave": "off",
  "git.enabled": false,
  "npm.autoDetect": "off",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.commandCenter": false,
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/** The environment of a user who has just come: an own home, and the built server on PATH. */
export function freshUser(dir, withServer = true) {
  const home = path.join(dir, "home");
  mkdirSync(home, { recursive: true });
  const PATH = (withServer ? path.dirname(server) + path.delimiter : "") + process.env.PATH;
  // VS Code asks the user's login shell for PATH, and Debian's profile sets it anew.
  writeFileSync(path.join(home, ".profile"), `export PATH='${PATH}'\n`);
  const env = { PATH, SHELL: "/bin/bash", HOME: home, LANG: "C.UTF-8", XDG_RUNTIME_DIR: home };
  if (process.env.GOCOVERDIR) env.GOCOVERDIR = process.env.GOCOVERDIR;
  return env;
}

/**
 * Starts VS Code's server and answers once it listens. options: settings (over the quiet ones),
 * withServer (samuel-lsp on PATH), workspaceTrust (ask for it, as VS Code does by default).
 */
export async function startVSCode(dir, options = {}) {
  const data = path.join(dir, "data");
  const extensions = path.join(dir, "extensions");
  mkdirSync(path.join(data, "data/Machine"), { recursive: true });
  const settings = { ...quiet, ...options.settings };
  if (options.workspaceTrust) {
    settings["security.workspace.trust.enabled"] = true;
    settings["security.workspace.trust.startupPrompt"] = "never";
  }
  writeFileSync(path.join(data, "data/Machine/settings.json"), JSON.stringify(settings, null, 2));
  const args = [
    serverMain, "--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms",
    "--telemetry-level", "off", "--server-data-dir", data, "--extensions-dir", extensions, "--enable-smoke-test-driver",
    ...(options.workspaceTrust ? [] : ["--disable-workspace-trust"]),
  ];
  const child = spawn(process.execPath, args, { env: freshUser(dir, options.withServer ?? true), stdio: ["ignore", "pipe", "pipe"], detached: true });
  const output = [];
  child.stderr.on("data", (d) => output.push(String(d)));
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.push(line);
      const m = /Extension host agent listening on (\d+)/.exec(line);
      if (m) resolve(Number(m[1]));
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`VS Code's server left with ${code} before it listened:\n${output.join("\n")}`)));
  });
  return {
    port,
    data,
    extensions,
    output,
    url: `http://127.0.0.1:${port}/`,
    /** Stops it and everything it started; answers when it has gone. */
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      process.kill(-child.pid, "SIGTERM");
      const hard = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 5000);
      await gone;
      clearTimeout(hard);
    },
  };
}
