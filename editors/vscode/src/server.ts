// Starts the server, watches over it, and tells the user when it cannot be had.

import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { CloseAction, ErrorAction, RevealOutputChannelOn, State, type CloseHandlerResult, type Middleware } from "vscode-languageclient/node";
import { Backoff } from "./backoff";
import { Client, type Logs } from "./client";
import { discover, type Machine } from "./discovery";
import { Program } from "./program";
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

// A client and the process behind it, from one start to the stop or the next start.
interface Session {
  readonly client: Client;
  readonly program: Program;
  /** It ran once: from then on, a death is followed by another start. */
  ran: boolean;
}

/** The one server of this window. */
export class Server implements vscode.Disposable {
  private current: Session | undefined;
  private readonly backoff = new Backoff();
  // The last wish to have a server or none; an older one that is still at work leaves off.
  private wish = 0;
  private stopped: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  /** The running client, or undefined while the server is down. */
  get running(): Client | undefined {
    const client = this.current?.client;
    return client?.state === State.Running ? client : undefined;
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

    const program = new Program(found.command, ["serve", ...config.get<string[]>("server.args", [])], workingFolder());
    const session: Session = { program, client: this.createClient(program, () => this.closed(session)), ran: false };
    const { client } = session;
    this.current = session;
    client.onDidChangeState((e) => {
      if (e.newState !== State.Running) return;
      // The first process is up when its start is through.
      if (session.ran) this.up(client);
      session.ran = true;
    });
    try {
      await client.start();
    } catch (error) {
      // One that was stopped meanwhile is nobody's any more; one that ran is in the hands of closed.
      if (this.current !== session || session.ran) return;
      this.current = undefined;
      log.error(String(error));
      this.failed(`${found.command} did not start as a language server: ${await program.end()}`);
      return;
    }
    if (this.current !== session) return;
    const info = client.initializeResult?.serverInfo;
    const problem = versionProblem(info?.name, info?.version);
    if (problem !== undefined) {
      await this.stop();
      this.failed(`${problem} (${found.command}, found by ${found.source})`);
      return;
    }
    this.up(client);
  }

  /** Stops the server, waiting for it to leave. */
  stop(): Promise<void> {
    const session = this.current;
    this.current = undefined;
    // One after the other: what a client registered must be gone before the next registers it.
    this.stopped = this.stopped.then(async () => {
      await setReady(false);
      if (session !== undefined) await this.end(session);
    });
    return this.stopped;
  }

  /** Stops and starts it at the user's wish, with a clean slate; the last of several wishes counts. */
  async restart(): Promise<void> {
    const wish = ++this.wish;
    this.backoff.reset();
    await this.stop();
    if (wish === this.wish) await this.start();
  }

  dispose(): void {
    void this.stop();
  }

  private createClient(program: Program, closed: () => Promise<CloseHandlerResult>): Client {
    return new Client(
      () => program.launch(),
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
          this.parts.logs.server.error(`the server did not start: ${String(error)}`);
          return false;
        },
        errorHandler: { error: () => ({ action: ErrorAction.Continue }), closed },
      },
      this.parts.logs,
    );
  }

  // A client that is not running cannot be asked to stop its server.
  private async end({ client, program }: Session): Promise<void> {
    if (client.state !== State.Running) {
      await program.end();
      return;
    }
    try {
      await client.dispose(2000);
    } catch (error) {
      this.parts.logs.server.warn(`stopping the server: ${String(error)}`);
      await program.end();
    }
  }

  private up(client: Client): void {
    this.parts.status.setServer("running", undefined, client.initializeResult?.serverInfo?.version);
    void setReady(true);
  }

  private async closed(session: Session): Promise<CloseHandlerResult> {
    const wanted = (): boolean => this.current === session;
    const stayDown = { action: CloseAction.DoNotRestart, handled: true };
    // One that never ran is start's to tell of: it would not run the next time either.
    if (!wanted() || !session.ran) return stayDown;
    void setReady(false);
    const verdict = this.backoff.died(performance.now());
    const how = await session.program.end();
    if (verdict === "give up") {
      this.failed(`the server died too often in a short time and is not started again; ${how}`);
      return stayDown;
    }
    this.parts.logs.server.warn(`the server is gone (${how}); starting it again in ${verdict.restartAfter} ms`);
    this.parts.status.setServer("restarting");
    await new Promise((done) => setTimeout(done, verdict.restartAfter));
    // Somebody may have stopped it in the meantime.
    return wanted() ? { action: CloseAction.Restart, handled: true } : stayDown;
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

// Where the server is started: the first folder, if it is there.
function workingFolder(): string | undefined {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
  return folder !== undefined && fs.existsSync(folder) ? folder : undefined;
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
