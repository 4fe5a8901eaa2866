package inspect

import "strings"

// readProducers reads the producers section as tool-conventions describe it: fields (language,
// processed-by, sdk), each with names and versions. What cannot be read gives nil.
func readProducers(d *decoder) []Producer {
	var out []Producer
	for range d.count("fields", 2, 16) {
		field := d.name("a field")
		for range d.count("values", 2, 256) {
			out = append(out, Producer{Field: field, Name: d.name("a name"), Version: d.name("a version")})
			if !d.ok() {
				return nil
			}
		}
	}
	if !d.ok() {
		return nil
	}
	return out
}

// language reports whether the producers section names that source language.
func (s *Summary) language(name string) bool {
	for _, p := range s.Producers {
		if p.Field == "language" && p.Name == name {
			return true
		}
	}
	return false
}

// Toolchain names what built the module, for example "Go 1.26.0", "Rust (rustc 1.95.0)",
// "C (clang 14.0.6)" or "AssemblyScript"; "" where the module does not tell.
func (s *Summary) Toolchain() string {
	var languages []string
	compiler := ""
	for _, p := range s.Producers {
		switch p.Field {
		case "language":
			languages = append(languages, spaced(languageName(p.Name), strings.TrimPrefix(p.Version, "go")))
		case "processed-by":
			if compiler == "" {
				compiler = spaced(p.Name, version(p.Version))
			}
		}
	}
	switch {
	case s.language("Go"):
		return strings.Join(languages, ", ")
	case len(languages) == 0 && strings.Contains(compiler, "clang"):
		return "C (" + compiler + ")"
	case len(languages) == 0 && compiler == "":
		return s.toolchainByExterns()
	case len(languages) == 0:
		return compiler
	case compiler == "":
		return strings.Join(languages, ", ")
	}
	return strings.Join(languages, ", ") + " (" + compiler + ")"
}

// languageName drops the standard's year that clang writes behind the language.
func languageName(name string) string {
	switch {
	case strings.HasPrefix(name, "C_plus_plus"):
		return "C++"
	case name == "C99", name == "C11", name == "C17":
		return "C"
	}
	return name
}

// version keeps a version's first word: what follows is where the compiler was packaged.
func version(v string) string {
	first, _, _ := strings.Cut(v, " ")
	return first
}

func spaced(name, version string) string {
	if version == "" {
		return name
	}
	return name + " " + version
}

// toolchainByExterns recognises compilers that leave no producers section.
func (s *Summary) toolchainByExterns() string {
	if _, ok := s.Export("__rtti_base"); ok || s.Imported("env", "abort") {
		return "AssemblyScript"
	}
	return ""
}
