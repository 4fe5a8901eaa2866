package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
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
	Severity  string `json:"severity,omitempty"` // in lower case
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
		return d.Refuse("the payload must be a list of findings: " + Clip(string(payload), 80))
	}
	for i, raw := range items {
		if d.count >= MaxFindings {
			d.full = true
			return append(notes, fmt.Sprintf("callback diagnostics: more than %d findings in one run; the rest is left out", MaxFindings))
		}
		if err := decode(raw, take); err == nil {
			d.count++
		} else {
			notes = append(notes, d.Refuse(fmt.Sprintf("finding %d is left out: %v", i+1, err))...)
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

// wireFinding is a finding as plugins write it. Numbers are taken as they come: many languages have
// floating point ones alone.
type wireFinding struct {
	Path      string   `json:"path"`
	Line      *float64 `json:"line"`
	Column    float64  `json:"column"`
	EndLine   float64  `json:"end_line"`
	EndColumn float64  `json:"end_column"`
	Severity  string   `json:"severity"`
	Rule      string   `json:"rule"`
	Message   string   `json:"message"`
}

func decode(raw json.RawMessage, take func(Finding) error) error {
	var w wireFinding
	if err := json.Unmarshal(raw, &w); err != nil {
		return wrongType(raw, err)
	}
	switch {
	case w.Path == "":
		return errors.New("it has no path")
	case w.Line == nil:
		return errors.New("it has no line")
	case strings.TrimSpace(w.Message) == "":
		return errors.New("it has no message")
	}
	return take(Finding{
		Path: w.Path, Line: max(1, place(*w.Line)), Column: place(w.Column), EndLine: place(w.EndLine), EndColumn: place(w.EndColumn),
		Severity: strings.ToLower(w.Severity), Rule: w.Rule, Message: w.Message,
	})
}

// place is a line or a column; what lies outside of every file is moved to its nearest end.
func place(f float64) int { return int(min(max(f, 0), math.MaxInt32)) }

// wrongType says which field is not what it must be.
func wrongType(raw json.RawMessage, err error) error {
	var e *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &e):
		return err
	case e.Field == "":
		return fmt.Errorf("it must be an object, not %s", Clip(string(raw), 40))
	case e.Type.Kind() == reflect.String:
		return fmt.Errorf("its %s must be a string, not %s", e.Field, article(e.Value))
	}
	return fmt.Errorf("its %s must be a number, not %s", e.Field, article(e.Value))
}

// article puts an article before what a decoder calls a JSON value: "bool", "number 1e999", "object".
func article(value string) string {
	switch kind, rest, _ := strings.Cut(value, " "); {
	case rest != "":
		return rest
	case kind == "array" || kind == "object":
		return "an " + kind
	default:
		return "a " + kind
	}
}
