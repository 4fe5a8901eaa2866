// The parts of the project that editors/e2e/lib/fixture.mjs made, in the folder that is open.
"use strict";
const vscode = require("vscode");

const root = vscode.workspace.workspaceFolders[0].uri;
const at = (...parts) => vscode.Uri.joinPath(root, ...parts);

module.exports = {
  root,
  at,
  manifest: at("my-lint", "samuel-plugin.toml"),
  writer: at("writer", "samuel-plugin.toml"),
  spinner: at("spinner", "samuel-plugin.toml"),
  ill: at("ill", "samuel-plugin.toml"),
  source: at("src", "main.go"),
};
