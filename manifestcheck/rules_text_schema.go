package manifestcheck

// The text of the rules page, group by group: syntax, schema and version. Bad and Good are parts
// of manifests; a test checks that Bad has the rule's diagnostic and Good has not.

func syntaxRules() []Rule {
	return []Rule{
		{
			Code: "syntax/invalid", Severity: Error,
			Summary: "the text is no TOML",
			Why: "The framework reads the manifest with a TOML decoder, which refuses the whole file at the first such place. " +
				"Here every such place is shown, and the rest of the file is checked all the same.",
			Bad:  "[samuel]\nframework = ^2.2.0\n",
			Good: "[samuel]\nframework = \"^2.2.0\"\n",
			Fix:  "Where the intent is clear (a missing quote, bracket or equals sign) a quick fix writes it.",
		},
		{
			Code: "syntax/duplicate-key", Severity: Error,
			Summary: "a key is defined twice in one table",
			Why:     "TOML allows each key once, and the decoder refuses the file. The related place is the first definition, which is the one the other rules look at.",
			Bad:     "name = \"lint\"\nname = \"format\"\n",
			Good:    "name = \"lint\"\n",
			Fix:     "Remove one of the two.",
		},
		{
			Code: "syntax/redefined-table", Severity: Error,
			Summary: "a table is defined twice",
			Why:     "TOML allows one header for each table, and no header for a table that was written inline or by dotted keys. The related place is the first definition.",
			Bad:     "[samuel]\nframework = \"^2\"\n\n[provides]\n\n[samuel]\nprotocol = \"^1\"\n",
			Good:    "[samuel]\nframework = \"^2\"\nprotocol = \"^1\"\n\n[provides]\n",
			Fix:     "Move the keys below the first header.",
		},
	}
}

func schemaRules() []Rule {
	return []Rule{
		{
			Code: "schema/missing-key", Severity: Error,
			Summary: "a required key or table is missing",
			Why: "`name`, `version` and `kind` are required of every plugin; `[capabilities]` and `[wasm]` with `module` of a wasm plugin; `[capabilities]` and `[oci]` with `image` of an oci plugin; " +
				"a non-empty `[requires]` of a meta plugin. The framework refuses a manifest without them. The diagnostic stands on the table's header, or on the file's first key for the root.",
			Bad:  "name = \"lint\"\nkind = \"skill\"\n",
			Good: "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n",
			Fix:  "A quick fix adds the key with a value to start from.",
		},
		{
			Code: "schema/unknown-key", Severity: Error,
			Summary: "the key is none of the manifest's",
			Why:     "The framework refuses manifests with keys that it does not know, so that a mistyped capability is never taken for an absent one. Keys of your own belong below `[metadata]`.",
			Bad:     "sumary = \"Checks prose\"\n",
			Good:    "summary = \"Checks prose\"\n",
			Fix:     "A quick fix renames it to the nearest known key of the same table, if one is near.",
		},
		{
			Code: "schema/wrong-type", Severity: Error,
			Summary: "the value is of another type than the key holds",
			Why:     "The decoder refuses the file.",
			Bad:     "[capabilities]\nexec = \"true\"\n",
			Good:    "[capabilities]\nexec = true\n",
			Fix:     "Where the same thing can be said in the right type (`\"true\"`, `\"64\"`, a single string for a list) the fix says it.",
		},
		{
			Code: "schema/invalid-value", Severity: Error,
			Summary: "the value is of the right type, and not one that the key can hold",
			Why:     "The framework refuses the manifest, or what needs the value fails: a name that is no plugin name, an unknown kind, a homepage that is no URL, a licence that is no SPDX expression, an image that is not pinned by digest.",
			Bad:     "kind = \"wasn\"\n",
			Good:    "kind = \"wasm\"\n",
			Fix:     "A quick fix writes the nearest valid value, if one is near.",
		},
		{
			Code: "schema/duplicate-item", Severity: Warning,
			Summary: "the list names the same item twice",
			Why:     "The second one changes nothing; usually another was meant. The related place is the first.",
			Bad:     "authors = [\"Ada\", \"Ada\"]\n",
			Good:    "authors = [\"Ada\", \"Grace\"]\n",
			Fix:     "The fix removes the second.",
		},
		{
			Code: "schema/not-for-kind", Severity: Warning,
			Summary: "plugins of this kind do not use the key",
			Why:     "The framework reads `[wasm]` and `[runtime]` for wasm plugins only, and `[oci]` for oci plugins only. What is written there has no effect: either the kind is wrong or the table is a leftover.",
			Bad:     "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n\n[runtime]\nmax_memory = 128\n",
			Good:    "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n",
			Fix:     "A quick fix removes the table, or renames the key to the one of this kind.",
		},
		{
			Code: "schema/deprecated-key", Severity: Information,
			Summary: "the key still works, and another one replaces it",
			Why:     "`outbound` is the host list of framework 2.0. A wasm plugin says `hosts`.",
			Bad:     "kind = \"wasm\"\n\n[capabilities.network]\noutbound = [\"api.example.com\"]\n",
			Good:    "kind = \"wasm\"\n\n[capabilities.network]\nhosts = [\"api.example.com\"]\n",
			Fix:     "The fix renames the key, or moves its items to the other list.",
		},
		{
			Code: "schema/legacy-shape", Severity: Error,
			Summary: "this is the shape of an old document",
			Why: "Older guides show a `[plugin]` table, at times with the other tables below it, lists for `filesystem`, `exec` and `network`, `capabilities.required`, `entry` and `protocol_version` in `[wasm]`, a `runtime` table with fuel in `[wasm]`, " +
				"`runtime_args` in `[oci]` and a `plugins` list in `[requires]`. The framework refuses all of them. Each is one diagnostic, however many keys it has.",
			Bad:  "[capabilities]\nnetwork = [\"api.example.com\"]\n",
			Good: "[capabilities]\nnetwork = { hosts = [\"api.example.com\"] }\n",
			Fix:  "One fix rewrites the whole shape.",
		},
		{
			Code: "schema/name-folder-mismatch", Severity: Warning, Needs: NeedsFolder,
			Summary: "an installed plugin's name is not its folder's",
			Why:     "The framework installs a plugin in `.samuel/plugins/<name>` and looks for it there; with another name it is not found again, nor uninstalled.",
			Bad:     "# in .samuel/plugins/prose-lint/\nname = \"lint\"\n",
			Good:    "# in .samuel/plugins/prose-lint/\nname = \"prose-lint\"\n",
			Fix:     "A quick fix writes the folder's name; or rename the folder.",
		},
		{
			Code: unusedIgnore, Severity: Information,
			Summary: "an ignore comment silences nothing",
			Why: "`# samuel-lsp: ignore[group/name]` on a line, or on a line of its own above it, silences that rule there; several codes are separated by commas, and a group stands for all its rules. " +
				"A comment that silences nothing hides the next mistake; one that names no rule never did anything and is a warning.",
			Bad:  "name = \"lint\" # samuel-lsp: ignore[schema/invalid-value]\n",
			Good: "name = \"Lint\" # samuel-lsp: ignore[schema/invalid-value]\n",
			Fix:  "A quick fix removes the code, or the comment with its last code.",
		},
	}
}

