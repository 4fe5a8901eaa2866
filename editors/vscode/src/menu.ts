// The menu behind the status item.

import * as vscode from "vscode";
import { draw } from "./statusText";
import type { StatusItem } from "./status";

const openSettings = "workbench.action.openSettings";

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

/** Shows what is known and what can be done about it. */
export async function showMenu(status: StatusItem): Promise<void> {
  const now = status.current();
  const down = now.server === "stopped";
  const entries: Entry[] = [
    ...draw(now).tooltip.split("\n").map((line): Entry => ({ label: `$(info) ${line}`, command: factCommand(line) })),
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    ...(down
      ? []
      : [
          { label: "$(play) Run a hook or export", command: "samuel.runHook" },
          { label: "$(pulse) Check plugin health", command: "samuel.checkHealth" },
          { label: "$(output) Show captured log", command: "samuel.showLog" },
          ...(now.running.length === 0 ? [] : [{ label: "$(debug-stop) Cancel run", command: "samuel.cancelRun" }]),
          { label: "$(graph) Show statistics", command: "samuel.showStats" },
        ]),
    ...(now.trusted ? [] : [{ label: "$(shield) Manage workspace trust", command: "workbench.trust.manage" }]),
    { label: "$(list-unordered) Show server log", command: "samuel.showServerLog" },
    { label: "$(debug-restart) Restart server", command: "samuel.restartServer" },
    { label: "$(gear) Open settings", command: openSettings },
  ];
  const picked = await vscode.window.showQuickPick(entries, { placeHolder: "Samuel plugins" });
  const command = picked?.command;
  if (command === undefined) return;
  if (command === openSettings) await vscode.commands.executeCommand("workbench.action.openSettings", "@ext:samuelpkg.samuel-lsp");
  else await vscode.commands.executeCommand(command);
}

// Picking a fact leads to the place that says more about it.
function factCommand(line: string): string {
  if (line.startsWith("Health")) return "samuel.checkHealth";
  if (/^(No problems|\d+ errors?,)/.test(line)) return "workbench.actions.view.problems";
  if (line.startsWith("Running")) return "samuel.cancelRun";
  if (line.startsWith("Workspace not trusted")) return "workbench.trust.manage";
  return "samuel.showServerLog";
}
