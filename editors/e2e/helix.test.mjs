// Helix in a terminal (tmux), with the configuration of editors/helix: the mistake is on the screen.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { freshUser } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { repository, scratch } from "./lib/paths.mjs";

test("Helix shows a mistake, and its fix mends it", async () => {
  const dir = scratch("helix");
  const project = makeProject(path.join(dir, "project"));
  const env = { ...freshUser(dir), TERM: "xterm-256color" };
  mkdirSync(path.join(env.HOME, ".config/helix"), { recursive: true });
  copyFileSync(path.join(repository, "editors/helix/languages.toml"), path.join(env.HOME, ".config/helix/languages.toml"));

  const socket = path.join(dir, "tmux");
  const tmux = (...args) => execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { env, encoding: "utf8" });
  const screen = () => tmux("capture-pane", "-p", "-t", "helix");
  // A terminal has no event to wait for: its picture is looked at until it shows what it must.
  const shows = async (what, pattern) => {
    const end = Date.now() + 60_000;
    for (;;) {
      const now = screen();
      if (pattern.test(now)) return now;
      assert.ok(Date.now() < end, `waited for ${what}; the screen shows:\n${now}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  tmux("new-session", "-d", "-s", "helix", "-x", "140", "-y", "40", path.join(repository, "build/editors/helix/run"), project.manifest);
  try {
    await shows("the file", /name = "my-lint"/);
    tmux("send-keys", "-t", "helix", ":", "goto 4", "Enter");
    await shows("the diagnostic", /unknown key "sumary"/);
    tmux("send-keys", "-t", "helix", " ", "a");
    await shows("the fix", /rename to summary/);
    tmux("send-keys", "-t", "helix", "Enter");
    await shows("the mended line", /4\s+summary = "Marks/);
  } finally {
    tmux("kill-server");
  }
});
