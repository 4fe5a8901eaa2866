// What the client itself promises: quick to activate, sound settings, a restart that works.
"use strict";
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const vscode = require("vscode");
const { diagnostics, eventually, replace, test } = require("./harness");
const { manifest } = require("./project");

const extension = () => vscode.extensions.getExtension("samuelpkg.samuel-lsp");

test("the settings that name something to run or trust cannot be set by a workspace", () => {
  const { properties } = extension().packageJSON.contributes.configuration;
  for (const name of ["samuel.server.path", "samuel.server.args", "samuel.cache.dir"]) {
    assert.equal(properties[name].scope, "machine", name);
  }
  for (const [name, p] of Object.entries(properties)) assert.ok(p.description ?? p.markdownDescription, `${name} has no description`);
});

test("settings reach the running server", async () => {
  const document = await vscode.workspace.openTextDocument(manifest);
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  await replace(document, "license =", "licence =");
  const unknown = (l) => l.find((d) => d.code.value === "schema/unknown-key");
  await diagnostics(manifest, "an error", (l) => unknown(l)?.severity === vscode.DiagnosticSeverity.Error);
  const config = vscode.workspace.getConfiguration("samuel");
  await config.update("rules", { "schema/unknown-key": "hint" }, vscode.ConfigurationTarget.Workspace);
  await diagnostics(manifest, "a hint", (l) => unknown(l)?.severity === vscode.DiagnosticSeverity.Hint);
  await config.update("rules", undefined, vscode.ConfigurationTarget.Workspace);
  await diagnostics(manifest, "an error again", (l) => unknown(l)?.severity === vscode.DiagnosticSeverity.Error);
});

// The processes of the server that this extension host started; one that was told to leave may take a moment.
const servers = () =>
  execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, name]) => name === "samuel-lsp")
    .map(([pid]) => Number(pid));
let running;

test("restarting the server brings everything back", async () => {
  const before = servers();
  await vscode.commands.executeCommand("samuel.restartServer");
  await diagnostics(manifest, "the mistake", (l) => l.some((d) => d.code.value === "schema/unknown-key"));
  assert.ok((await vscode.commands.getCommands(true)).includes("samuel.runHook"));
  running = servers().find((pid) => !before.includes(pid));
  assert.ok(running, "it is the same server");
});

test("a server that dies is started again", async () => {
  process.kill(running, "SIGKILL");
  const document = await vscode.workspace.openTextDocument(manifest);
  await eventually("another server", [vscode.languages.onDidChangeDiagnostics], () => servers().some((pid) => pid !== running));
  await replace(document, "[samuel]", "[samule]");
  await diagnostics(manifest, "what the new server says", (l) => l.some((d) => /samule/.test(d.message)));
  await vscode.commands.executeCommand("workbench.action.files.revert");
});
