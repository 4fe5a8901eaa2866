// The tests of emacs/, with the distribution's Emacs and eglot.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { freshUser } from "./lib/codeserver.mjs";
import { makeProject } from "./lib/fixture.mjs";
import { e2e, repository, scratch } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

const emacs = path.join(repository, "editors/emacs");

test("Emacs", async (t) => {
  const dir = scratch("emacs");
  const project = makeProject(path.join(dir, "project"));
  const env = { ...freshUser(dir), SAMUEL_EMACS: emacs, SAMUEL_PROJECT: project.dir };
  const { code, output } = await run("emacs", ["-Q", "--batch", "-l", path.join(e2e, "emacs/tests.el"), "-f", "ert-run-tests-batch-and-exit"], { env, cwd: project.dir });
  const results = [...output.matchAll(/^ +(passed|FAILED) +\d+\/\d+ +t-\d-(\S+)/gm)];
  assert.ok(results.length > 0, output);
  for (const [, result, name] of results) {
    await t.test(name, () => assert.equal(result, "passed", output));
  }
  assert.equal(code, 0, output);
});

test("the Emacs package compiles without a warning", async () => {
  const dir = scratch("emacs-compile");
  const byte = `(progn
    (require 'package)
    (add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
    (package-initialize)
    (setq byte-compile-error-on-warn t byte-compile-dest-file-function (lambda (_) "${path.join(dir, "out.elc")}"))
    (kill-emacs (if (byte-compile-file "${path.join(emacs, "samuel-lsp.el")}") 0 1)))`;
  const { code, output } = await run("emacs", ["-Q", "--batch", "--eval", byte], { env: freshUser(dir) });
  assert.equal(code, 0, output);
});
