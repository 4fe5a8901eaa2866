// What an installed plugin finds in the user's own source, at every save.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { covered, diagnostics, replace, test } = require("./harness");
const { source } = require("./project");

test("saving a source file shows what an installed plugin finds, and mending it takes it away", async () => {
  const document = await vscode.workspace.openTextDocument(source);
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  await replace(document, "TODO: more", "TODO: still more");
  assert.ok(await document.save());
  const [found] = await diagnostics(source, "the finding", (l) => l.length === 1);
  assert.equal(found.source, "todo-lint");
  assert.equal(covered(document, found), "TODO");
  assert.equal(found.severity, vscode.DiagnosticSeverity.Warning);

  await replace(document, "TODO: still more", "done");
  assert.ok(await document.save());
  await diagnostics(source, "nothing", (l) => l.length === 0);
});
