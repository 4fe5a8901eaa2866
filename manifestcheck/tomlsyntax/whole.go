package tomlsyntax

import "iter"

// Section is the section that holds all of the table: the body of its only header, with no other table below it. Its ID
// can key what was computed from the table.
func (tab Table) Section() (Section, bool) {
	if tab.head == nil || tab.head.first != nil || len(tab.head.bodies) != 1 || !tab.single() {
		return Section{}, false
	}
	return Section{tab.t, tab.head.bodies[0]}, true
}

// Changed are the expressions that an earlier version of the section, which had the same header, has neither at its
// beginning nor at its end, and how many there are.
func (s Section) Changed(old SectionNode) (changed iter.Seq[Expr], n int) {
	now, was := s.t.secs[s.sec].nodes, old.section.nodes
	lo, hi := 0, len(now)
	for lo < hi && lo < len(was) && now[lo] == was[lo] {
		lo++
	}
	for end := len(was); hi > lo && end > lo && now[hi-1] == was[end-1]; end-- {
		hi--
	}
	return func(yield func(Expr) bool) {
		for i := lo; i < hi; i++ {
			if !yield(s.t.expr(s.sec, int32(i))) {
				return
			}
		}
	}, hi - lo
}

// Len is the number of the section's expressions.
func (s Section) Len() int { return len(s.t.secs[s.sec].nodes) }
