// The status bar item: collects what the client hears and draws it.

import * as vscode from "vscode";
import { draw, type ServerState, type Status } from "./statusText";
import { isManifest } from "./manifests";

/** Keeps the status item up to date; dispose it with the extension. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly disposables: vscode.Disposable[] = [];
  private readonly running = new Map<string | number, string>();
  private readonly healthOf = new Map<string, string>();
  private server: ServerState = "starting";
  private trouble: string | undefined;
  private version: string | undefined;

  constructor() {
    this.item = vscode.window.createStatusBarItem("samuel.status", vscode.StatusBarAlignment.Right, 100);
    this.item.name = "Samuel Plugins";
    this.item.command = "samuel.showMenu";
    this.disposables.push(
      vscode.languages.onDidChangeDiagnostics(() => { this.redraw(); }),
      vscode.window.onDidChangeActiveTextEditor(() => { this.redraw(); }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => { this.redraw(); }),
    );
    this.redraw();
    this.item.show();
  }

  /** Says how the server is doing, and why it is down. */
  setServer(state: ServerState, trouble?: string, version?: string): void {
    this.server = state;
    this.trouble = trouble;
    if (version !== undefined) this.version = version;
    if (state !== "running") this.running.clear();
    this.redraw();
  }

  /** A piece of work began. */
  begin(token: string | number, title: string): void {
    this.running.set(token, title);
    this.redraw();
  }

  /** A piece of work ended. */
  end(token: string | number): void {
    this.running.delete(token);
    this.redraw();
  }

  /** The health lens of a manifest was drawn. */
  setHealth(uri: vscode.Uri, text: string): void {
    this.healthOf.set(uri.toString(), text);
    this.redraw();
  }

  /** What is known now; the menu shows it too. */
  current(): Status {
    let errors = 0;
    let warnings = 0;
    for (const [, list] of vscode.languages.getDiagnostics()) {
      for (const d of list) {
        if (!isOurs(d)) continue;
        if (d.severity === vscode.DiagnosticSeverity.Error) errors++;
        else if (d.severity === vscode.DiagnosticSeverity.Warning) warnings++;
      }
    }
    return {
      server: this.server,
      trouble: this.trouble,
      version: this.version,
      trusted: vscode.workspace.isTrusted,
      running: [...this.running.values()],
      errors,
      warnings,
      health: this.healthInView(),
    };
  }

  // Of the manifest one is at, else of one that can be seen, as beside an open log.
  private healthInView(): string | undefined {
    const at = vscode.window.activeTextEditor;
    const editors = [...(at === undefined ? [] : [at]), ...vscode.window.visibleTextEditors];
    const manifest = editors.map((e) => e.document.uri).find(isManifest);
    return manifest && this.healthOf.get(manifest.toString());
  }

  dispose(): void {
    this.item.dispose();
    for (const d of this.disposables) d.dispose();
  }

  private redraw(): void {
    const drawn = draw(this.current());
    this.item.text = drawn.text;
    this.item.tooltip = drawn.tooltip;
    this.item.accessibilityInformation = { label: drawn.tooltip };
    this.item.backgroundColor =
      drawn.look === "normal" ? undefined : new vscode.ThemeColor(`statusBarItem.${drawn.look}Background`);
  }
}

// The server's own findings link to its rules; what a plugin finds carries the plugin's name and
// is the user's source to mend, not the plugin author's manifest.
function isOurs(d: vscode.Diagnostic): boolean {
  return d.source === "samuel" || d.source === "samuel-lsp";
}
