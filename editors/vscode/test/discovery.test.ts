import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { discover, type Machine } from "../src/discovery";

function machine(files: string[], over: Partial<Machine> = {}): Machine {
  return {
    platform: "linux",
    home: "/home/ada",
    pathVariable: "/usr/local/bin:/usr/bin",
    isExecutable: (f) => files.includes(f),
    ...over,
  };
}

describe("discover", () => {
  const bundled = "/ext/bin/samuel-lsp";
  const onPath = "/usr/bin/samuel-lsp";

  it("prefers the setting", () => {
    assert.deepEqual(discover("/opt/s", "/ext", machine(["/opt/s", bundled, onPath])), { command: "/opt/s", source: "setting" });
  });
  it("expands the home folder in the setting", () => {
    assert.deepEqual(discover("~/bin/s", "/ext", machine(["/home/ada/bin/s"])), { command: "/home/ada/bin/s", source: "setting" });
  });
  it("ignores blanks around the setting", () => {
    assert.deepEqual(discover("  ", "/ext", machine([bundled])), { command: bundled, source: "bundled" });
  });
  it("does not fall back when the setting is wrong", () => {
    const got = discover("/gone", "/ext", machine([bundled, onPath]));
    assert.ok("problem" in got);
    assert.equal(got.problem, "setting");
    assert.match(got.message, /"\/gone".*no program to run/);
  });
  it("refuses a relative setting", () => {
    const got = discover("bin/samuel-lsp", "/ext", machine(["bin/samuel-lsp"]));
    assert.ok("problem" in got);
    assert.match(got.message, /not an absolute path/);
  });
  it("then takes the bundled one", () => {
    assert.deepEqual(discover("", "/ext", machine([bundled, onPath])), { command: bundled, source: "bundled" });
  });
  it("then the first on PATH", () => {
    assert.deepEqual(discover("", "/ext", machine(["/usr/local/bin/samuel-lsp", onPath])), { command: "/usr/local/bin/samuel-lsp", source: "path" });
  });
  it("never looks in relative or empty PATH entries", () => {
    const m = machine(["samuel-lsp", "bin/samuel-lsp", "./samuel-lsp"], { pathVariable: ":.:bin" });
    assert.ok("problem" in discover("", "/ext", m));
  });
  it("uses Windows rules on Windows", () => {
    const m = machine(["C:\\tools\\samuel-lsp.exe"], { platform: "win32", pathVariable: "C:\\Windows;C:\\tools" });
    assert.deepEqual(discover("", "C:\\ext", m), { command: "C:\\tools\\samuel-lsp.exe", source: "path" });
  });
  it("says what to do when there is none", () => {
    const got = discover("", "/ext", machine([]));
    assert.ok("problem" in got);
    assert.equal(got.problem, "nowhere");
    assert.match(got.message, /install it, or set samuel\.server\.path/);
  });
});
