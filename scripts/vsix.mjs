// Builds dist/samuel-lsp-<target>-<version>.vsix: the bundled extension with the server for one
// platform inside. Two builds of one commit are equal byte for byte.
//
//   node scripts/vsix.mjs [target...]      all six by default; "host" is this machine's
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { commitTime, extension, hostTarget, root, targets, version } from "./release.mjs";

const wanted = process.argv.slice(2).map((t) => (t === "host" ? hostTarget() : t));
for (const t of wanted) {
  if (!targets.has(t)) {
    console.error(`vsix: ${t} is no target; there are: ${[...targets.keys()].join(" ")}`);
    process.exit(2);
  }
}

const bin = path.join(extension, "bin");
const limit = 400 * 1024;
execFileSync(process.execPath, ["scripts/build.mjs", "--production"], { cwd: extension, stdio: "inherit" });
const bundle = statSync(path.join(extension, "dist/extension.js")).size;
console.log(`bundle ${kib(bundle)}`);
if (bundle > limit) {
  console.error(`vsix: the bundle is larger than ${kib(limit)}`);
  process.exit(1);
}
copyFileSync(path.join(root, "LICENSE"), path.join(extension, "LICENSE"));
mkdirSync(path.join(root, "dist"), { recursive: true });

for (const [target, { goos, goarch, program }] of targets) {
  if (wanted.length > 0 && !wanted.includes(target)) continue;
  rmSync(bin, { recursive: true, force: true });
  execFileSync("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", path.join(bin, program), "./cmd/samuel-lsp"], {
    cwd: root,
    env: { ...process.env, CGO_ENABLED: "0", GOOS: goos, GOARCH: goarch },
    stdio: "inherit",
  });
  const out = path.join(root, "dist", `samuel-lsp-${target}-${version}.vsix`);
  const vsce = path.join(extension, "node_modules/@vscode/vsce/vsce");
  execFileSync(process.execPath, [vsce, "package", version, "--no-update-package-json", "--no-git-tag-version", "--target", target, "--no-dependencies", "--skip-license", "--out", out], {
    cwd: extension,
    // One time for every file keeps the archive the same.
    env: { ...process.env, SOURCE_DATE_EPOCH: String(commitTime()) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  console.log(`${path.relative(root, out)}  ${kib(statSync(out).size)} (server ${kib(statSync(path.join(bin, program)).size)})`);
}
rmSync(bin, { recursive: true, force: true });

function kib(bytes) {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
