import { before, describe, it } from "node:test";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { loadWASM, OnigScanner, OnigString } from "vscode-oniguruma";
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from "vscode-textmate";

// The innermost scope of each piece of a text, "piece/scope", blanks left out.
function scopes(grammar: IGrammar, text: string): string[] {
  const out: string[] = [];
  let state = INITIAL;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const t of tokens) {
      const piece = line.slice(t.startIndex, t.endIndex);
      const scope = t.scopes.at(-1) ?? "";
      if (piece.trim() !== "") out.push(`${piece.trim()} ${scope.replace(/\.(toml|samuel-manifest)$/, "")}`);
    }
  }
  return out;
}

describe("grammar", () => {
  let grammar: IGrammar;

  before(async () => {
    const wasm = fs.readFileSync(path.join("node_modules", "vscode-oniguruma", "release", "onig.wasm"));
    await loadWASM(new Uint8Array(wasm).buffer);
    const registry = new Registry({
      onigLib: Promise.resolve({
        createOnigScanner: (patterns) => new OnigScanner(patterns),
        createOnigString: (s) => new OnigString(s),
      }),
      loadGrammar: () => {
        const file = path.join("syntaxes", "samuel-manifest.tmLanguage.json");
        return Promise.resolve(parseRawGrammar(fs.readFileSync(file, "utf8"), file));
      },
    });
    const loaded = await registry.loadGrammar("source.samuel-manifest");
    assert.ok(loaded);
    grammar = loaded;
  });

  const cases: { name: string; text: string; want: string[] }[] = [
    {
      name: "key and string",
      text: 'name = "lint"',
      want: ["name variable.other.key", "= keyword.operator.assignment", '" string.quoted.double', "lint string.quoted.double", '" string.quoted.double'],
    },
    {
      name: "table header",
      text: "[wasm.hook_handlers]",
      want: ["[ punctuation.definition.table", "wasm entity.name.section", ". punctuation.separator.dot", "hook_handlers entity.name.section", "] punctuation.definition.table"],
    },
    { name: "array header", text: "[[a]]", want: ["[[ punctuation.definition.table.array", "a entity.name.section", "]] punctuation.definition.table.array"] },
    { name: "quoted key", text: '"before:loop" = 1', want: ['"before:loop" variable.other.key.quoted', "= keyword.operator.assignment", "1 constant.numeric.integer"] },
    { name: "dotted key", text: "a.b = true", want: ["a variable.other.key", ". punctuation.separator.dot", "b variable.other.key", "= keyword.operator.assignment", "true constant.language.boolean"] },
    { name: "comment", text: "# why", want: ["# punctuation.definition.comment", "why comment.line.number-sign"] },
    {
      name: "ignore comment",
      text: "# samuel-lsp: ignore[capability/risky]",
      want: ["# punctuation.definition.comment", "samuel-lsp: keyword.control.directive", "ignore keyword.control.directive", "[capability/risky] entity.name.tag"],
    },
    { name: "float", text: "x = 1.5e3", want: ["x variable.other.key", "= keyword.operator.assignment", "1.5e3 constant.numeric.float"] },
    { name: "date", text: "x = 2026-01-02T03:04:05Z", want: ["x variable.other.key", "= keyword.operator.assignment", "2026-01-02T03:04:05Z constant.other.date"] },
    { name: "good and bad escape", text: '"\\e\\q"', want: ['" string.quoted.double', "\\e constant.character.escape", "\\q invalid.illegal.escape", '" string.quoted.double'] },
    {
      name: "an unclosed string ends with its line",
      text: 'a = "x\nb = 1',
      want: ["a variable.other.key", "= keyword.operator.assignment", '" string.quoted.double', "x string.quoted.double", "b variable.other.key", "= keyword.operator.assignment", "1 constant.numeric.integer"],
    },
    {
      name: "inline table in an array over lines",
      text: "a = [\n { b = 1 }, # c\n]",
      want: [
        "a variable.other.key", "= keyword.operator.assignment", "[ punctuation.definition.array.begin", "{ punctuation.definition.inline-table.begin",
        "b variable.other.key", "= keyword.operator.assignment", "1 constant.numeric.integer", "} punctuation.definition.inline-table.end",
        ", punctuation.separator.array", "# punctuation.definition.comment", "c comment.line.number-sign", "] punctuation.definition.array.end",
      ],
    },
    { name: "multi-line string", text: '"""a\nb"""', want: ['""" string.quoted.triple.basic', "a string.quoted.triple.basic", "b string.quoted.triple.basic", '""" string.quoted.triple.basic'] },
  ];
  for (const c of cases) {
    it(c.name, () => {
      assert.deepEqual(scopes(grammar, c.text), c.want);
    });
  }
});
