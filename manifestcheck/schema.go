package manifestcheck

import (
	"strings"
	"sync"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

// Type is what a key holds.
type Type uint8

const (
	TypeString  Type = iota + 1
	TypeInteger      // a whole number
	TypeBool         // true or false
	TypeStrings      // an array of strings
	TypeTable        // a table with a fixed set of keys
	TypeMap          // a table whose keys the author chooses; every value is a string
	TypeAny          // a table that holds anything
)

// String is the type as messages and hovers name it.
func (t Type) String() string {
	switch t {
	case TypeString:
		return "string"
	case TypeInteger:
		return "integer"
	case TypeBool:
		return "boolean"
	case TypeStrings:
		return "array of strings"
	}
	return "table"
}

// Choice is one value that a key may hold, or one key that a table may have.
type Choice struct{ Value, Doc string }

// Field is one row of the schema: all that is known of one key. The root is the row with the
// empty path. In a path, "*" stands for a key that the author chooses.
type Field struct {
	Path       string
	Type       Type
	Kinds      []string // plugin kinds that use the key; nil means all
	RequiredBy []string // plugin kinds that must have it
	NonEmpty   bool     // a required table or a string that must not be empty
	Default    string   // what holds when the key is missing, as TOML; "" means nothing
	Enum       []Choice // the values allowed: of the key, of each item of a list, of each key of a map
	Min, Max   int64    // bounds of an integer; both zero means none
	Unique     bool     // the list must not name the same item twice
	Constraint string   // one line, for people
	Pattern    string   // the constraint as a regular expression, for the JSON Schema
	Rule       string   // the rule that reports a bad value; "" means schema/invalid-value
	Aliases    []string // other names people write for it
	Deprecated []string // plugin kinds for which the key is deprecated
	Use        string   // the key to use instead
	Doc        string   // markdown
	Example    string   // a value, as TOML

	check func(*Checker, string) *badValue // of a string, or of each item
	// model says where the key's value goes in the model: *Text, *Flag, *Integer, *List, *[]Binding,
	// or *tomlsyntax.Span for the header of a table.
	model func(*Model) any

	path     []string
	values   []string // of Enum
	index    int      // below 64
	children map[string]*Field
	order    []*Field
}

// badValue says what is wrong with a string and, if it can be told, what to write instead.
type badValue struct {
	message string
	use     string // "" when unknown
	safe    bool   // use means the same as what was written
}

// Name is the last segment of the path.
func (f *Field) Name() string { return f.Path[strings.LastIndexByte(f.Path, '.')+1:] }

// Children returns the keys of a table, in the order of the documentation.
func (f *Field) Children() []*Field { return f.order }

// Child returns the row of a key of the table f: its own, or the one of any key ("*"), or nil.
func (f *Field) Child(name string) *Field {
	if c := f.children[name]; c != nil && name != "*" {
		return c
	}
	return f.children["*"]
}

// AppliesTo says whether plugins of a kind use the key.
func (f *Field) AppliesTo(kind string) bool { return f.Kinds == nil || contains(f.Kinds, kind) }

// RequiredFor says whether plugins of a kind must have the key.
func (f *Field) RequiredFor(kind string) bool { return contains(f.RequiredBy, kind) }

// DeprecatedFor says whether plugins of a kind should use another key.
func (f *Field) DeprecatedFor(kind string) bool { return contains(f.Deprecated, kind) }

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// SchemaTable is the schema: one row for each key, parents before their children.
type SchemaTable struct {
	Fields   []*Field
	root     *Field
	required []*Field // by some kind
}

// Root returns the row of the file itself.
func (s *SchemaTable) Root() *Field { return s.root }

// Lookup returns the row of a key, nil if there is none. Keys below [metadata] have none.
func (s *SchemaTable) Lookup(path ...string) *Field {
	f := s.root
	for _, name := range path {
		if f = f.Child(name); f == nil {
			return nil
		}
	}
	return f
}

// Schema returns the schema of samuel-plugin.toml. It is shared: nobody changes it.
func Schema() *SchemaTable { return schema() }

var schema = sync.OnceValue(func() *SchemaTable {
	root := &Field{Type: TypeTable, Doc: "The manifest of a Samuel plugin.", children: map[string]*Field{}}
	s := &SchemaTable{root: root}
	rows := schemaRows()
	for i := range rows {
		f := &rows[i]
		parent := root
		if dot := strings.LastIndexByte(f.Path, '.'); dot >= 0 {
			parent = s.Lookup(strings.Split(f.Path[:dot], ".")...)
		}
		f.children = map[string]*Field{}
		f.index = i
		f.values = choiceNames(f.Enum)
		f.path = strings.Split(f.Path, ".")
		parent.children[f.Name()] = f
		parent.order = append(parent.order, f)
		s.Fields = append(s.Fields, f)
		if f.RequiredBy != nil {
			s.required = append(s.required, f)
		}
	}
	return s
})

func allKinds() []string {
	return []string{manifest.KindSkill, manifest.KindWasm, manifest.KindOCI, manifest.KindMeta}
}

// kindChoices are the plugin kinds.
func kindChoices() []Choice {
	return []Choice{
		{manifest.KindSkill, "Instructions for an assistant; nothing of it is executed."},
		{manifest.KindWasm, "A WebAssembly module that the framework runs in a sandbox."},
		{manifest.KindOCI, "A container image that the framework runs."},
		{manifest.KindMeta, "A set of other plugins, named in `[requires]`."},
	}
}

// Events returns the hook events of the framework, in the order of a project's life.
func Events() []Choice { return events() }

var events = sync.OnceValue(func() []Choice {
	return []Choice{
		{"init.before", "Before a project is initialised."},
		{"init.after", "After a project was initialised."},
		{"sync.before", "Before plugins and generated files are synchronised."},
		{"sync.after", "After plugins and generated files were synchronised."},
		{"before:loop", "Before the agent loop starts."},
		{"after:loop", "After the agent loop ended."},
		{"before:iteration", "Before each iteration of the loop."},
		{"after:iteration", "After each iteration of the loop."},
		{"iteration.gate", "Decides whether an iteration may be taken as done."},
		{"context.snapshot", "Contributes a snapshot of the project to the context."},
		{"context.progress", "Contributes progress to the context."},
		{"context.task", "Contributes the current task to the context."},
		{"context.extra", "Contributes anything else to the context."},
		{"before:agent.invoke", "Before the agent is invoked."},
		{"agent.invoke", "Invokes the agent."},
		{"after:agent.invoke", "After the agent was invoked."},
		{"quality.check", "Checks the quality of the work; also fired by editors when a file is saved."},
	}
})
