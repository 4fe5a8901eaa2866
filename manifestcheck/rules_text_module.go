package manifestcheck

// The text of the rules page: module, export, hook and run.

func moduleRules() []Rule {
	return []Rule{
		{
			Code: "module/missing", Severity: Error, Needs: NeedsModule,
			Summary: "there is no such module file",
			Why:     "A wasm plugin without its module cannot be loaded. It may just not be built yet.",
			Bad:     "[wasm]\nmodule = \"plugn.wasm\" # the folder has plugin.wasm\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\"\n",
			Fix:     "Build the module, or mend the path. A quick fix writes the name of the module that is there.",
		},
		{
			Code: "module/not-wasm", Severity: Error, Needs: NeedsModule,
			Summary: "the file is no WebAssembly",
			Why:     "It does not start with the magic bytes of a WebAssembly module: often it is a text file, an error page or a native library.",
			Bad:     "[wasm]\nmodule = \"README.md\"\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\"\n",
			Fix:     "Name the file that the compiler wrote for the wasm target.",
		},
		{
			Code: "module/component", Severity: Error, Needs: NeedsModule,
			Summary: "the file is a component, not a core module",
			Why:     "The host runs core modules with WASI preview 1. A component (WASI preview 2) has another format.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # built for wasm32-wasip2\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # built for wasm32-wasip1\n",
			Fix:     "Build for WASI preview 1, for example `--target wasm32-wasip1`.",
		},
		{
			Code: "module/malformed", Severity: Error, Needs: NeedsModule,
			Summary: "the module's sections are broken",
			Why:     "The file starts as a module and then contradicts itself; often it was cut short. The host refuses it.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # half a file\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\"\n",
			Fix:     "Build the module again.",
		},
		{
			Code: "module/unknown-import", Severity: Error, Needs: NeedsModule,
			Summary: "the module imports what the host does not offer",
			Why:     "A module is instantiated only when all its imports are there. The host offers the `samuel` functions and WASI preview 1.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # imports env.print\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # imports samuel.log\n",
			Fix:     "Import the host's function instead.",
		},
		{
			Code: "module/import-signature", Severity: Error, Needs: NeedsModule,
			Summary: "the module imports a host function with another signature",
			Why:     "Signatures must agree exactly, else the module is not instantiated.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # imports samuel.exec (i32) -> i32\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # imports samuel.exec (i32, i32) -> i32\n",
			Fix:     "Declare the import as the host defines it.",
		},
		{
			Code: "module/too-large", Severity: Error, Needs: NeedsModule,
			Summary: "the module is too large to be loaded",
			Why:     "Above the limit a module is neither inspected nor run.",
			Bad:     "[wasm]\nmodule = \"plugin.wasm\" # with all its debug information\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\" # stripped\n",
			Fix:     "Strip debug information, and build for size.",
		},
		{
			Code: "module/outside-folder", Severity: Error,
			Summary: "the module's path leaves the manifest's folder",
			Why:     "Only what lies in the plugin's folder is installed. The path must be relative, without `..`, and must not leave by a symbolic link.",
			Bad:     "[wasm]\nmodule = \"../build/plugin.wasm\"\n",
			Good:    "[wasm]\nmodule = \"plugin.wasm\"\n",
			Fix:     "Copy the module beside its manifest when building.",
		},
	}
}

