import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { versionProblem } from "../src/version";

describe("versionProblem", () => {
  const cases: { name: string; server: string | undefined; version: string | undefined; want: RegExp | undefined }[] = [
    { name: "same", server: "samuel-lsp", version: "0.1.0", want: undefined },
    { name: "newer patch", server: "samuel-lsp", version: "0.1.7", want: undefined },
    { name: "newer major", server: "samuel-lsp", version: "2.0.0", want: undefined },
    { name: "with a v", server: "samuel-lsp", version: "v0.1.0", want: undefined },
    { name: "pre-release of a good one", server: "samuel-lsp", version: "0.2.0-rc.1", want: undefined },
    { name: "development build", server: "samuel-lsp", version: "(devel)", want: undefined },
    { name: "build between releases", server: "samuel-lsp", version: "v0.0.0-20260101000000-abcdef012345+dirty", want: undefined },
    { name: "no version", server: "samuel-lsp", version: undefined, want: undefined },
    { name: "too old", server: "samuel-lsp", version: "0.0.9", want: /0\.0\.9 is older/ },
    { name: "another program", server: "gopls", version: "1.0.0", want: /"gopls"/ },
    { name: "nameless", server: undefined, version: undefined, want: /nothing/ },
  ];
  for (const c of cases) {
    it(c.name, () => {
      const got = versionProblem(c.server, c.version);
      if (c.want === undefined) assert.equal(got, undefined);
      else assert.match(got ?? "", c.want);
    });
  }
});
