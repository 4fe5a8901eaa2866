// A test runner small enough to live in VS Code's extension host, where there is no other, and the
// waits that every test needs: for a condition to hold, on the event that can make it hold.
"use strict";
const vscode = require("vscode");

const tests = [];

/** Declares a test. */
exports.test = (name, body) => tests.push({ name, body });

/** Runs all declared tests in order, each reported as one line; fails if one failed. */
exports.runAll = async () => {
  let failed = 0;
  for (const { name, body } of tests) {
    const start = Date.now();
    let error;
    try {
      await body();
    } catch (e) {
      failed++;
      error = e.stack ?? String(e);
    }
    console.log("samuel-test " + JSON.stringify({ name, error, ms: Date.now() - start }));
  }
  if (failed > 0) throw new Error(`${failed} failed`);
};

/**
 * Waits until the probe answers something other than undefined or false, asking again at each of
 * the events; the last thing seen is part of the message when time is up.
 */
exports.eventually = (what, events, probe, describe = () => "", timeout = 60_000) =>
  new Promise((resolve, reject) => {
    let settled = false;
    let busy = false;
    let again = false;
    const subscriptions = events.map((event) => event(() => look()));
    const timer = setTimeout(() => end(() => reject(new Error(`waited ${timeout} ms for ${what}; ${describe()}`))), timeout);
    const end = (how) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      for (const s of subscriptions) s.dispose();
      how();
    };
    const look = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      do {
        again = false;
        try {
          const seen = await probe();
          if (seen !== undefined && seen !== false) end(() => resolve(seen));
        } catch (e) {
          end(() => reject(e));
        }
      } while (again && !settled);
      busy = false;
    };
    look();
  });

const brief = (d) => `${d.range.start.line}:${d.range.start.character}-${d.range.end.line}:${d.range.end.character} ${code(d)}: ${d.message}`;

/** A diagnostic's rule. */
const code = (d) => (typeof d.code === "object" ? d.code.value : d.code);
exports.code = code;

/** Waits for a file's diagnostics to satisfy the predicate and answers them. */
exports.diagnostics = (uri, what, predicate) =>
  exports.eventually(
    what,
    [vscode.languages.onDidChangeDiagnostics],
    () => {
      const list = vscode.languages.getDiagnostics(uri);
      return predicate(list) ? list : undefined;
    },
    () => "diagnostics now:\n" + vscode.languages.getDiagnostics(uri).map(brief).join("\n"),
  );

/** The text a diagnostic's range covers. */
exports.covered = (document, d) => document.getText(d.range);

/** Replaces the one occurrence of a text in a document. */
exports.replace = async (document, from, to) => {
  const at = document.getText().indexOf(from);
  if (at < 0) throw new Error(`the document does not hold ${JSON.stringify(from)}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
  await vscode.workspace.applyEdit(edit);
};

/** The position of a text in a document, moved by so many characters. */
exports.find = (document, text, by = 0) => {
  const at = document.getText().indexOf(text);
  if (at < 0) throw new Error(`the document does not hold ${JSON.stringify(text)}`);
  return document.positionAt(at + by);
};

/** All lenses of a document, resolved. */
exports.lenses = async (uri) =>
  (await vscode.commands.executeCommand("vscode.executeCodeLensProvider", uri, 1000)).filter((l) => l.command);

/** Waits for a lens that satisfies the predicate, asking again whenever lenses are refreshed. */
exports.lens = async (uri, what, predicate, timeout = 60_000) => {
  // The editor has no event for a refresh of lenses; asking is cheap, and ends with the condition.
  const end = Date.now() + timeout;
  let seen = [];
  while (Date.now() < end) {
    seen = await exports.lenses(uri);
    const found = seen.find(predicate);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${timeout} ms for a lens ${what}; there are: ${seen.map((l) => `${l.range.start.line}: ${l.command.title}`).join(" | ")}`);
};