func exportRules() []Rule {
	return []Rule{
		{
			Code: "export/none", Severity: Error,
			Summary: "a wasm plugin names no export",
			Why:     "The framework may call nothing but what is listed in `[wasm]` or `[runtime]` `exports`; with no export at all the plugin can do nothing, and is refused.",
			Bad:     "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n\n[capabilities]\n\n[wasm]\nmodule = \"plugin.wasm\"\n",
			Good:    "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n\n[capabilities]\n\n[wasm]\nmodule = \"plugin.wasm\"\nexports = [\"lint\"]\n",
			Fix:     "A quick fix lists what the module exports.",
		},
		{
			Code: "export/missing", Severity: Error, Needs: NeedsModule,
			Summary: "the module has no such export",
			Why:     "The call fails when the framework makes it.",
			Bad:     "[wasm]\nexports = [\"lnt\"] # the module exports lint\n",
			Good:    "[wasm]\nexports = [\"lint\"] # the module exports lint\n",
			Fix:     "A quick fix writes the nearest real export. It is no part of fix-all: the module may be the one to change.",
		},
		{
			Code: "export/not-a-function", Severity: Error, Needs: NeedsModule,
			Summary: "the export is a memory, table or global",
			Why:     "Only functions can be called.",
			Bad:     "[wasm]\nexports = [\"memory\"]\n",
			Good:    "[wasm]\nexports = [\"lint\"]\n",
			Fix:     "Name a function.",
		},
		{
			Code: "export/signature", Severity: Error, Needs: NeedsModule,
			Summary: "the export has a signature that the framework cannot call",
			Why:     "A hook is `()`, `() -> i32`, `(ptr i32, len i32) -> i32` or `(ptr i32, len i32) -> i64`; `health` and `samuel_protocol_version` are `() -> i32`.",
			Bad:     "[wasm]\nexports = [\"lint\"] # lint(f64) -> f64\n",
			Good:    "[wasm]\nexports = [\"lint\"] # lint(i32, i32) -> i64\n",
			Fix:     "Change the function in the plugin's source.",
		},
		{
			Code: "export/reserved", Severity: Error,
			Summary: "the name is one of the framework's own verbs",
			Why:     "An export named like a verb of the framework (`init`, `install`, `run`, `list` ...) would shadow it, and is refused.",
			Bad:     "[wasm]\nexports = [\"install\"]\n",
			Good:    "[wasm]\nexports = [\"install_rules\"]\n",
			Fix:     "Rename the function in the plugin's source and here.",
		},
		{
			Code: "export/drift", Severity: Error,
			Summary: "the two lists of exports disagree",
			Why:     "Where `[wasm]` and `[runtime]` both have `exports`, they must name the same functions. The related place is the other list.",
			Bad:     "[wasm]\nexports = [\"lint\", \"health\"]\n\n[runtime]\nexports = [\"lint\"]\n",
			Good:    "[wasm]\nexports = [\"lint\", \"health\"]\n\n[runtime]\nexports = [\"lint\", \"health\"]\n",
			Fix:     "A quick fix adds the missing name to the other list.",
		},
		{
			Code: "export/no-allocator", Severity: Error, Needs: NeedsModule,
			Summary: "the export takes bytes, and the module has no allocator",
			Why:     "The host places a payload in the guest's memory through `samuel_alloc(len i32) -> ptr i32` (else `cabi_realloc` or `malloc`). Without one, or without a memory, the call fails.",
			Bad:     "[wasm]\nexports = [\"lint\"] # lint(i32, i32) -> i64, and no samuel_alloc\n",
			Good:    "[wasm]\nexports = [\"lint\"] # lint(i32, i32) -> i64, and samuel_alloc(i32) -> i32\n",
			Fix:     "Export `samuel_alloc` from the module.",
		},
	}
}

