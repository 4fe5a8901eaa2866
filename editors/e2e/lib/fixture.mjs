// The project that the tests open: a plugin under development with two mistakes, one that wants to
// write, one that never ends, one that is ill, and an installed lint plugin.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { e2e, repository } from "./paths.mjs";

const lintModule = path.join(repository, "testdata/plugins/c-lint/plugin.wasm");

/** Makes the project in a folder and answers where its parts are. */
export function makeProject(dir) {
  const put = (name, text) => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const module = (name, wat) => {
    mkdirSync(path.join(dir, name), { recursive: true });
    const to = path.join(dir, name, "plugin.wasm");
    if (wat) execFileSync("wat2wasm", [path.join(e2e, "fixture", wat), "-o", to]);
    else copyFileSync(lintModule, to);
  };

  mkdirSync(path.join(dir, "notes"), { recursive: true });
  put("samuel.toml", 'name = "sample"\n');
  module("my-lint");
  module("writer", "writer.wat");
  module("spinner", "spinner.wat");
  module("ill", "ill.wat");
  module(".samuel/plugins/todo-lint");
  put(".samuel/plugins/todo-lint/samuel-plugin.toml", lint("todo-lint"));
  return {
    dir,
    source: put("src/main.go", "package main\n\nfunc main() {\n\tprintln(1) // TODO: more\n}\n"),
    manifest: put("my-lint/samuel-plugin.toml", lint("my-lint").replace("summary =", "sumary =").replace('"quality.check" = "lint"', '"quality.check" = "lnt"')),
    writer: put("writer/samuel-plugin.toml", small("writer", "note", 'read = ["/workspace/**"]\nwrite = ["/workspace/notes/**"]', '"quality.check" = "note"')),
    spinner: put("spinner/samuel-plugin.toml", small("spinner", "spin", 'read = ["/workspace/**"]', '"init.after" = "spin"')),
    ill: put("ill/samuel-plugin.toml", small("ill", "check", 'read = ["/workspace/**"]', '"init.after" = "check"')),
  };
}

function lint(name) {
  return `name = "${name}"
version = "1.0.0"
kind = "wasm"
summary = "Marks unfinished lines"
license = "MIT"

[samuel]
framework = "^2.3"
protocol = "^1"

[provides]
hooks = ["quality.check"]

[capabilities.filesystem]
read = ["/workspace/**"]

[wasm]
module = "plugin.wasm"
exports = ["lint"]

[hooks]
"quality.check" = "lint"
`;
}

function small(name, exported, filesystem, hook) {
  return `name = "${name}"
version = "1.0.0"
kind = "wasm"

[capabilities.filesystem]
${filesystem}

[wasm]
module = "plugin.wasm"
exports = ["${exported}"]

[hooks]
${hook}
`;
}
