package manifestcheck

// The text of the rules page: protocol, capability and runtime.

func protocolRules() []Rule {
	return []Rule{
		{
			Code: "protocol/range-excludes-host", Severity: Error,
			Summary: "the protocol range has no version that the host speaks",
			Why:     "The host speaks protocol 1 (a protocol n counts as version n.0.0). A plugin whose range excludes it is not loaded.",
			Bad:     "[samuel]\nprotocol = \"^2\"\n",
			Good:    "[samuel]\nprotocol = \"^1\"\n",
			Fix:     "A quick fix writes `^1`.",
		},
		{
			Code: "protocol/module-outside-host", Severity: Error, Needs: NeedsModule,
			Summary: "the module speaks a protocol that the host does not",
			Why:     "`samuel_protocol_version` is called before anything else, and a module whose answer lies outside the host's window (1 to 1) is refused.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # samuel_protocol_version() returns 2\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # samuel_protocol_version() returns 1\n",
			Fix:     "Build the module against protocol 1.",
		},
		{
			Code: "protocol/module-outside-range", Severity: Error, Needs: NeedsModule,
			Summary: "the module speaks a protocol that its own manifest excludes",
			Why:     "The range in `[samuel]` and the module's answer contradict each other; one of them is out of date.",
			Bad:     "[samuel]\nprotocol = \">=2\" # samuel_protocol_version() returns 1\n",
			Good:    "[samuel]\nprotocol = \"^1\" # samuel_protocol_version() returns 1\n",
			Fix:     "A quick fix writes a range that admits the module's protocol.",
		},
		{
			Code: "protocol/export-missing", Severity: Warning, Needs: NeedsModule,
			Summary: "the module does not say which protocol it speaks",
			Why:     "A module without `samuel_protocol_version() -> i32` counts as protocol 1. A later host may not take that for granted.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # exports: health\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # exports: health, samuel_protocol_version\n",
			Fix:     "Export the function from the module; it returns 1.",
		},
	}
}

func capabilityRules() []Rule {
	return []Rule{
		{
			Code: "capability/write-not-readable", Severity: Error,
			Summary: "a write path lies outside every read path",
			Why:     "The host refuses a plugin that may write where it may not read.",
			Bad:     "[capabilities.filesystem]\nread = [\"/workspace/src\"]\nwrite = [\"/workspace/docs/**\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/src\", \"/workspace/docs/**\"]\nwrite = [\"/workspace/docs/**\"]\n",
			Fix:     "A quick fix adds the path to `read`.",
		},
		{
			Code: "capability/path-conflict", Severity: Warning,
			Summary: "read and write spell the same place differently, and so reach differently",
			Why:     "Two spellings of one place (a trailing slash, a dot, a glob against a folder) cover different files, which is seldom meant. Where both spellings reach the same files it is information only. The same text in both lists is fine.",
			Bad:     "[capabilities.filesystem]\nread = [\"/workspace/docs/*\", \"/workspace/docs/**\"]\nwrite = [\"/workspace/docs/*/\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/docs/**\"]\nwrite = [\"/workspace/docs/**\"]\n",
			Fix:     "Use one spelling in both lists.",
		},
		{
			Code: "capability/redundant", Severity: Hint,
			Summary: "another, wider entry of the list covers this one",
			Why:     "Removing it changes nothing, and the user is asked for less. The related place is the wider entry.",
			Bad:     "[capabilities.filesystem]\nread = [\"/workspace\", \"/workspace/docs\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace\"]\n",
			Fix:     "The fix removes the narrower entry.",
		},
		{
			Code: "capability/relative-path", Severity: Error,
			Summary: "the path is not absolute",
			Why:     "Guest paths start at `/`; the project's root is `/workspace`. A relative path covers nothing.",
			Bad:     "[capabilities.filesystem]\nread = [\"docs\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/docs\"]\n",
			Fix:     "A quick fix puts it below `/workspace`.",
		},
		{
			Code: "capability/parent-traversal", Severity: Error,
			Summary: "the path contains ..",
			Why:     "The gate refuses paths that climb, wherever they end.",
			Bad:     "[capabilities.filesystem]\nread = [\"/workspace/../etc\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/etc\"]\n",
			Fix:     "Write the path without `..`.",
		},
		{
			Code: "capability/invalid-glob", Severity: Error,
			Summary: "the pattern cannot be read",
			Why:     "Patterns are doublestar globs: `*`, `**`, `?`, `[a-z]`, `{a,b}`. One that cannot be read covers nothing.",
			Bad:     "[capabilities.filesystem]\nread = [\"/workspace/[a-\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/[a-z]*\"]\n",
			Fix:     "Close the bracket or brace.",
		},
		{
			Code: "capability/too-broad", Severity: Warning,
			Summary: "the entry covers everything",
			Why:     "`/`, `/**` and `*` ask for more than any plugin needs, and a user who reads the request will refuse.",
			Bad:     "[capabilities.filesystem]\nread = [\"/**\"]\n",
			Good:    "[capabilities.filesystem]\nread = [\"/workspace/**\"]\n",
			Fix:     "A quick fix narrows a path to the workspace; name the hosts that are needed.",
		},
		{
			Code: "capability/invalid-host", Severity: Error,
			Summary: "the entry is no host name",
			Why:     "Hosts are compared by name: a scheme, port, path or empty label never matches any. Allowed are names, `*.example.com` and `*`.",
			Bad:     "[capabilities.network]\nhosts = [\"https://api.example.com/v1\"]\n",
			Good:    "[capabilities.network]\nhosts = [\"api.example.com\"]\n",
			Fix:     "A quick fix keeps the host and drops the rest.",
		},
		{
			Code: "capability/invalid-env", Severity: Error,
			Summary: "the entry is no name of an environment variable",
			Why:     "Names are letters, digits and `_`, with no digit first; values are not written here. An entry of another shape matches nothing.",
			Bad:     "[capabilities]\nenv = [\"LANG=C\"]\n",
			Good:    "[capabilities]\nenv = [\"LANG\"]\n",
			Fix:     "A quick fix keeps the name.",
		},
		{
			Code: "capability/undeclared-import", Severity: Warning, Needs: NeedsModule,
			Summary: "the module imports a host function whose capability is not declared",
			Why:     "The module loads, and every such call is denied when it runs.",
			Bad:     "[capabilities]\n\n[wasm]\nmodule = \"plugin.wasm\" # imports samuel.exec\n",
			Good:    "[capabilities]\nexec = true\n\n[wasm]\nmodule = \"plugin.wasm\" # imports samuel.exec\n",
			Fix:     "A quick fix declares the capability.",
		},
		{
			Code: "capability/unused", Severity: Information, Needs: NeedsModule,
			Summary: "a capability is declared, and the module imports nothing that needs it",
			Why:     "The user is asked for something that the plugin cannot use. WASI file imports count as use of the file system; `samuel.api` and `assistant.invoke` are never judged.",
			Bad:     "[capabilities]\nexec = true\n\n[wasm]\nmodule = \"plugin.wasm\" # imports nothing\n",
			Good:    "[capabilities]\n\n[wasm]\nmodule = \"plugin.wasm\" # imports nothing\n",
			Fix:     "A quick fix removes the declaration.",
		},
		{
			Code: "capability/risky", Severity: Hint,
			Summary: "what the user will be asked to grant",
			Why:     "Reading under `/workspace` is granted without asking. Writing, `exec`, network, `samuel.api`, `assistant.invoke` and reading elsewhere are asked of the user at the first run, and again whenever the set changes.",
			Bad:     "kind = \"wasm\"\n\n[capabilities]\nexec = true\n",
			Good:    "kind = \"wasm\"\n\n[capabilities.filesystem]\nread = [\"/workspace\"]\n",
			Fix:     "Nothing is wrong; ask for as little as the plugin needs.",
		},
	}
}

