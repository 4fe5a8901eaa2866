// The tests of neovim/, in each Neovim there is: the distribution's 0.7, and newer ones unpacked
// beside the system by `make editors`.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { freshUser } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { e2e, repository, scratch } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const editors = [
  { name: "system", program: "nvim" },
  { name: "0.10", program: path.join(repository, "build/editors/nvim010/run") },
  { name: "0.12", program: path.join(repository, "build/editors/nvim012/run") },
];

for (const { name, program } of editors) {
  test(`Neovim ${name}`, async (t) => {
    const dir = scratch(`neovim-${name}`);
    const project = makeProject(path.join(dir, "project"));
    const results = path.join(dir, "results");
    const env = {
      ...freshUser(dir),
      SAMUEL_NEOVIM: path.join(repository, "editors/neovim"),
      SAMUEL_TESTS: path.join(e2e, "neovim"),
      SAMUEL_PROJECT: project.dir,
      SAMUEL_RESULTS: results,
    };
    const { output } = await run(program, ["--headless", "-u", path.join(e2e, "neovim/init.lua"), "-c", `luafile ${path.join(e2e, "neovim/tests.lua")}`], { env, cwd: project.dir });
    assert.ok(existsSync(results), `no test ran:\n${output}`);
    const lines = readFileSync(results, "utf8").trim().split("\n").map((l) => JSON.parse(l));
    for (const r of lines) {
      await t.test(r.name, () => {
        if (r.error) throw new Error(r.error);
      });
    }
    assert.doesNotMatch(output, /error|deprecated|traceback/i);
  });
}

test("Neovim 0.12 with lsp/samuel_lsp.lua alone", async () => {
  const dir = scratch("neovim-lsp");
  const project = makeProject(path.join(dir, "project"));
  const results = path.join(dir, "results");
  const env = { ...freshUser(dir), SAMUEL_NEOVIM: path.join(repository, "editors/neovim"), SAMUEL_TESTS: path.join(e2e, "neovim"), SAMUEL_PROJECT: project.dir, SAMUEL_RESULTS: results };
  const { program } = editors.at(-1);
  const { output } = await run(program, ["--headless", "-u", "NONE", "-c", `luafile ${path.join(e2e, "neovim/enable.lua")}`], { env, cwd: project.dir });
  const [result] = readFileSync(results, "utf8").trim().split("\n").map((l) => JSON.parse(l));
  assert.equal(result.error, undefined, output);
});
