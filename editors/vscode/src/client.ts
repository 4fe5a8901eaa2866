// The language client, with its messages at their own level in a log channel (the stock one writes
// "[Info - 10:00:00]" in front of each), and what plugins did in a channel of its own.

import type * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";
import { LogDocuments } from "./logDocuments";
import { isRunLine } from "./runLine";

/** Where messages go. */
export interface Logs {
  readonly server: vscode.LogOutputChannel;
  readonly plugins: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
}

/** A language client that logs to log channels and shows captured logs. */
export class Client extends LanguageClient {
  constructor(
    server: ServerOptions,
    options: LanguageClientOptions,
    private readonly logs: Logs,
  ) {
    super("samuel", "Samuel Language Server", server, { ...options, outputChannel: logs.server, traceOutputChannel: logs.trace });
    this.registerFeature(new LogDocuments(this));
  }

  override debug(message: string): void {
    this.channel(message).debug(message);
  }

  override info(message: string): void {
    this.channel(message).info(message);
  }

  override warn(message: string): void {
    this.channel(message).warn(message);
  }

  override error(message: string, data?: unknown): void {
    const detail = data === undefined ? "" : `: ${data instanceof Error ? data.message : JSON.stringify(data)}`;
    this.channel(message).error(message + detail);
  }

  private channel(message: string): vscode.LogOutputChannel {
    return isRunLine(message) ? this.logs.plugins : this.logs.server;
  }
}
