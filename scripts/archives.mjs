// Builds dist/samuel-lsp-<target>.tar.gz (.zip for Windows) with the program, licence and readme,
// equal byte for byte for one commit.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commitTime, root, targets } from "./release.mjs";

const time = commitTime();
mkdirSync(path.join(root, "dist"), { recursive: true });
for (const [target, { goos, goarch, program }] of targets) {
  const dir = mkdtempSync(path.join(os.tmpdir(), "samuel-archive-"));
  try {
    execFileSync("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", path.join(dir, program), "./cmd/samuel-lsp"], {
      cwd: root,
      env: { ...process.env, CGO_ENABLED: "0", GOOS: goos, GOARCH: goarch },
      stdio: "inherit",
    });
    for (const f of ["LICENSE", "README.md", "CHANGELOG.md"]) copyFileSync(path.join(root, f), path.join(dir, f));
    const files = [program, "CHANGELOG.md", "LICENSE", "README.md"];
    for (const f of files) utimesSync(path.join(dir, f), time, time);
    const out = path.join(root, "dist", `samuel-lsp-${target}`);
    if (goos === "windows") {
      rmSync(`${out}.zip`, { force: true });
      execFileSync("zip", ["-q", "-X", `${out}.zip`, ...files], { cwd: dir, env: { ...process.env, TZ: "UTC" } });
    } else {
      const tar = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-cf", "-", ...files];
      execFileSync("sh", ["-c", `tar ${tar.join(" ")} | gzip -n9 > '${out}.tar.gz'`], { cwd: dir });
    }
    console.log(path.relative(root, out));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
