// The extension: wires the server to the status item, the log channels and the commands.

import * as vscode from "vscode";
import { createMiddleware } from "./middleware";
import { showMenu } from "./menu";
import { Server } from "./server";
import { StatusItem } from "./status";

let server: Server | undefined;

/** Called by the editor when a workspace holds a manifest or an installed plugin. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Samuel Language Server", { log: true });
  const pluginLog = vscode.window.createOutputChannel("Samuel Plugins", { log: true });
  const trace = vscode.window.createOutputChannel("Samuel Language Server Trace", { log: true });
  const status = new StatusItem();
  const started = new Server({
    extensionDir: context.extensionPath,
    log,
    trace,
    status,
    middleware: createMiddleware(status),
  });
  server = started;
  context.subscriptions.push(
    log,
    pluginLog,
    trace,
    status,
    started,
    vscode.commands.registerCommand("samuel.restartServer", () => started.restart()),
    vscode.commands.registerCommand("samuel.showServerLog", () => { log.show(); }),
    vscode.commands.registerCommand("samuel.showPluginLog", () => { pluginLog.show(); }),
    vscode.commands.registerCommand("samuel.showMenu", () => showMenu(status)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.running?.sendNotification("samuel/didChangeTrust", { trusted: true })),
    vscode.workspace.onDidChangeConfiguration(async (e) => {
      // These are read when the process starts; the others reach the running server.
      if (e.affectsConfiguration("samuel.server")) await started.restart();
    }),
  );
  await vscode.commands.executeCommand("setContext", "samuel.active", true);
  await started.start();
}

/** Called by the editor before it leaves; waits until the server has gone. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
