// A command started from the palette has no arguments yet. What it can be aimed at is what the
// lenses offer, so the server stays the one place that knows; this asks it and lets the user pick.
// It asks for the code actions that stand for lenses, which are there also when lenses are off.

import * as vscode from "vscode";
import { installedIn, label, manifestName, manifestOf, relevantManifests } from "./manifests";

/** Commands that are aimed at a plugin or one of its exports, and what to ask for. */
const aimed: ReadonlyMap<string, string> = new Map([
  ["samuel.runHook", "Which hook or export?"],
  ["samuel.checkHealth", "Which plugin's health?"],
  ["samuel.showLog", "Whose log?"],
  ["samuel.cancelRun", "Cancel which run?"],
  ["samuel.grantCapabilities", "Grant which plugin what it asks for?"],
  ["samuel.revokeCapabilities", "Take back which plugin's grants?"],
]);

/**
 * What a command that was started without arguments is to be sent with: the user is asked where
 * there is a choice. Undefined when the user gives up, or when there is nothing to aim at.
 */
export async function completeArguments(command: string): Promise<unknown[] | undefined> {
  if (aimed.has(command)) return pick(command);
  if (command === "samuel.installPlugin") return pickSource();
  if (command === "samuel.uninstallPlugin") return pickInstalled();
  return [];
}

async function pickSource(): Promise<unknown[] | undefined> {
  const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: "Install", title: "The folder of the plugin to install" })) ?? [];
  if (folder === undefined) return undefined;
  const project = await pickProject();
  return project && [{ path: folder.fsPath, uri: vscode.Uri.joinPath(project, manifestName).toString() }];
}

async function pickInstalled(): Promise<unknown[] | undefined> {
  const choices: Choice[] = [];
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    for (const name of await installedIn(uri)) {
      choices.push({ label: name, detail: label(vscode.Uri.joinPath(uri, manifestName)), args: [{ name, uri: manifestOf(uri, name).toString() }] });
    }
  }
  if (choices.length === 0) {
    void vscode.window.showInformationMessage("Samuel: no plugin is installed in this workspace.");
    return undefined;
  }
  return (await vscode.window.showQuickPick(choices, { placeHolder: "Uninstall which plugin?" }))?.args;
}

async function pickProject(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length < 2) return folders[0]?.uri;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: "Into which project?" }))?.uri;
}

interface Choice extends vscode.QuickPickItem {
  readonly args: unknown[];
}

async function pick(command: string): Promise<unknown[] | undefined> {
  const choices = await choicesFor(command);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(`Samuel: no manifest here offers that now.`);
    return undefined;
  }
  if (choices.length === 1) return choices[0]?.args;
  const picked = await vscode.window.showQuickPick(choices, { placeHolder: aimed.get(command) ?? "" });
  return picked?.args;
}

async function choicesFor(command: string): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const uri of await relevantManifests()) {
    const document = await vscode.workspace.openTextDocument(uri);
    const seen = new Set<string>();
    for (const offer of await offers(document)) {
      // One export may be offered on several lines, bound to the same event or to none.
      if (offer.command !== command || seen.has(offer.title)) continue;
      seen.add(offer.title);
      choices.push({ label: offer.title, detail: label(uri), args: offer.arguments ?? [] });
    }
  }
  return choices;
}

// The code actions of a manifest that stand for lenses.
async function offers(document: vscode.TextDocument): Promise<vscode.Command[]> {
  const whole = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[] | undefined>("vscode.executeCodeActionProvider", document.uri, whole, "samuel.run");
  return (actions ?? []).flatMap(({ command }) => (command === undefined ? [] : [command]));
}
