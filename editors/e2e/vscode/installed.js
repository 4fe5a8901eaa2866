// For the packaged extension in a clean VS Code: the loop, and what is true of the package alone.
"use strict";
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { runAll, test } = require("./harness");

exports.run = async () => {
  require("./loop");
  test("the server is the one inside the package", async () => {
    const installed = vscode.extensions.getExtension("samuelpkg.samuel-lsp");
    assert.ok(installed?.isActive);
    assert.match(installed.extensionPath, /extensions\/samuelpkg\.samuel-lsp-/);
  });
  await runAll();
};