func hookRules() []Rule {
	return []Rule{
		{
			Code: "hook/unknown-event", Severity: Error,
			Summary: "the framework has no such event",
			Why:     "A hook of an unknown event is never called, and the framework refuses it.",
			Bad:     "[hooks]\n\"quality.chek\" = \"lint\"\n",
			Good:    "[hooks]\n\"quality.check\" = \"lint\"\n",
			Fix:     "A quick fix writes the nearest event. An event with a dot is quoted, else it is two keys.",
		},
		{
			Code: "hook/missing-export", Severity: Error,
			Summary: "the event is bound to a function that no exports list names",
			Why:     "The framework calls only what `[wasm]` or `[runtime]` `exports` list.",
			Bad:     "kind = \"wasm\"\n\n[wasm]\nexports = [\"lint\"]\n\n[hooks]\n\"quality.check\" = \"check\"\n",
			Good:    "kind = \"wasm\"\n\n[wasm]\nexports = [\"lint\"]\n\n[hooks]\n\"quality.check\" = \"lint\"\n",
			Fix:     "Quick fixes write the nearest listed export, or add the name to the list.",
		},
		{
			Code: "hook/conflict", Severity: Error,
			Summary: "two tables bind one event to different exports",
			Why:     "`[hooks]` and `[wasm.hook_handlers]` are the same binding in two forms, and both are read. The related place is the other binding.",
			Bad:     "[hooks]\n\"quality.check\" = \"lint\"\n\n[wasm.hook_handlers]\n\"quality.check\" = \"check\"\n",
			Good:    "[hooks]\n\"quality.check\" = \"lint\"\n",
			Fix:     "Keep one of the two.",
		},
		{
			Code: "hook/not-provided", Severity: Information,
			Summary: "a bound event is not listed in provides.hooks",
			Why:     "The hook works; but `samuel info` and search show only what `[provides]` lists.",
			Bad:     "kind = \"wasm\"\n\n[provides]\nhooks = []\n\n[wasm]\nexports = [\"lint\"]\n\n[hooks]\n\"quality.check\" = \"lint\"\n",
			Good:    "kind = \"wasm\"\n\n[provides]\nhooks = [\"quality.check\"]\n\n[wasm]\nexports = [\"lint\"]\n\n[hooks]\n\"quality.check\" = \"lint\"\n",
			Fix:     "The fix adds the event to the list.",
		},
		{
			Code: "hook/unbound", Severity: Hint,
			Summary: "provides.hooks lists an event that is bound to no export",
			Why:     "Nothing will answer the event.",
			Bad:     "kind = \"wasm\"\n\n[provides]\nhooks = [\"quality.check\"]\n\n[wasm]\nexports = [\"lint\"]\n",
			Good:    "kind = \"wasm\"\n\n[provides]\nhooks = [\"quality.check\"]\n\n[wasm]\nexports = [\"lint\"]\n\n[hooks]\n\"quality.check\" = \"lint\"\n",
			Fix:     "Bind the event in `[hooks]`, or remove it from the list.",
		},
	}
}

func runRules() []Rule {
	const bad = "[hooks]\n\"quality.check\" = \"lint\"\n"
	rule := func(name, summary, why, fix string) Rule {
		return Rule{Code: "run/" + name, Severity: Warning, Needs: NeedsRun, Summary: summary, Why: why, Bad: bad, Good: bad, Fix: fix}
	}
	return []Rule{
		rule("health", "the plugin says that it is not healthy",
			"`health` returned another number than 0. 0 is healthy, though a guide in circulation says otherwise.",
			"Mend what the plugin checks; the run's log has its own words."),
		rule("trap", "the run ended in a trap",
			"The module did what WebAssembly forbids: `unreachable`, an access out of bounds, a division by zero. The related places are its stack, where the module has names.",
			"Mend the function; build with names to see the stack."),
		rule("timeout", "the run did not end in time",
			"At `hard_timeout` the run is over. Compiling has a limit of its own.",
			"Make it faster, or raise `timeout` and `hard_timeout` in `[runtime]`."),
		rule("memory", "the run needed more memory than it may use",
			"An instance may use `max_memory` MiB, 64 unless set.",
			"Use less, or raise `max_memory` in `[runtime]`."),
		rule("denied", "the run called what it may not",
			"The capability is not declared, does not cover the target, or was not granted.",
			"Declare it in `[capabilities]`, and grant it when asked."),
		rule("failed", "the run said that it failed",
			"The function returned a failure, or something that is no valid answer. The log has the reason.",
			"See the run's log."),
	}
}
