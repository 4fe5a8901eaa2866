// Beside another extension for TOML: each has its own files, and nothing is offered twice.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { eventually, replace, test } = require("./harness");
const { at, manifest } = require("./project");

const completions = async (uri) => {
  const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", uri, new vscode.Position(0, 0));
  return list.items.map((i) => (typeof i.label === "string" ? i.label : i.label.label));
};

test("another extension for TOML keeps its files and leaves manifests alone", async () => {
  const other = at("samuel.toml");
  assert.equal((await vscode.workspace.openTextDocument(other)).languageId, "toml");
  await eventually("the other extension", [vscode.extensions.onDidChange, vscode.workspace.onDidOpenTextDocument], () =>
    vscode.extensions.getExtension("samuelpkg-tests.other-toml")?.activate().then(() => true),
  );
  assert.ok((await completions(other)).includes("from-other-toml"), "the other extension does not complete its own files");

  const document = await vscode.workspace.openTextDocument(manifest);
  assert.equal(document.languageId, "samuel-manifest");
  assert.ok(!(await completions(manifest)).includes("from-other-toml"));

  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  await replace(document, 'kind = "wasm"', 'kind  =  "wasm"');
  await vscode.commands.executeCommand("editor.action.formatDocument");
  await eventually("the formatted line", [vscode.workspace.onDidChangeTextDocument], () => /^kind = "wasm"$/m.test(document.getText()));
  assert.doesNotMatch(document.getText(), /other-toml/);
  await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("a manifest formats with the server's formatter, whatever else formats TOML", () => {
  const config = vscode.workspace.getConfiguration("editor", { uri: manifest, languageId: "samuel-manifest" });
  assert.equal(config.get("defaultFormatter"), "samuelpkg.samuel-lsp");
});
