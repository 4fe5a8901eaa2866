package manifestcheck

import (
	"strings"
	"sync"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// The modules that the host offers imports of.
const (
	hostModule = "samuel"
	wasiModule = "wasi_snapshot_preview1"
)

// hostFunction is one function of module "samuel".
type hostFunction struct {
	name       string   // with an underscore; the spelling with a dot is the same function
	signatures []string // as signature writes them
	capability string   // what a call needs, "" for nothing
}

var hostFunctions = sync.OnceValue(func() []hostFunction {
	return []hostFunction{
		{"log", []string{"iiii", "iii"}, ""},
		{"fs_read", []string{"ii:I"}, "filesystem.read"},
		{"fs_write", []string{"iiii:i"}, "filesystem.write"},
		{"exec", []string{"ii:i"}, "exec"},
		{"net_outbound", []string{"iiii:i", "ii:I"}, "network.outbound"},
		{"config_get", []string{"ii:I"}, ""},
		{"callback", []string{"iiii:i"}, ""},
	}
})

// dotted is the other spelling of the function's name.
func (f *hostFunction) dotted() string { return strings.Replace(f.name, "_", ".", 1) }

// hostFunctionNamed finds a function of module "samuel" under either spelling.
func hostFunctionNamed(name string) *hostFunction {
	for i := range hostFunctions() {
		if f := &hostFunctions()[i]; f.name == name || len(f.name) == len(name) && f.dotted() == name {
			return f
		}
	}
	return nil
}

// wasiSignatures are the functions of WASI preview 1, by its specification.
var wasiSignatures = sync.OnceValue(func() map[string]string {
	table := make(map[string]string)
	for signature, names := range map[string]string{
		"ii:i":        "args_get args_sizes_get environ_get environ_sizes_get clock_res_get fd_fdstat_get fd_fdstat_set_flags fd_filestat_get fd_prestat_get fd_renumber fd_tell random_get sock_shutdown",
		"iIi:i":       "clock_time_get",
		"iIIi:i":      "fd_advise fd_filestat_set_times",
		"iII:i":       "fd_allocate fd_fdstat_set_rights",
		"i:i":         "fd_close fd_datasync fd_sync proc_raise",
		"iI:i":        "fd_filestat_set_size",
		"iiiIi:i":     "fd_pread fd_pwrite fd_readdir",
		"iii:i":       "fd_prestat_dir_name path_create_directory path_remove_directory path_unlink_file sock_accept",
		"iiii:i":      "fd_read fd_write poll_oneoff",
		"iIii:i":      "fd_seek",
		"iiiii:i":     "path_filestat_get path_symlink sock_send",
		"iiiiIIi:i":   "path_filestat_set_times",
		"iiiiiii:i":   "path_link",
		"iiiiiIIii:i": "path_open",
		"iiiiii:i":    "path_readlink path_rename sock_recv",
		"i":           "proc_exit",
		":i":          "sched_yield",
	} {
		for _, name := range strings.Fields(names) {
			table[name] = signature
		}
	}
	return table
})

// signature writes a function type in short: i, I, f, F for i32, i64, f32, f64, "?" for another,
// the results behind a colon.
func signature(t *inspect.FuncType) string {
	if t == nil {
		return "?"
	}
	var b strings.Builder
	letters := func(types []inspect.ValueType) {
		for _, v := range types {
			switch v {
			case inspect.I32:
				b.WriteByte('i')
			case inspect.I64:
				b.WriteByte('I')
			case inspect.F32:
				b.WriteByte('f')
			case inspect.F64:
				b.WriteByte('F')
			default:
				b.WriteByte('?')
			}
		}
	}
	letters(t.Params)
	if len(t.Results) > 0 {
		b.WriteByte(':')
		letters(t.Results)
	}
	return b.String()
}

// spellSignature writes what signature wrote as people read it: "(i32, i32) -> i64".
func spellSignature(short string) string {
	types := func(letters string) []inspect.ValueType {
		var out []inspect.ValueType
		for _, l := range letters {
			out = append(out, map[rune]inspect.ValueType{'i': inspect.I32, 'I': inspect.I64, 'f': inspect.F32, 'F': inspect.F64}[l])
		}
		return out
	}
	params, results, _ := strings.Cut(short, ":")
	return (&inspect.FuncType{Params: types(params), Results: types(results)}).String()
}

// spellSignatures joins alternatives.
func spellSignatures(short []string) string {
	out := make([]string, len(short))
	for i, s := range short {
		out[i] = spellSignature(s)
	}
	if len(out) > 2 {
		return strings.Join(out[:len(out)-1], "; ") + " or " + out[len(out)-1]
	}
	return strings.Join(out, " or ")
}

// usesFiles says whether the module imports what WASI needs to reach files. Writing to standard
// output, and what a C library imports for it, is not that.
func usesFiles(s *inspect.Summary) bool {
	for _, i := range s.Imports {
		if i.Module != wasiModule {
			continue
		}
		switch i.Name {
		case "fd_write", "fd_close", "fd_seek", "fd_fdstat_get", "fd_fdstat_set_flags":
		default:
			if strings.HasPrefix(i.Name, "path_") || strings.HasPrefix(i.Name, "fd_") {
				return true
			}
		}
	}
	return false
}

// imports says whether the module imports a function of the host under either spelling.
func imports(s *inspect.Summary, function string) bool {
	for i := range s.Imports {
		if im := &s.Imports[i]; im.Module == hostModule {
			if f := hostFunctionNamed(im.Name); f != nil && f.name == function {
				return true
			}
		}
	}
	return false
}
