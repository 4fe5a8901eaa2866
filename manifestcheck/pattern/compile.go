package pattern

import (
	"strings"
	"unicode/utf8"
)

// Bounds on one entry and on a list of them, so that matching stays cheap whatever a manifest says.
const (
	maxEntry        = 4096
	maxAlternatives = 64   // of one entry
	maxExpansions   = 1024 // alternatives of a list beyond the first of each entry
)

// WorkspaceRoot is the guest path of the project root.
const WorkspaceRoot = "/workspace"

// Compile parses an entry of filesystem.read or filesystem.write. An entry with a problem has no
// Glob: it must be taken to match nothing.
func Compile(entry string) (*Glob, *Problem) { return compileUpTo(entry, maxAlternatives) }

// CompileList parses the entries of one list. Entry i has either a Glob or a Problem; beside those
// of Compile there is one for entries whose alternatives are too many together with those before.
func CompileList(entries []string) ([]*Glob, []*Problem) {
	globs, problems := make([]*Glob, len(entries)), make([]*Problem, len(entries))
	left := maxExpansions
	for i, entry := range entries {
		if globs[i], problems[i] = compileUpTo(entry, min(maxAlternatives, left+1)); globs[i] != nil {
			left -= len(globs[i].alts) - 1
		}
	}
	return globs, problems
}

func compileUpTo(entry string, most int) (*Glob, *Problem) {
	if p := checkSyntax(entry); p != nil {
		return nil, p
	}
	if p := checkParent(entry); p != nil {
		return nil, p
	}
	var texts []string
	if !expand(entry, &texts, most) {
		if most < maxAlternatives {
			return nil, problem(InvalidGlob, 0, len(entry),
				"the globs of the list have more than %d alternatives together; use wildcards or folders instead", maxExpansions)
		}
		return nil, problem(InvalidGlob, 0, len(entry),
			"the glob has more than %d alternatives; write several entries or use a wildcard instead", maxAlternatives)
	}
	g := &Glob{entry: entry, alts: make([]alternative, 0, len(texts))}
	for _, text := range texts {
		if !rooted(text) {
			return nil, relative(entry)
		}
		g.alts = append(g.alts, parseAlternative(text))
	}
	return g, nil
}

// rooted reports whether an alternative begins at the root. "*" and "**" as a first segment do:
// they have no other meaning that a guest could use.
func rooted(text string) bool {
	if text == "" {
		return false
	}
	first, _, _ := strings.Cut(text, "/")
	return strings.Trim(first, "*") == ""
}

