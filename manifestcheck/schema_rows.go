package manifestcheck

import (
	"strconv"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

// schemaRows is the schema as written down, parents before children.
func schemaRows() []Field {
	const (
		skill = manifest.KindSkill
		wasm  = manifest.KindWasm
		oci   = manifest.KindOCI
		meta  = manifest.KindMeta
	)
	const (
		semverPattern = `^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
			`(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`
		durationPattern = `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`
	)
	const rangeText = "Cargo-style range: `^1.2.3`, `~1.2`, `>=1, <2`, `=1.2.3`, `1.*`, `*`"
	return []Field{
		{
			Path: "name", model: func(m *Model) any { return &m.Name }, Type: TypeString, RequiredBy: allKinds(), check: checkName, Pattern: namePattern,
			Constraint: "2-64 characters of a-z, 0-9 and -, no dash first or last", Example: `"my-plugin"`, Aliases: []string{"id", "title"},
			Doc: "The plugin's name, unique in a project. An installed plugin lies in `.samuel/plugins/<name>`, so the folder has the same name.",
		},
		{
			Path: "version", model: func(m *Model) any { return &m.Version }, Type: TypeString, RequiredBy: allKinds(), Rule: "version/invalid-semver", Pattern: semverPattern,
			Constraint: "a version by SemVer 2.0.0", Example: `"0.1.0"`,
			Doc: "The plugin's own version, by [SemVer 2.0.0](https://semver.org/spec/v2.0.0.html).",
		},
		{
			Path: "kind", model: func(m *Model) any { return &m.Kind }, Type: TypeString, RequiredBy: allKinds(), Enum: kindChoices(), Example: `"wasm"`, Aliases: []string{"type", "tier"},
			Doc: "What the plugin is, and so which tables the framework reads.",
		},
		{
			Path: "summary", model: func(m *Model) any { return &m.Summary }, Type: TypeString, Example: `"Checks the prose of a project"`, Aliases: []string{"description", "desc"},
			Doc: "One line that says what the plugin does, shown by `samuel search` and `samuel info`.",
		},
		{
			Path: "homepage", model: func(m *Model) any { return &m.Homepage }, Type: TypeString, check: checkHomepage, Pattern: "^[hH][tT][tT][pP][sS]?://[^/?#]", Constraint: "an absolute http or https URL",
			Example: `"https://example.com/my-plugin"`, Aliases: []string{"url", "repository", "website"},
			Doc: "Where to read more about the plugin.",
		},
		{
			Path: "license", model: func(m *Model) any { return &m.License }, Type: TypeString, check: checkLicense, Constraint: "an SPDX licence expression", Example: `"MIT"`, Aliases: []string{"licence", "licenses"},
			Doc: "The licence, as an [SPDX expression](https://spdx.org/licenses/), for example `MIT` or `Apache-2.0 OR MIT`.",
		},
		{
			Path: "authors", Type: TypeStrings, Unique: true, Example: `["Ada Lovelace <ada@example.com>"]`, Aliases: []string{"author", "maintainers"},
			Doc: "Who wrote the plugin.",
		},

		{Path: "samuel", Type: TypeTable, Aliases: []string{"engines", "compatibility"}, Doc: "What the plugin needs of the framework."},
		{
			Path: "samuel.framework", model: func(m *Model) any { return &m.Framework }, Type: TypeString, Rule: "version/invalid-range", Constraint: rangeText, Example: `"^2.3"`, Aliases: []string{"version"},
			Doc: "The framework versions that the plugin works with. The framework does not load a plugin whose range excludes it.",
		},
		{
			Path: "samuel.protocol", model: func(m *Model) any { return &m.Protocol }, Type: TypeString, Rule: "version/invalid-range", Constraint: rangeText, Example: `"^1"`, Aliases: []string{"protocol_version"},
			Doc: "The plugin protocol versions that the plugin speaks. Protocol n counts as version n.0.0; the framework speaks protocol 1.",
		},

		{Path: "provides", Type: TypeTable, Doc: "What the plugin adds to a project."},
		{Path: "provides.skills", Type: TypeStrings, Unique: true, NonEmpty: true, Example: `["review"]`, Aliases: []string{"skill"}, Doc: "Names of the skills that the plugin adds."},
		{Path: "provides.commands", Type: TypeStrings, Unique: true, NonEmpty: true, Example: `["lint"]`, Aliases: []string{"command"}, Doc: "Names of the commands that the plugin adds."},
		{Path: "provides.methodology", Type: TypeStrings, Unique: true, NonEmpty: true, Example: `["tdd"]`, Aliases: []string{"methodologies"}, Doc: "Names of the methodologies that the plugin adds."},
		{
			Path: "provides.hooks", model: func(m *Model) any { return &m.ProvidesHooks }, Type: TypeStrings, Unique: true, Enum: Events(), Rule: "hook/unknown-event", Constraint: "names of hook events",
			Example: `["quality.check"]`, Aliases: []string{"hook", "events"},
			Doc: "The hook events that the plugin answers. Which export answers them is said in `[hooks]` or `[wasm.hook_handlers]`.",
		},

		{
			Path: "requires", model: func(m *Model) any { return &m.RequiresHeader }, Type: TypeMap, RequiredBy: []string{meta}, NonEmpty: true, Aliases: []string{"dependencies", "require", "depends"},
			Constraint: "plugin name = version range; a plugin of kind meta requires at least one",
			Doc:        "The other plugins that this one needs: their names, each with the range of versions that will do.",
		},
		{
			Path: "requires.*", Type: TypeString, Rule: "version/invalid-range", Constraint: rangeText, Example: `"^1.0"`,
			Doc: "The versions of the required plugin that will do.",
		},

		{
			Path: "capabilities", model: func(m *Model) any { return &m.CapabilitiesHeader }, Type: TypeTable, RequiredBy: []string{wasm, oci}, Aliases: []string{"permissions", "capability"},
			Doc: "What the plugin may do. Whatever is not declared here is denied when it runs; what is risky is asked of the user.",
		},
		{
			Path: "capabilities.exec", model: func(m *Model) any { return &m.Exec }, Type: TypeBool, Default: "false", Example: "true",
			Doc: "Whether the plugin may start programs in the project (`samuel.exec`). Always asked of the user.",
		},
		{
			Path: "capabilities.env", model: func(m *Model) any { return &m.Env }, Type: TypeStrings, Unique: true, Rule: "capability/invalid-env", Pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
			Constraint: "names of environment variables: letters, digits and _, no digit first", Example: `["HOME"]`, Aliases: []string{"environment", "vars"},
			Doc: "The environment variables that are passed to the plugin. Without them its environment is empty.",
		},
		{Path: "capabilities.filesystem", Type: TypeTable, Aliases: []string{"fs", "files"}, Doc: "The files that the plugin may read and write, as guest paths: `/workspace` is the project's root."},
		{
			Path: "capabilities.filesystem.read", model: func(m *Model) any { return &m.Read }, Type: TypeStrings, Unique: true, Constraint: "absolute guest paths or doublestar globs", Example: `["/workspace/**"]`, Aliases: []string{"reads", "readable"},
			Rule: "capability/invalid-glob",
			Doc:  "What the plugin may read. A folder covers all that is below it. Reading under `/workspace` is granted without asking.",
		},
		{
			Path: "capabilities.filesystem.write", model: func(m *Model) any { return &m.Write }, Type: TypeStrings, Unique: true, Constraint: "absolute guest paths or doublestar globs, each inside a readable one", Example: `["/workspace/docs/**"]`, Aliases: []string{"writes", "writable"},
			Rule: "capability/invalid-glob",
			Doc:  "What the plugin may write. Always asked of the user. What is written must be readable too.",
		},
		{Path: "capabilities.network", Type: TypeTable, Aliases: []string{"net"}, Doc: "The hosts that the plugin may talk to, over HTTPS."},
		{
			Path: "capabilities.network.hosts", model: func(m *Model) any { return &m.Hosts }, Type: TypeStrings, Kinds: []string{skill, wasm, meta}, Unique: true, Rule: "capability/invalid-host",
			Constraint: "host names, `*.example.com`, or `*`; no scheme, port or path", Example: `["api.example.com"]`,
			Doc: "The hosts that a wasm plugin may talk to. Redirects are checked too; private addresses are refused unless listed by name.",
		},
		{
			Path: "capabilities.network.allowed_hosts", model: func(m *Model) any { return &m.AllowedHosts }, Type: TypeStrings, Kinds: []string{skill, oci, meta}, Unique: true, Rule: "capability/invalid-host",
			Constraint: "host names, `*.example.com`, or `*`; no scheme, port or path", Example: `["api.example.com"]`,
			Doc: "The hosts that an oci plugin may talk to, through the framework's proxy.",
		},
		{
			Path: "capabilities.network.outbound", model: func(m *Model) any { return &m.Outbound }, Type: TypeStrings, Unique: true, Rule: "capability/invalid-host", Deprecated: []string{wasm}, Use: "hosts",
			Constraint: "host names, `*.example.com`, or `*`; no scheme, port or path", Example: `["api.example.com"]`,
			Doc: "The hosts of framework 2.0, for plugins of kind skill and oci. A wasm plugin uses `hosts`.",
		},
		{Path: "capabilities.samuel", Type: TypeTable, Doc: "Use of the framework itself."},
		{Path: "capabilities.samuel.api", model: func(m *Model) any { return &m.SamuelAPI }, Type: TypeBool, Default: "false", Example: "true", Doc: "Whether the plugin may call the framework's API. Always asked of the user."},
		{Path: "capabilities.assistant", Type: TypeTable, Doc: "Use of the assistant."},
		{Path: "capabilities.assistant.invoke", model: func(m *Model) any { return &m.AssistantInvoke }, Type: TypeBool, Default: "false", Example: "true", Doc: "Whether the plugin may invoke the assistant. Always asked of the user."},

		{Path: "wasm", model: func(m *Model) any { return &m.WasmHeader }, Type: TypeTable, Kinds: []string{wasm}, RequiredBy: []string{wasm}, Doc: "The WebAssembly module of a wasm plugin."},
		{
			Path: "wasm.module", model: func(m *Model) any { return &m.ModulePath }, Type: TypeString, RequiredBy: []string{wasm}, NonEmpty: true, Rule: "module/outside-folder",
			Constraint: "a path relative to the manifest, inside its folder", Example: `"plugin.wasm"`, Aliases: []string{"path", "file"},
			Doc: "The module file, relative to the manifest. The usual name is `plugin.wasm`.",
		},
		{
			Path: "wasm.exports", model: func(m *Model) any { return &m.WasmExports }, Type: TypeStrings, Unique: true, NonEmpty: true, Constraint: "names of functions that the module exports", Example: `["health"]`, Aliases: []string{"export", "functions"},
			Doc: "The functions that the framework may call. A wasm plugin lists at least one, here or in `[runtime]`.",
		},
		{
			Path: "wasm.hook_handlers", model: func(m *Model) any { return &m.Bindings }, Type: TypeMap, Enum: Events(), Rule: "hook/unknown-event", Aliases: []string{"handlers", "hooks"},
			Constraint: "hook event = export",
			Doc:        "Binds hook events to exports; the same as `[hooks]`.",
		},
		{Path: "wasm.hook_handlers.*", Type: TypeString, Rule: "hook/missing-export", Constraint: "the name of an export", Doc: "The export that answers the event."},

		{
			Path: "oci", model: func(m *Model) any { return &m.OCIHeader }, Type: TypeTable, Kinds: []string{oci}, RequiredBy: []string{oci}, Aliases: []string{"container", "docker"},
			Doc: "The container image of an oci plugin.",
		},
		{
			Path: "oci.image", model: func(m *Model) any { return &m.Image }, Type: TypeString, RequiredBy: []string{oci}, check: checkImage, Pattern: "@sha256:[a-f0-9]{64}$",
			Constraint: "pinned by digest, ending in @sha256: and 64 hexadecimal digits",
			Doc:        "The image, pinned by digest, so that what was reviewed is what runs: `registry/name@sha256:<64 hex digits>`.",
		},
		{Path: "oci.digest", Type: TypeString, check: checkDigest, Constraint: "sha256: and 64 hexadecimal digits", Pattern: "^sha256:[a-f0-9]{64}$", Doc: "The image's digest once more; it must agree with the one in `image`."},
		{Path: "oci.workdir", Type: TypeString, NonEmpty: true, Example: `"/workspace"`, Aliases: []string{"cwd"}, Doc: "The working directory in the container."},
		{Path: "oci.cpu_quota", Type: TypeString, check: checkQuota, Constraint: "a positive decimal number of CPUs", Pattern: `^[0-9]*\.?[0-9]+$`, Example: `"1.5"`, Aliases: []string{"cpus"}, Doc: "How many CPUs the container may use, for example `\"1.5\"`."},
		{Path: "oci.memory_limit", Type: TypeString, check: checkMemoryLimit, Constraint: "a docker size such as 512m", Pattern: `^[0-9]*\.?[0-9]+[kmgtKMGT]?[iI]?[bB]?$`, Example: `"512m"`, Aliases: []string{"memory"}, Doc: "How much memory the container may use: a number with `b`, `k`, `m` or `g`."},
		{Path: "oci.entrypoint", Type: TypeStrings, Example: `["/bin/run"]`, Aliases: []string{"cmd"}, Doc: "Replaces the image's own entrypoint."},
		{
			Path: "oci.hook_handlers", model: func(m *Model) any { return &m.Bindings }, Type: TypeMap, Enum: Events(), Rule: "hook/unknown-event", Aliases: []string{"handlers", "hooks"},
			Constraint: "hook event = handler", Doc: "Binds hook events to handlers of the container; the same as `[hooks]`.",
		},
		{Path: "oci.hook_handlers.*", Type: TypeString, Rule: "hook/missing-export", Constraint: "the name of a handler", Doc: "The handler that answers the event."},

		{
			Path: "hooks", model: func(m *Model) any { return &m.Bindings }, Type: TypeMap, Kinds: []string{wasm, oci}, Enum: Events(), Rule: "hook/unknown-event", Aliases: []string{"hook_handlers", "handlers"},
			Constraint: "hook event = export",
			Doc:        "Binds hook events to exports: when the event happens, the framework calls the export.",
		},
		{Path: "hooks.*", Type: TypeString, Rule: "hook/missing-export", Constraint: "the name of an export", Doc: "The export that answers the event."},

		{Path: "runtime", model: func(m *Model) any { return &m.RuntimeHeader }, Type: TypeTable, Kinds: []string{wasm}, Aliases: []string{"limits", "budgets"}, Doc: "The budgets of each instance of a wasm plugin."},
		{
			Path: "runtime.max_memory", model: func(m *Model) any { return &m.MaxMemory }, Type: TypeInteger, Min: manifest.MinMemoryMiB, Max: manifest.MaxMemoryMiB, Rule: "runtime/memory-out-of-range",
			Default: strconv.Itoa(manifest.DefaultMaxMemoryMiB), Constraint: "MiB, 1 to 4096", Example: "64", Aliases: []string{"memory", "max_memory_mb", "memory_limit"},
			Doc: "How much memory an instance may use, in MiB.",
		},
		{
			Path: "runtime.timeout", model: func(m *Model) any { return &m.Timeout }, Type: TypeString, Rule: "runtime/invalid-duration", Pattern: durationPattern, Default: strconv.Quote(manifest.DefaultTimeout.String()),
			Constraint: "a Go duration above 0, at most `hard_timeout`", Example: `"5s"`, Aliases: []string{"soft_timeout"},
			Doc: "The soft limit of a call: after it every host function but `log` fails. A Go duration such as `\"500ms\"` or `\"1m30s\"`.",
		},
		{
			Path: "runtime.hard_timeout", model: func(m *Model) any { return &m.HardTimeout }, Type: TypeString, Rule: "runtime/invalid-duration", Pattern: durationPattern, Default: strconv.Quote(manifest.DefaultHardTimeout.String()),
			Constraint: "a Go duration above 0", Example: `"30s"`,
			Doc: "The hard limit of a call: at it the run is over. A Go duration such as `\"30s\"`.",
		},
		{
			Path: "runtime.exports", model: func(m *Model) any { return &m.RuntimeExports }, Type: TypeStrings, Unique: true, NonEmpty: true, Constraint: "the same names as `[wasm].exports` where both exist", Example: `["health"]`,
			Doc: "The functions that the framework may call: another place for `[wasm].exports`.",
		},

		{Path: "metadata", Type: TypeAny, Aliases: []string{"meta"}, Doc: "Anything the author wants to keep in the manifest. The framework does not read it."},
	}
}
