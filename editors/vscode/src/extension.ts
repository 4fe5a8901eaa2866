// The extension: wires the server to the status item, the log channels and the commands.

import * as vscode from "vscode";
import { createMiddleware } from "./middleware";
import { showMenu } from "./menu";
import { Server } from "./server";
import { StatusItem } from "./status";

let server: Server | undefined;

/** Called by the editor when a workspace holds a manifest or an installed plugin. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const logs = {
    server: vscode.window.createOutputChannel("Samuel Language Server", { log: true }),
    plugins: vscode.window.createOutputChannel("Samuel Plugins", { log: true }),
    trace: vscode.window.createOutputChannel("Samuel Language Server Trace", { log: true }),
  };
  const status = new StatusItem();
  const started = new Server({
    extensionDir: context.extensionPath,
    logs,
    status,
    middleware: createMiddleware(status),
  });
  server = started;
  context.subscriptions.push(
    logs.server,
    logs.plugins,
    logs.trace,
    status,
    started,
    vscode.commands.registerCommand("samuel.restartServer", () => started.restart()),
    vscode.commands.registerCommand("samuel.showServerLog", () => { logs.server.show(); }),
    vscode.commands.registerCommand("samuel.showPluginLog", () => { logs.plugins.show(); }),
    vscode.commands.registerCommand("samuel.showMenu", () => showMenu(status)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.running?.sendNotification("samuel/didChangeTrust", { trusted: true })),
    vscode.workspace.onDidChangeConfiguration(async (e) => {
      // These are read when the process starts; the others reach the running server.
      if (e.affectsConfiguration("samuel.server")) await started.restart();
    }),
  );
  await vscode.commands.executeCommand("setContext", "samuel.active", true);
  // Not awaited: VS Code need not wait for the server to go on with other extensions.
  void started.start();
}

/** Called by the editor before it leaves; waits until the server has gone. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
