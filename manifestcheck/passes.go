package manifestcheck

// passes is every rule, in the order they run. Order matters to nobody: diagnostics are sorted.
var passes = []func(*pass){
	checkSyntax,
	checkSchema,
	checkLegacy,
}
