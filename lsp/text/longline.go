package text

import "unicode/utf8"

const (
	// longLine is the length in bytes from which the units of a line are counted once and noted,
	// and not anew for each position in it.
	longLine = 4 << 10
	// noteEvery is the distance in bytes between two notes.
	noteEvery = 512
)

// lineNotes are the units before some places of one long line. Only the line that was asked for
// last has them: requests go through a text from line to line.
type lineNotes struct {
	start int // of the line
	enc   Encoding
	units []uint32 // before the places 0, noteEvery, 2*noteEvery and so on, see place
}

// unitsBefore returns the units of t.s[start:end], which lies in one line.
func (t *Text) unitsBefore(start, end int, e Encoding) int {
	if end-start < longLine || e == UTF8 {
		return e.Units(t.s[start:end])
	}
	notes := t.notes.Load()
	if notes == nil || notes.start != start || notes.enc != e {
		notes = t.note(start, e)
		t.notes.Store(notes)
	}
	i := min((end-start)/noteEvery, len(notes.units)-1)
	if t.place(start, i) > end {
		i--
	}
	return int(notes.units[i]) + e.Units(t.s[t.place(start, i):end])
}

func (t *Text) note(start int, e Encoding) *lineNotes {
	end := t.LineEnd(t.Line(start))
	n := &lineNotes{start: start, enc: e, units: make([]uint32, 1+(end-start)/noteEvery)}
	for i := 1; i < len(n.units); i++ {
		n.units[i] = n.units[i-1] + uint32(e.Units(t.s[t.place(start, i-1):t.place(start, i)]))
	}
	return n
}

// place is where the i-th note of a line stands: at the start of a code point, or of a byte that
// belongs to none.
func (t *Text) place(start, i int) int {
	at := start + i*noteEvery
	for back := range utf8.UTFMax {
		if i == 0 || at-back == len(t.s) || utf8.RuneStart(t.s[at-back]) {
			return at - back
		}
	}
	return at // so many continuation bytes belong to nothing
}