func relative(entry string) *Problem {
	p := problem(Relative, 0, len(entry), "%q is not an absolute guest path", entry)
	switch {
	case entry == "":
		p.Message = "the entry is empty; write an absolute guest path, where " + WorkspaceRoot + " is the project root"
		return p
	case entry[0] == '~' || entry[0] == '$':
		p.Message += "; neither ~ nor variables are expanded: write a path below " + WorkspaceRoot + ", the project root"
		return p
	case len(entry) >= 3 && entry[1] == ':' && (entry[2] == '\\' || entry[2] == '/'), strings.HasPrefix(entry, `\`):
		p.Message += "; guest paths have no drives and no backslashes: write a path below " + WorkspaceRoot + ", the project root"
		return p
	}
	rest := strings.TrimPrefix(entry, "./")
	switch {
	case rest == "." || rest == "":
		p.Suggest = WorkspaceRoot
	case rest == "workspace" || strings.HasPrefix(rest, "workspace/"):
		p.Suggest = "/" + rest
	case rest[0] == '{':
		p.Message += "; every alternative begins with /"
		return p
	default:
		p.Suggest = WorkspaceRoot + "/" + rest
	}
	p.Message += "; write " + quote(p.Suggest) + ", where " + WorkspaceRoot + " is the project root"
	return p
}

// checkParent finds a ".." segment. Where what it climbs out of is a plain name, the entry to
// write instead is known.
func checkParent(entry string) *Problem {
	at := -1
	for i := 0; i+2 <= len(entry); i++ {
		if entry[i:i+2] == ".." && boundary(entry, i-1) && boundary(entry, i+2) {
			at = i
			break
		}
	}
	if at < 0 {
		return nil
	}
	p := problem(Parent, at, at+2, "%q climbs with \"..\", which no guest path may do", entry)
	if !strings.ContainsAny(entry, `*?[]{}\`) {
		full := entry
		if entry[0] != '/' {
			full = WorkspaceRoot + "/" + entry
		}
		var kept []string
		for _, seg := range strings.Split(full, "/") {
			switch {
			case seg == "" || seg == ".":
			case seg != "..":
				kept = append(kept, seg)
			case len(kept) > 0:
				kept = kept[:len(kept)-1]
			}
		}
		clean := "/" + strings.Join(kept, "/")
		if clean == WorkspaceRoot || strings.HasPrefix(clean, WorkspaceRoot+"/") {
			p.Suggest = clean
			p.Message += "; write " + quote(clean)
			return p
		}
	}
	p.Message += "; name the folder itself, from the guest's root"
	return p
}

// boundary reports whether position i is outside of entry or ends a segment there.
func boundary(entry string, i int) bool {
	return i < 0 || i >= len(entry) || strings.IndexByte("/{},", entry[i]) >= 0
}

// checkSyntax finds what is wrong with the glob as a text, at its exact place.
func checkSyntax(entry string) *Problem {
	if len(entry) > maxEntry {
		return problem(InvalidGlob, 0, len(entry), "the entry is %d bytes long; at most %d are allowed", len(entry), maxEntry)
	}
	var open []int
	for i := 0; i < len(entry); i++ {
		switch entry[i] {
		case 0:
			return problem(InvalidGlob, i, i+1, "a path cannot hold a NUL byte; remove it")
		case '\\':
			if i++; i >= len(entry) {
				return problem(InvalidGlob, i-1, i, `"\" escapes the character behind it, and there is none; remove it or write "\\"`)
			}
			if entry[i] == '/' {
				return problem(InvalidGlob, i-1, i+1, `"/" cannot be escaped; remove the "\"`)
			}
		case '[':
			_, end, p := parseClass(entry, i)
			if p != nil {
				return p
			}
			i = end - 1
		case '{':
			open = append(open, i)
		case '}':
			if len(open) == 0 {
				return problem(InvalidGlob, i, i+1, `"}" has no "{" before it; write "\}" for the character itself`)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		i := open[len(open)-1]
		return problem(InvalidGlob, i, i+1, `"{" has no "}" behind it; close the alternatives, or write "\{" for the character itself`)
	}
	return nil
}

// parseClass parses the class that begins with the "[" at start, and returns where it ends.
func parseClass(text string, start int) (*class, int, *Problem) {
	c := &class{}
	i := start + 1
	if i < len(text) && (text[i] == '!' || text[i] == '^') {
		c.negated = true
		i++
	}
	if i < len(text) && text[i] == ']' {
		return nil, 0, problem(InvalidGlob, start, i+1, `the class is empty; write the characters it stands for, or "\[" for the character itself`)
	}
	for i < len(text) && text[i] != ']' {
		from := i
		lo, next, p := classRune(text, i)
		if p != nil {
			return nil, 0, p
		}
		hi := lo
		if i = next; i+1 < len(text) && text[i] == '-' && text[i+1] != ']' {
			if hi, i, p = classRune(text, i+1); p != nil {
				return nil, 0, p
			}
		}
		if hi < lo {
			return nil, 0, problem(InvalidGlob, from, i, "the range %s is empty; write %s-%s", quote(text[from:i]), string(hi), string(lo))
		}
		c.ranges = append(c.ranges, [2]rune{lo, hi})
	}
	if i >= len(text) {
		return nil, 0, problem(InvalidGlob, start, start+1, `"[" has no "]" behind it; close the class, or write "\[" for the character itself`)
	}
	return c, i + 1, nil
}

func classRune(text string, i int) (r rune, next int, p *Problem) {
	from := i
	if text[i] == '\\' {
		if i++; i >= len(text) {
			return 0, 0, problem(InvalidGlob, i-1, i, `"\" escapes the character behind it, and there is none; remove it or write "\\"`)
		}
	}
	if text[i] == '/' {
		return 0, 0, problem(InvalidGlob, from, i+1, `a class never matches "/"; remove it`)
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return r, i + size, nil
}

// expand writes the brace-free texts that entry stands for to out; false when there are more than most.
func expand(entry string, out *[]string, most int) bool {
	open := -1
	depth, from := 0, 0
	var alts []string
	for i := 0; i < len(entry); i++ {
		switch entry[i] {
		case '\\':
			i++
		case '[':
			_, end, _ := parseClass(entry, i)
			i = end - 1
		case '{':
			if depth++; depth == 1 {
				open, from = i, i+1
			}
		case ',':
			if depth == 1 {
				alts = append(alts, entry[from:i])
				from = i + 1
			}
		case '}':
			if depth--; depth > 0 {
				continue
			}
			for _, alt := range append(alts, entry[from:i]) {
				if !expand(join(entry[:open], alt+entry[i+1:]), out, most) {
					return false
				}
			}
			return true
		}
	}
	*out = append(*out, entry)
	return len(*out) <= most
}

// join puts an alternative where its braces were. Stars before braces stay in their segment, as for
// doublestar: "**" is one of its own only where "/" or the end follows, and no star in the braces makes it one.
func join(before, after string) string {
	if strings.HasSuffix("/"+before, "/**") {
		before = before[:len(before)-1]
	}
	if strings.HasSuffix("/"+before, "/*") && strings.HasPrefix(after, "*") && !strings.HasPrefix(after, "**") {
		after = after[1:] // the two match what one does
	}
	return before + after
}

// parseAlternative turns a checked, brace-free text into segments.
func parseAlternative(text string) alternative {
	var a alternative
	for _, s := range strings.Split(text, "/") {
		switch {
		case s == "" || s == ".":
		case s == "**":
			if len(a) == 0 || !a[len(a)-1].deep {
				a = append(a, segment{deep: true, text: s})
			}
		default:
			a = append(a, parseSegment(s))
		}
	}
	if n := len(a); n > 0 && a[n-1].deep {
		a = a[:n-1]
	}
	return a
}

func parseSegment(text string) segment {
	s := segment{text: text, plain: true}
	if !strings.ContainsAny(text, `*?[\`) {
		for _, r := range text {
			s.ops = append(s.ops, op{kind: opLit, r: r})
		}
		return s
	}
	var lit strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		o := op{kind: opLit, r: r}
		switch r {
		case '*':
			o = op{kind: opStar}
		case '?':
			o = op{kind: opAny}
		case '[':
			c, end, _ := parseClass(text, i)
			size = end - i
			o = op{kind: opClass, class: c}
			if !c.negated && len(c.ranges) == 1 && c.ranges[0][0] == c.ranges[0][1] {
				o = op{kind: opLit, r: c.ranges[0][0]}
			}
		case '\\':
			r, n := utf8.DecodeRuneInString(text[i+1:])
			size = 1 + n
			o = op{kind: opLit, r: r}
		}
		i += size
		if o.kind == opStar && len(s.ops) > 0 && s.ops[len(s.ops)-1].kind == opStar {
			continue
		}
		s.ops = append(s.ops, o)
		s.plain = s.plain && o.kind == opLit
		if o.kind == opLit {
			lit.WriteRune(o.r)
		}
	}
	if s.plain {
		s.text = lit.String()
	}
	return s
}

func quote(s string) string { return `"` + s + `"` }
