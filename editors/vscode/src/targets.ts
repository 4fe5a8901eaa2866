// A command started from the palette has no arguments yet. What it can be aimed at is what the
// lenses offer, so the server stays the one place that knows; this asks it and lets the user pick.

import * as vscode from "vscode";
import { label, relevantManifests } from "./manifests";

/** Commands that are aimed at a plugin or one of its exports, and what to ask for. */
const aimed: ReadonlyMap<string, string> = new Map([
  ["samuel.runHook", "Which hook or export?"],
  ["samuel.checkHealth", "Which plugin's health?"],
  ["samuel.showLog", "Whose log?"],
  ["samuel.cancelRun", "Cancel which run?"],
  ["samuel.grantCapabilities", "Grant which plugin what it asks for?"],
  ["samuel.revokeCapabilities", "Take back which plugin's grants?"],
]);

/** Whether the command needs something to aim at. */
export function isAimed(command: string): boolean {
  return aimed.has(command);
}

interface Choice extends vscode.QuickPickItem {
  readonly args: unknown[];
}

/** Lets the user pick what to aim at; undefined when they don't, or when there is nothing. */
export async function pick(command: string): Promise<unknown[] | undefined> {
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
  const seen = new Set<string>();
  for (const uri of await relevantManifests()) {
    const document = await vscode.workspace.openTextDocument(uri);
    for (const action of await offers(document)) {
      if (action.command !== command) continue;
      const key = JSON.stringify(action.arguments ?? []);
      if (seen.has(key)) continue;
      seen.add(key);
      const line = document.lineAt(action.line).text.trim();
      choices.push({ label: line, description: action.title, detail: label(uri), args: action.arguments ?? [] });
    }
  }
  return choices;
}

interface Offer {
  readonly command: string;
  readonly title: string;
  readonly arguments: unknown[] | undefined;
  readonly line: number;
}

async function offers(document: vscode.TextDocument): Promise<Offer[]> {
  const all = 10_000;
  const lenses = (await vscode.commands.executeCommand<vscode.CodeLens[] | undefined>("vscode.executeCodeLensProvider", document.uri, all)) ?? [];
  return lenses.flatMap(({ command, range }) =>
    command === undefined ? [] : [{ command: command.command, title: command.title, arguments: command.arguments, line: range.start.line }],
  );
}
