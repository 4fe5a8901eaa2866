import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { draw, type Drawn, type Status } from "../src/statusText";

const calm: Status = { server: "running", version: "0.1.0", trusted: true, running: [], errors: 0, warnings: 0 };

describe("draw", () => {
  const cases: { name: string; status: Partial<Status>; text: string; look?: Drawn["look"]; tooltip?: RegExp }[] = [
    { name: "all well", status: {}, text: "$(check) Samuel", tooltip: /^Server running \(samuel-lsp 0\.1\.0\)\nNo problems$/ },
    { name: "healthy", status: { health: "health ok · protocol 1" }, text: "$(check) Samuel", tooltip: /\nHealth ok · protocol 1\n/ },
    { name: "starting", status: { server: "starting" }, text: "$(sync~spin) Samuel: starting" },
    { name: "restarting", status: { server: "restarting" }, text: "$(sync~spin) Samuel: restarting" },
    { name: "down, with the reason", status: { server: "stopped", trouble: "no server" }, text: "$(error) Samuel", look: "error", tooltip: /\nno server\n/ },
    { name: "a run beats problems", status: { running: ["lint"], errors: 3 }, text: "$(sync~spin) Samuel: 1 run", tooltip: /Running: lint/ },
    { name: "untrusted", status: { trusted: false }, text: "$(shield) Samuel: not trusted", look: "warning", tooltip: /nothing is run/ },
    { name: "errors beat health", status: { errors: 2, health: "health failed (3)" }, text: "$(error) Samuel: 2 errors", tooltip: /2 errors, 0 warnings$/ },
    { name: "bad health", status: { health: "health failed (3)" }, text: "$(error) Samuel: health failed (3)" },
    { name: "not built is no failure", status: { health: "not built" }, text: "$(check) Samuel" },
    { name: "warnings", status: { warnings: 1 }, text: "$(warning) Samuel: 1 warning" },
  ];
  for (const c of cases) {
    it(c.name, () => {
      const got = draw({ ...calm, ...c.status });
      assert.equal(got.text, c.text);
      assert.equal(got.look, c.look ?? "normal");
      if (c.tooltip !== undefined) assert.match(got.tooltip, c.tooltip);
    });
  }
});
