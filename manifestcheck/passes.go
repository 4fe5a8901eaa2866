package manifestcheck

// passes is every rule, in the order they run. checkLegacy comes before checkSchema, which leaves
// alone what it claimed; else order matters to nobody, since diagnostics are sorted.
var passes = []func(*pass){
	checkSyntax,
	checkLegacy,
	checkSchema,
	checkVersions,
	checkModuleProtocol,
	checkCapabilities,
	checkModuleCapabilities,
	checkRuntime,
	checkModule,
	checkExports,
	checkHooks,
}
