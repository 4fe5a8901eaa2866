// Which servers this client can talk to.

/** The oldest server this client speaks to. */
export const oldestServer = "0.1.0";

/**
 * Says what is wrong with a server's version, or nothing. A version that is no release number
 * (a development build, also 0.0.0 with a commit) is taken at its word.
 */
export function versionProblem(name: string | undefined, version: string | undefined): string | undefined {
  if (name !== "samuel-lsp") {
    return `the program that was started calls itself "${name ?? "nothing"}", not samuel-lsp`;
  }
  const have = numbers(version ?? "");
  const need = numbers(oldestServer);
  if (have === undefined || need === undefined || have.every((n) => n === 0)) return undefined;
  for (const [i, n] of need.entries()) {
    const h = have[i] ?? 0;
    if (h > n) return undefined;
    if (h < n) return `samuel-lsp ${version ?? ""} is older than this extension needs (${oldestServer})`;
  }
  return undefined;
}

function numbers(version: string): number[] | undefined {
  const m = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return m?.slice(1).map(Number);
}
