// Which files are plugin manifests, and where they are.

import * as vscode from "vscode";

/** The manifest's file name. */
export const manifestName = "samuel-plugin.toml";

/** Whether a document is a manifest on disk. */
export function isManifest(uri: vscode.Uri): boolean {
  return uri.scheme === "file" && uri.path.endsWith(`/${manifestName}`);
}

/** The manifest in the active editor, else all those of the workspace. */
export async function relevantManifests(): Promise<vscode.Uri[]> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active !== undefined && isManifest(active)) return [active];
  return allManifests();
}

/** Every manifest of the workspace, under development or installed. */
export async function allManifests(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(`**/${manifestName}`, "**/node_modules/**", 500);
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

/** The names of the plugins installed in a workspace folder. */
export async function installedIn(folder: vscode.Uri): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(folder, ".samuel", "plugins"));
    return entries.filter(([, type]) => (type & vscode.FileType.Directory) !== 0).map(([name]) => name);
  } catch {
    return []; // no such folder
  }
}

/** The manifest of an installed plugin. */
export function manifestOf(folder: vscode.Uri, plugin: string): vscode.Uri {
  return vscode.Uri.joinPath(folder, ".samuel", "plugins", plugin, manifestName);
}

/** A manifest's folder as the user would name it. */
export function label(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, ".."), vscode.workspace.workspaceFolders !== undefined && vscode.workspace.workspaceFolders.length > 1);
}
