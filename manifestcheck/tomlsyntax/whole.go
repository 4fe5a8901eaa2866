package tomlsyntax

// Section is the section that holds all of the table: the body of its only header, with no other table below it. Its ID
// can key what was computed from the table.
func (tab Table) Section() (Section, bool) {
	if tab.head == nil || tab.head.first != nil || len(tab.head.bodies) != 1 || len(tab.parts) != 1 {
		return Section{}, false
	}
	return Section{tab.t, tab.head.bodies[0]}, true
}