func runtimeRules() []Rule {
	return []Rule{
		{
			Code: "runtime/invalid-duration", Severity: Error,
			Summary: "the duration cannot be read, or is not above 0",
			Why:     "Durations are Go's: a number and a unit (`ms`, `s`, `m`, `h`), such as `500ms` or `1m30s`. The framework refuses others.",
			Bad:     "[runtime]\ntimeout = \"5\"\n",
			Good:    "[runtime]\ntimeout = \"5s\"\n",
			Fix:     "A quick fix adds the unit where only that is missing.",
		},
		{
			Code: "runtime/timeout-order", Severity: Error,
			Summary: "the soft limit lies beyond the hard one",
			Why:     "At `hard_timeout` (30s unless set) the run is over, so a longer `timeout` (5s unless set) is never reached.",
			Bad:     "[runtime]\ntimeout = \"10s\"\nhard_timeout = \"5s\"\n",
			Good:    "[runtime]\ntimeout = \"5s\"\nhard_timeout = \"10s\"\n",
			Fix:     "A quick fix swaps or raises the limits.",
		},
		{
			Code: "runtime/memory-too-small", Severity: Error, Needs: NeedsModule,
			Summary: "the module's initial memory does not fit in max_memory",
			Why:     "The module cannot even be instantiated.",
			Bad:     "[runtime]\nmax_memory = 1 # the module's memory starts at 2 MiB\n",
			Good:    "[runtime]\nmax_memory = 16 # the module's memory starts at 2 MiB\n",
			Fix:     "A quick fix raises it to what the module needs.",
		},
		{
			Code: "runtime/memory-out-of-range", Severity: Error,
			Summary: "max_memory is not between 1 and 4096 MiB",
			Why:     "A WebAssembly memory holds at most 4096 MiB, and less than 1 holds nothing.",
			Bad:     "[runtime]\nmax_memory = 0\n",
			Good:    "[runtime]\nmax_memory = 64\n",
			Fix:     "A quick fix writes the nearest value that is allowed.",
		},
	}
}
