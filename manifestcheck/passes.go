package manifestcheck

// passes is every rule, in the order they run. checkLegacy and checkSplitEvents come before
// checkSchema, which leaves alone what they claimed; else order matters to nobody, since diagnostics are sorted.
var passes = []func(*pass){
	checkSyntax,
	checkLegacy,
	checkSplitEvents,
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
