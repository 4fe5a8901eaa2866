package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MaxFindings bounds the findings of one run.
const MaxFindings = 5000

// Finding is one remark on a file that a plugin reports by callback("diagnostics", [..]). Lines
// count from 1, columns in code points from 1; 0 is a place that was left out. The path is the
// guest's.
type Finding struct {
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
	Severity  string `json:"severity,omitempty"`
	Rule      string `json:"rule,omitempty"`
	Message   string `json:"message"`
}

// Decoder reads the findings of one run, at most MaxFindings of them.
type Decoder struct {
	count   int
	refused int
	full    bool
}

// maxRefused bounds the notes about findings that are left out of one run.
const maxRefused = 5

// Decode reads one payload and hands each finding to take, which may refuse it. It returns what the
// plugin's author should know about what was left out.
func (d *Decoder) Decode(payload []byte, take func(Finding) error) (notes []string) {
	if d.full {
		return nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(payload, &items); err != nil {
		return d.Refuse(fmt.Sprintf("the payload must be a list of findings: %v", err))
	}
	for _, raw := range items {
		if d.count >= MaxFindings {
			d.full = true
			return append(notes, fmt.Sprintf("callback diagnostics: more than %d findings in one run; the rest is left out", MaxFindings))
		}
		if err := decode(raw, take); err == nil {
			d.count++
		} else {
			notes = append(notes, d.Refuse(fmt.Sprintf("a finding is left out: %v", err))...)
		}
	}
	return notes
}

// Refuse returns the note about something that is left out; of more than a few there is none.
func (d *Decoder) Refuse(what string) []string {
	switch d.refused++; {
	case d.refused <= maxRefused:
		return []string{"callback diagnostics: " + what}
	case d.refused == maxRefused+1:
		return []string{"callback diagnostics: more is left out of this run, and not listed"}
	}
	return nil
}

func decode(raw json.RawMessage, take func(Finding) error) error {
	var f Finding
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	if f.Message == "" {
		return errors.New("it has no message")
	}
	if f.Line < 1 {
		return fmt.Errorf("its line is %d; lines count from 1", f.Line)
	}
	return take(f)
}
