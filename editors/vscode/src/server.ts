// Starts the server, watches over it, and tells the user when it cannot be had.

import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, RevealOutputChannelOn, State, type Middleware } from "vscode-languageclient/node";
import { Backoff } from "./backoff";
import { Client, type Logs } from "./client";
import { discover, type Machine } from "./discovery";
import type { StatusItem } from "./status";
import { versionProblem } from "./version";
import { manifestName } from "./manifests";

/** What the server needs from the rest of the extension. */
export interface Parts {
  readonly extensionDir: string;
  readonly logs: Logs;
  readonly status: StatusItem;
  readonly middleware: Middleware;
}

/** The one server of this window. */
export class Server implements vscode.Disposable {
  private client: Client | undefined;
  private readonly backoff = new Backoff();

  constructor(private readonly parts: Parts) {}

  /** The running client, or undefined while the server is down. */
  get running(): Client | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** Finds and starts the server; what goes wrong is shown, not thrown. */
  async start(): Promise<void> {
    const { status } = this.parts;
    const log = this.parts.logs.server;
    const config = vscode.workspace.getConfiguration("samuel");
    const found = discover(config.get<string>("server.path", ""), this.parts.extensionDir, thisMachine());
    if ("problem" in found) {
      this.failed(found.message);
      return;
    }
    log.info(`starting ${found.command} (found by ${found.source})`);
    status.setServer("starting");

    const client = new Client(
      { command: found.command, args: ["serve", ...config.get<string[]>("server.args", [])] },
      {
        // By language and by name: a user may have given the file another language.
        documentSelector: [
          { scheme: "file", language: "samuel-manifest" },
          { scheme: "file", pattern: `**/${manifestName}` },
        ],
        initializationOptions: () => ({ trusted: vscode.workspace.isTrusted }),
        diagnosticCollectionName: "samuel",
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        middleware: this.parts.middleware,
        initializationFailedHandler: (error: unknown) => {
          log.error(`the server did not start: ${String(error)}`);
          return false;
        },
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue }),
          closed: () => this.closed(),
        },
      },
      this.parts.logs,
    );
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      // A death during start-up has already been handled by closed.
      if (this.client === client) this.failed(`${found.command} did not start: ${String(error)}`);
      return;
    }
    const info = client.initializeResult?.serverInfo;
    const problem = versionProblem(info?.name, info?.version);
    if (problem !== undefined) {
      await this.stop();
      this.failed(`${problem} (${found.command}, found by ${found.source})`);
      return;
    }
    client.onDidChangeState((e) => {
      if (e.newState === State.Running) this.up();
    });
    this.up();
  }

  /** Stops the server, waiting for it to leave. */
  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await setReady(false);
    if (client === undefined) return;
    try {
      await client.dispose(2000);
    } catch (error) {
      this.parts.logs.server.warn(`stopping the server: ${String(error)}`);
    }
  }

  /** Stops and starts it at the user's wish, with a clean slate. */
  async restart(): Promise<void> {
    this.backoff.reset();
    await this.stop();
    await this.start();
  }

  dispose(): void {
    void this.stop();
  }

  private up(): void {
    this.parts.status.setServer("running", undefined, this.client?.initializeResult?.serverInfo?.version);
    void setReady(true);
  }

  // Whether somebody still wants a server: stop clears the client first.
  private wanted(): boolean {
    return this.client !== undefined;
  }

  private async closed(): Promise<{ action: CloseAction; handled: true }> {
    void setReady(false);
    if (!this.wanted()) return { action: CloseAction.DoNotRestart, handled: true };
    const verdict = this.backoff.died(Date.now());
    if (verdict === "give up") {
      this.failed("the server died too often in a short time and is not started again");
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    this.parts.logs.server.warn(`the server is gone; starting it again in ${verdict.restartAfter} ms`);
    this.parts.status.setServer("restarting");
    await new Promise((done) => setTimeout(done, verdict.restartAfter));
    // Somebody may have stopped it in the meantime.
    const action = this.wanted() ? CloseAction.Restart : CloseAction.DoNotRestart;
    return { action, handled: true };
  }

  private failed(message: string): void {
    this.parts.logs.server.error(message);
    this.parts.status.setServer("stopped", message);
    void setReady(false);
    const settings = "Open Settings";
    const again = "Try Again";
    const showLog = "Show Log";
    void vscode.window.showErrorMessage(`Samuel: ${message}`, again, settings, showLog).then(async (choice) => {
      if (choice === settings) await vscode.commands.executeCommand("workbench.action.openSettings", "samuel.server");
      else if (choice === again) await this.restart();
      else if (choice === showLog) this.parts.logs.server.show();
    });
  }
}

async function setReady(ready: boolean): Promise<void> {
  await vscode.commands.executeCommand("setContext", "samuel.ready", ready);
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    home: os.homedir(),
    pathVariable: process.env.PATH ?? "",
    isExecutable(file) {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    },
  };
}
