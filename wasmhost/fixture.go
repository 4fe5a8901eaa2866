package wasmhost

// BuildFixtureWasm returns a minimal core module that exports health() -> i32 and
// samuel_protocol_version() -> i32, which return the given values. It follows
// the WebAssembly binary format, section 5 of the core specification, and serves as a well-known
// good (or, by its values, bad) plugin.
func BuildFixtureWasm(healthVal, protocolVal int32) []byte {
	section := func(id byte, content ...byte) []byte {
		return append([]byte{id, byte(len(content))}, content...)
	}
	name := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	body := func(v int32) []byte {
		code := append([]byte{0x00, 0x41}, signedLEB128(v)...) // no locals; i32.const
		code = append(code, 0x0b)
		return append([]byte{byte(len(code))}, code...)
	}
	exports := []byte{2}
	exports = append(append(exports, name(exportHealth)...), 0x00, 0)
	exports = append(append(exports, name(exportProtocol)...), 0x00, 1)
	code := append([]byte{2}, body(healthVal)...)
	code = append(code, body(protocolVal)...)

	module := []byte{0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}
	module = append(module, section(1, 1, 0x60, 0, 1, 0x7f)...) // one type: () -> i32
	module = append(module, section(3, 2, 0, 0)...)             // two functions of it
	module = append(module, section(7, exports...)...)
	return append(module, section(10, code...)...)
}

// signedLEB128 encodes v as the binary format's signed integers are.
func signedLEB128(v int32) []byte {
	var out []byte
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
