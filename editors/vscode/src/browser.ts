// An editor that lives in a browser alone has no disk and no processes, so there is nothing to
// start; say so once instead of failing silently.

import * as vscode from "vscode";

/** Called by the editor when a workspace with a manifest is opened. */
export function activate(): void {
  void vscode.window.showInformationMessage(
    "Samuel Plugins needs to run a program beside your files, which this browser-only editor cannot do. Open the folder in VS Code on your machine, over Remote SSH, in a container, or in a codespace.",
  );
}
