// Each command, as the palette and the lenses call it.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { code, diagnostics, eventually, lens, lenses, test } = require("./harness");
const { at, ill, root, spinner, writer } = require("./project");

const open = async (uri) => vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), vscode.ViewColumn.One);
const run = (command, ...args) => vscode.commands.executeCommand(command, ...args);
const exists = async (uri) => vscode.workspace.fs.stat(uri).then(() => true, () => false);

test("every command of the package is there", async () => {
  const declared = vscode.extensions.getExtension("samuelpkg.samuel-lsp").packageJSON.contributes.commands.map((c) => c.command);
  const registered = await vscode.commands.getCommands(true);
  assert.deepEqual(declared.filter((c) => !registered.includes(c)), []);
});

test("bad health is said in the lens and as a diagnostic", async () => {
  await open(ill);
  const found = await lens(ill, "with bad health", (l) => l.command.title.startsWith("health failed (3)"));
  await diagnostics(ill, "run/health", (l) => l.some((d) => code(d) === "run/health"));
  const answer = await run("samuel.checkHealth", ...found.command.arguments);
  assert.match(answer.text, /^health failed \(3\)/);
});

test("without arguments, a command takes the only thing it can be aimed at", async () => {
  await open(ill);
  const answer = await run("samuel.checkHealth");
  assert.match(answer.text, /^health failed \(3\)/);
});

test("without lenses, a command started from the palette still finds what it can be aimed at", async () => {
  await open(ill);
  const config = vscode.workspace.getConfiguration("samuel");
  await config.update("codeLens.enable", false, vscode.ConfigurationTarget.Workspace);
  await eventually("no lens", [vscode.workspace.onDidChangeConfiguration, vscode.languages.onDidChangeDiagnostics], async () => {
    let left = await lenses(ill);
    while (left.length > 0) left = await lenses(ill);
    return true;
  });
  const answer = await run("samuel.checkHealth");
  await config.update("codeLens.enable", undefined, vscode.ConfigurationTarget.Workspace);
  assert.match(answer.text, /^health failed \(3\)/);
});

test("a run that never ends can be cancelled", async () => {
  await open(spinner);
  const spin = await lens(spinner, "that runs", (l) => l.command.command === "samuel.runHook");
  const going = run("samuel.runHook", ...spin.command.arguments);
  // The lens says that it runs; meanwhile the server answers.
  await lens(spinner, "of a run that is going on", (l) => /running/.test(l.command.title));
  const start = Date.now();
  await run("vscode.executeHoverProvider", spinner, new vscode.Position(0, 1));
  const hover = Date.now() - start;
  const cancel = await lens(spinner, "that cancels", (l) => l.command.command === "samuel.cancelRun");
  await run("samuel.cancelRun", ...cancel.command.arguments);
  assert.equal((await going).outcome, "cancelled");
  await lens(spinner, "of a cancelled run", (l) => l.command.title.startsWith("cancelled"));
  assert.ok(hover < 1000, `hover took ${hover} ms while a plugin was running`);
});

test("granting lets a plugin write, revoking asks again", async () => {
  await open(writer);
  const asks = await lens(writer, "that asks", (l) => l.command.command === "samuel.grantCapabilities");
  assert.equal(asks.command.title, "asks for: write /workspace/notes/**");
  await run("samuel.grantCapabilities", ...asks.command.arguments);
  const granted = await lens(writer, "that says granted", (l) => l.command.title === "granted");
  assert.equal(granted.command.command, "samuel.revokeCapabilities");
  const note = (await lenses(writer)).find((l) => l.command.command === "samuel.runHook");
  const answer = await run("samuel.runHook", ...note.command.arguments);
  assert.equal(answer.outcome, "ok");
  assert.ok(await exists(at("notes", "n.txt")), "the plugin wrote nothing");
  await run("samuel.revokeCapabilities", ...granted.command.arguments);
  await lens(writer, "that asks again", (l) => l.command.title.startsWith("asks for"));
});

test("wrong arguments get an error that says what is wanted", async () => {
  await assert.rejects(async () => run("samuel.runHook", { uri: "file:///nowhere/samuel-plugin.toml", export: "x" }), /no samuel-plugin\.toml of this workspace/);
});

test("a plugin is installed and uninstalled", async () => {
  const installed = at(".samuel", "plugins", "my-lint", "plugin.wasm");
  await run("samuel.installPlugin", { path: at("my-lint").fsPath, uri: vscode.Uri.joinPath(root, "samuel-plugin.toml").toString() });
  assert.ok(await exists(installed), "nothing was installed");
  await run("samuel.uninstallPlugin", { name: "my-lint", uri: at(".samuel", "plugins", "my-lint", "samuel-plugin.toml").toString() });
  assert.ok(!(await exists(installed)), "something is left");
});

test("the cache can be cleared, and statistics are shown", async () => {
  const cleared = await run("samuel.clearCache");
  assert.equal(typeof cleared.freed_bytes, "number");
  await run("samuel.showStats");
  const shown = await eventually("the statistics in an editor", [vscode.window.onDidChangeActiveTextEditor], () => vscode.window.activeTextEditor?.document.languageId === "json" && vscode.window.activeTextEditor.document);
  assert.ok("manifests" in JSON.parse(shown.getText()));
  await run("workbench.action.revertAndCloseActiveEditor");
});