func versionRules() []Rule {
	return []Rule{
		{
			Code: "version/invalid-semver", Severity: Error,
			Summary: "the version is not one by SemVer 2.0.0",
			Why:     "The framework orders and selects plugins by their versions, and refuses one that it cannot read.",
			Bad:     "version = \"v1.0\"\n",
			Good:    "version = \"1.0.0\"\n",
			Fix:     "A quick fix completes a version that lacks numbers or has a leading v.",
		},
		{
			Code: "version/invalid-range", Severity: Error,
			Summary: "the range cannot be read",
			Why:     "Ranges are Cargo-style: `^1.2.3`, `~1.2`, `>=1, <2`, `=1.2.3`, `1.2.3` (exactly that one), `1.*`, `*`; a comma means and. The framework refuses anything else.",
			Bad:     "[samuel]\nframework = \">=2.0 || <1.0\"\n",
			Good:    "[samuel]\nframework = \">=2.0\"\n",
			Fix:     "A quick fix is offered where the spelling of another tool can be translated.",
		},
		{
			Code: "version/empty-range", Severity: Error,
			Summary: "no version is in the range",
			Why:     "The parts of the range exclude each other, so nothing can ever satisfy it.",
			Bad:     "[samuel]\nframework = \">=3, <2\"\n",
			Good:    "[samuel]\nframework = \">=2, <3\"\n",
			Fix:     "Mend one of the bounds.",
		},
		{
			Code: "version/framework-excluded", Severity: Error,
			Summary: "the range excludes the framework version that is used",
			Why:     "The framework does not load a plugin that says it does not work with it. The version checked against is the setting `samuel.framework.version`, 2.3.0 unless set.",
			Bad:     "[samuel]\nframework = \"^1.0\"\n",
			Good:    "[samuel]\nframework = \"^2.3\"\n",
			Fix:     "A quick fix writes a range that admits the framework's version.",
		},
		{
			Code: "version/any-range", Severity: Hint,
			Summary: "the range admits every version",
			Why:     "`*` also admits versions that break what the plugin relies on.",
			Bad:     "[requires]\nprose = \"*\"\n",
			Good:    "[requires]\nprose = \"^1.2\"\n",
			Fix:     "Name the lowest version that works, with a caret.",
		},
	}
}
