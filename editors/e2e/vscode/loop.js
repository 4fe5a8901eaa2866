// The loop that must work before anything else: open, see, fix, save, read the result.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { code, covered, diagnostics, eventually, lens, replace, test } = require("./harness");
const { manifest } = require("./project");

let document;

test("opening a manifest shows its mistakes, where they are", async () => {
  document = await vscode.workspace.openTextDocument(manifest);
  await vscode.window.showTextDocument(document);
  assert.equal(document.languageId, "samuel-manifest");
  const list = await diagnostics(manifest, "the two mistakes", (l) => ["schema/unknown-key", "hook/missing-export"].every((c) => l.some((d) => code(d) === c)));
  const unknown = list.find((d) => code(d) === "schema/unknown-key");
  assert.equal(covered(document, unknown), "sumary");
  assert.equal(unknown.severity, vscode.DiagnosticSeverity.Error);
  assert.match(unknown.code.target.toString(), /docs\/rules\/schema\.md#unknown-key$/);
  assert.match(covered(document, list.find((d) => code(d) === "hook/missing-export")), /^"?lnt"?$/);
});

test("typing the fixes makes them vanish", async () => {
  await replace(document, "sumary", "summary");
  await diagnostics(manifest, "no unknown key", (l) => !l.some((d) => code(d) === "schema/unknown-key"));
  await replace(document, '"lnt"', '"lint"');
  await diagnostics(manifest, "no finding above information", (l) => l.every((d) => d.severity >= vscode.DiagnosticSeverity.Information));
});

test("the [wasm] line says that the plugin is healthy", async () => {
  const found = await lens(manifest, "with good health", (l) => /^health ok · protocol 1/.test(l.command.title));
  assert.equal(document.lineAt(found.range.start.line).text, "[wasm]");
});

test("saving runs the hook, and its line shows the result", async () => {
  assert.ok(await document.save());
  const found = await lens(manifest, "with the run's result", (l) => /^ok · .* · \d+ log lines?/.test(l.command.title));
  assert.match(document.lineAt(found.range.start.line).text, /exports = \["lint"\]|"quality\.check" = "lint"/);
  assert.equal(found.command.command, "samuel.runHook");
});

test("the log lens opens what was captured", async () => {
  const found = await lens(manifest, "that opens the log", (l) => l.command.command === "samuel.showLog");
  await vscode.commands.executeCommand(found.command.command, ...(found.command.arguments ?? []));
  const shown = await eventually("the log in an editor", [vscode.window.onDidChangeVisibleTextEditors, vscode.workspace.onDidChangeTextDocument], () =>
    vscode.window.visibleTextEditors.map((e) => e.document).find((d) => d.uri.scheme === "samuel-log"),
  );
  assert.match(shown.getText(), /unfinished/);
});
