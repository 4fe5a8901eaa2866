import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { isRunLine } from "../src/runLine";

describe("isRunLine", () => {
  const cases: [string, boolean][] = [
    ["my-lint: lint: ok · 1.2 ms · 3 log lines", true],
    ["my-lint: health ok · protocol 1 · 0.3 ms", true],
    ["my-lint: health failed (3) · protocol 1", true],
    ["my-lint: lint: trap: unreachable", true],
    ["my-lint: lint: timed out after 30s", true],
    ["my-lint: lint: denied: network.outbound api.example.com", true],
    ["connection closed", false],
    ["the client refused a registration: failed", false],
    ["starting /opt/samuel-lsp (found by setting)", false],
    ["panic: okay", false],
  ];
  for (const [message, want] of cases) {
    it(message, () => {
      assert.equal(isRunLine(message), want);
    });
  }
});
