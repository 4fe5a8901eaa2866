// What the client does on the way between the editor and the server.

import * as vscode from "vscode";
import type { Middleware, ShowDocumentResult } from "vscode-languageclient/node";
import { logScheme } from "./logDocuments";
import { completeArguments } from "./targets";
import type { StatusItem } from "./status";

/** Makes the hooks that feed the status item and complete commands started from the palette. */
export function createMiddleware(status: StatusItem): Middleware {
  const noteHealth = (document: vscode.TextDocument | undefined, lens: vscode.CodeLens): void => {
    if (document !== undefined && lens.command?.command === "samuel.checkHealth") {
      status.setHealth(document.uri, lens.command.title);
    }
  };
  return {
    async executeCommand(command, args: unknown[], next): Promise<unknown> {
      // A menu passes the file it belongs to and more that is no argument of the server's.
      const aimless = args.length === 0 || args[0] instanceof vscode.Uri;
      const complete = aimless ? await completeArguments(command) : args;
      if (complete === undefined) return undefined;
      const result: unknown = await next(command, complete);
      if (command === "samuel.showStats") await showJSON(result);
      return result;
    },
    async provideCodeLenses(document, token, next) {
      const lenses = await next(document, token);
      for (const lens of lenses ?? []) noteHealth(document, lens);
      return lenses;
    },
    handleWorkDoneProgress(token, params, next) {
      if (params.kind === "begin") status.begin(token, params.title);
      else if (params.kind === "end") status.end(token);
      next(token, params);
    },
    window: {
      async showDocument(params, next): Promise<ShowDocumentResult> {
        const uri = vscode.Uri.parse(params.uri);
        if (uri.scheme !== logScheme) return (await next(params, new vscode.CancellationTokenSource().token)) as ShowDocumentResult;
        return showLog(uri, params.takeFocus === true);
      },
    },
  };
}

// Beside the manifest, so that the line and what it printed are seen together.
async function showLog(uri: vscode.Uri, takeFocus: boolean): Promise<ShowDocumentResult> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    preserveFocus: !takeFocus,
  });
  return { success: true };
}

async function showJSON(value: unknown): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "json", content: JSON.stringify(value, null, 2) });
  await vscode.window.showTextDocument(document, { preview: true });
}
