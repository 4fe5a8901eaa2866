// Where the server program is: the user's setting, then the one inside this extension, then PATH.
// Pure: everything it must know of the machine comes in as a value, so each rule is a unit test.

import * as path from "node:path";

/** What discovery needs to know of the machine it runs on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly pathVariable: string;
  /** Whether the file exists and may be executed. */
  isExecutable(file: string): boolean;
}

/** A program that was found, and by which rule. */
export interface Found {
  readonly command: string;
  readonly source: "setting" | "bundled" | "path";
}

/** Nothing was found: what to tell the user. */
export interface NotFound {
  readonly problem: "setting" | "nowhere";
  readonly message: string;
}

/** The program's file name on a platform. */
export function programName(platform: NodeJS.Platform): string {
  return platform === "win32" ? "samuel-lsp.exe" : "samuel-lsp";
}

/**
 * Finds the server. A setting that names no program is an error rather than a reason to look
 * further: the user asked for that one.
 */
export function discover(setting: string, extensionDir: string, machine: Machine): Found | NotFound {
  const paths = machine.platform === "win32" ? path.win32 : path.posix;
  const wanted = setting.trim();
  if (wanted !== "") {
    const command = expandHome(wanted, machine.home, paths);
    if (!paths.isAbsolute(command)) {
      return {
        problem: "setting",
        message: `samuel.server.path is "${wanted}", which is not an absolute path; write the full path of samuel-lsp`,
      };
    }
    if (!machine.isExecutable(command)) {
      return {
        problem: "setting",
        message: `samuel.server.path is "${wanted}", where there is no program to run; mend the path, or empty it to use the bundled server`,
      };
    }
    return { command, source: "setting" };
  }

  const name = programName(machine.platform);
  const bundled = paths.join(extensionDir, "bin", name);
  if (machine.isExecutable(bundled)) {
    return { command: bundled, source: "bundled" };
  }

  for (const dir of machine.pathVariable.split(paths.delimiter)) {
    // An empty or relative entry means the current folder, which a workspace fills at will.
    if (!paths.isAbsolute(dir)) continue;
    const command = paths.join(dir, name);
    if (machine.isExecutable(command)) {
      return { command, source: "path" };
    }
  }
  return {
    problem: "nowhere",
    message: `this build of the extension brings no server for ${machine.platform}, and ${name} is not on PATH; install it, or set samuel.server.path`,
  };
}

function expandHome(file: string, home: string, paths: path.PlatformPath): string {
  return file === "~" || file.startsWith("~/") ? paths.join(home, file.slice(1)) : file;
}
