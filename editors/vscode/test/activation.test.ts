import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

// Loads the bundle with an editor that answers everything with itself, and prints the processor
// time that took in milliseconds.
const load = `
  const Module = require("node:module");
  const anything = new Proxy(class {}, { get: (target, key) => (key === "prototype" ? target.prototype : anything) });
  const real = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? anything : real(name, ...rest));
  const before = process.cpuUsage();
  require(process.argv[1]);
  const used = process.cpuUsage(before);
  console.log((used.user + used.system) / 1000);
`;

describe("activation", () => {
  it("loads the bundle in less than 150 ms of processor time", () => {
    const bundle = path.resolve("dist/extension.js");
    const times = [1, 2, 3].map(() => Number(execFileSync(process.execPath, ["-e", load, bundle], { encoding: "utf8" })));
    const best = Math.min(...times);
    assert.ok(best > 0 && best < 150, `loading took ${times.join(", ")} ms`);
  });
});
