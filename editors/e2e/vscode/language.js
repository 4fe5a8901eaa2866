// The language features an author reaches for, through VS Code's own commands for them.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { code, diagnostics, eventually, find, replace, test } = require("./harness");
const { manifest } = require("./project");

// What the server offers, without the words of the file that VS Code adds.
const labels = (list) =>
  list.items.filter((i) => i.kind !== vscode.CompletionItemKind.Text).map((i) => (typeof i.label === "string" ? i.label : i.label.label));
const open = async () => {
  const document = await vscode.workspace.openTextDocument(manifest);
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
};
const revert = async () => {
  await open();
  await vscode.commands.executeCommand("workbench.action.files.revert");
};

test("completion offers the module's exports", async () => {
  const document = await open();
  await replace(document, '"quality.check" = "lint"', '"quality.check" = ""');
  const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", manifest, find(document, '"quality.check" = "', 19));
  assert.ok(labels(list).includes("lint"), labels(list).join(" "));
  await revert();
});

test("completion offers the keys that are missing", async () => {
  const document = await open();
  await replace(document, "[samuel]", "home\n[samuel]");
  const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", manifest, find(document, "home\n", 4));
  assert.ok(labels(list).includes("homepage"), labels(list).join(" "));
  assert.ok(!labels(list).includes("version"), "a key that is there is offered again");
  await revert();
});

test("hover explains a key, and the module behind an export", async () => {
  const document = await open();
  const text = async (what, by) => {
    const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", manifest, find(document, what, by));
    return hovers.flatMap((h) => h.contents.map((c) => c.value ?? c)).join("\n");
  };
  assert.match(await text("kind", 1), /skill/);
  assert.match(await text('["lint"]', 3), /lint.*i32/s);
});

test("a quick fix mends a misspelt key", async () => {
  const document = await open();
  await replace(document, "license =", "licence =");
  const [wrong] = (await diagnostics(manifest, "the misspelt key", (l) => l.some((d) => code(d) === "schema/unknown-key"))).filter((d) => code(d) === "schema/unknown-key");
  const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", manifest, wrong.range, vscode.CodeActionKind.QuickFix.value, 10);
  const fix = actions.find((a) => /license/.test(a.title));
  assert.ok(fix?.edit, actions.map((a) => a.title).join(" | "));
  await vscode.workspace.applyEdit(fix.edit);
  assert.match(document.getText(), /^license = "MIT"$/m);
  await diagnostics(manifest, "no unknown key", (l) => !l.some((d) => code(d) === "schema/unknown-key"));
  await revert();
});

test("rename changes an export everywhere", async () => {
  const document = await open();
  const edit = await vscode.commands.executeCommand("vscode.executeDocumentRenameProvider", manifest, find(document, '["lint"]', 3), "check");
  await vscode.workspace.applyEdit(edit);
  assert.match(document.getText(), /exports = \["check"\]/);
  assert.match(document.getText(), /"quality.check" = "check"/);
  await revert();
});

test("definition leads from a binding to its export", async () => {
  const document = await open();
  const places = await vscode.commands.executeCommand("vscode.executeDefinitionProvider", manifest, find(document, '"quality.check" = "lint"', 21));
  const lines = places.map((p) => document.lineAt((p.targetRange ?? p.range).start.line).text);
  assert.ok(lines.some((l) => l.includes("exports")), lines.join(" | "));
});

test("formatting keeps comments, and there is one formatter", async () => {
  const document = await open();
  await replace(document, 'kind = "wasm"', 'kind    =    "wasm"   # why');
  await vscode.commands.executeCommand("editor.action.formatDocument");
  await eventually("the formatted line", [vscode.workspace.onDidChangeTextDocument], () => /^kind = "wasm" +# why$/m.test(document.getText()));
  await revert();
});

test("symbols, folding, hints and semantic tokens are there", async () => {
  const document = await open();
  const run = (command, ...args) => vscode.commands.executeCommand(command, manifest, ...args);
  const symbols = await run("vscode.executeDocumentSymbolProvider");
  assert.ok(symbols.some((s) => s.name === "wasm" || s.children?.some((c) => c.name === "wasm")), symbols.map((s) => s.name).join(" "));
  assert.ok((await run("vscode.executeFoldingRangeProvider")).length > 0);
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  assert.ok((await run("vscode.executeInlayHintProvider", whole)).length > 0);
  assert.ok((await run("vscode.provideDocumentSemanticTokens")).data.length > 0);
});
