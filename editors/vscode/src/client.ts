// The language client, with its messages at their own level in a log channel: the stock one writes
// "[Info - 10:00:00]" in front of each, which a log channel does better.

import type * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";
import { LogDocuments } from "./logDocuments";

/** A language client that logs to a log channel and shows captured logs. */
export class Client extends LanguageClient {
  constructor(
    server: ServerOptions,
    options: LanguageClientOptions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super("samuel", "Samuel Language Server", server, { ...options, outputChannel: log });
    this.registerFeature(new LogDocuments(this));
  }

  override debug(message: string): void {
    this.log.debug(message);
  }

  override info(message: string): void {
    this.log.info(message);
  }

  override warn(message: string): void {
    this.log.warn(message);
  }

  override error(message: string, data?: unknown): void {
    this.log.error(data === undefined ? message : `${message}: ${data instanceof Error ? data.message : JSON.stringify(data)}`);
  }
}
