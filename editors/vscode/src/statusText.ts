// What the status bar says, from what is known. Pure, so that the wording is a table of tests.

/** How the server is doing. */
export type ServerState = "starting" | "running" | "restarting" | "stopped";

/** Everything the status item shows. */
export interface Status {
  readonly server: ServerState;
  /** Why the server is down, where known. */
  readonly trouble?: string | undefined;
  readonly version?: string | undefined;
  readonly trusted: boolean;
  /** What is going on now, by title. */
  readonly running: readonly string[];
  readonly errors: number;
  readonly warnings: number;
  /** The health lens of the manifest in view. */
  readonly health?: string | undefined;
}

/** What the status bar draws. */
export interface Drawn {
  readonly text: string;
  readonly tooltip: string;
  readonly look: "normal" | "warning" | "error";
}

/** Renders a status; the most urgent fact goes into the bar, all of them into the tooltip. */
export function draw(s: Status): Drawn {
  return { text: text(s), tooltip: tooltip(s), look: look(s) };
}

function text(s: Status): string {
  switch (s.server) {
    case "stopped":
      return "$(error) Samuel";
    case "starting":
    case "restarting":
      return `$(sync~spin) Samuel: ${s.server}`;
    case "running":
      if (s.running.length > 0) return `$(sync~spin) Samuel: ${count(s.running.length, "run")}`;
      if (!s.trusted) return "$(shield) Samuel: not trusted";
      if (s.errors > 0) return `$(error) Samuel: ${count(s.errors, "error")}`;
      if (unhealthy(s.health)) return `$(error) Samuel: ${s.health ?? ""}`;
      if (s.warnings > 0) return `$(warning) Samuel: ${count(s.warnings, "warning")}`;
      return "$(check) Samuel";
  }
}

function tooltip(s: Status): string {
  const lines: string[] = [];
  lines.push(`Server ${s.server}${s.version === undefined ? "" : ` (samuel-lsp ${s.version})`}`);
  if (s.trouble !== undefined) lines.push(s.trouble);
  if (!s.trusted) lines.push("Workspace not trusted: nothing is run");
  if (s.health !== undefined) lines.push(capital(s.health));
  for (const title of s.running) lines.push(`Running: ${title}`);
  if (s.errors + s.warnings === 0) lines.push("No problems");
  else lines.push(`${count(s.errors, "error")}, ${count(s.warnings, "warning")}`);
  return lines.join("\n");
}

function look(s: Status): Drawn["look"] {
  if (s.server === "stopped") return "error";
  if (s.server === "running" && !s.trusted) return "warning";
  return "normal";
}

/** Whether a health lens's text speaks of a failure rather than of health or of not knowing. */
export function unhealthy(health: string | undefined): boolean {
  return health !== undefined && /^(health failed|trap|timed out|crashed|memory limit|failed|denied)/.test(health);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function capital(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1);
}
