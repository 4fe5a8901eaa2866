// The server's process. The client library ends one only while it runs well; one that hangs while
// it starts, or that is between two attempts, is ours to end.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A program that a client starts, perhaps several times, one process at a time. */
export class Program {
  private child: ChildProcess | undefined;

  constructor(
    private readonly command: string,
    private readonly args: readonly string[],
    private readonly folder: string | undefined,
  ) {}

  /** Starts a process and answers it; rejects when the system cannot start it. */
  launch(): Promise<ChildProcess> {
    const child = spawn(this.command, this.args, { cwd: this.folder });
    this.child = child;
    return new Promise((resolve, reject) => {
      child.once("spawn", () => { resolve(child); });
      child.once("error", reject);
    });
  }

  /** Ends the process, where it has not ended by itself, and answers how it ended. */
  async end(): Promise<string> {
    const child = this.child;
    if (child?.pid === undefined) return "it was not started";
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    return child.signalCode === null ? `it ended with exit code ${child.exitCode ?? 0}` : `it was ended by ${child.signalCode}`;
  }
}
