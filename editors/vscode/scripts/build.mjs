// Bundles the extension: dist/extension.js for the workspace's extension host, dist/browser.js
// for an editor that runs in a browser alone. With --tests, bundles the unit tests to build/test.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";

const production = process.argv.includes("--production");
const common = {
  bundle: true,
  format: "cjs",
  target: "es2022",
  external: ["vscode"],
  logLevel: "warning",
};

if (process.argv.includes("--tests")) {
  rmSync("build/test", { recursive: true, force: true });
  await build({
    ...common,
    platform: "node",
    entryPoints: readdirSync("test").filter((f) => f.endsWith(".test.ts")).map((f) => `test/${f}`),
    outdir: "build/test",
    sourcemap: "inline",
  });
} else {
  const shipped = { ...common, minify: production, sourcemap: production ? false : "linked" };
  await build({ ...shipped, platform: "node", entryPoints: ["src/extension.ts"], outfile: "dist/extension.js" });
  await build({ ...shipped, platform: "browser", entryPoints: ["src/browser.ts"], outfile: "dist/browser.js" });
}
