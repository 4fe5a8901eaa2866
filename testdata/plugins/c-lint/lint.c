// c-lint marks the lines of a saved file that still say TODO or FIXME.
//
// Freestanding C: no libc, no WASI, under 3 KB of module. Every call runs in a fresh instance, so
// memory is handed out and never taken back.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(name) __attribute__((import_module("samuel"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("log") void host_log(const char *level, u32 level_len, const char *text, u32 text_len);
IMPORT("fs_read") u64 host_fs_read(const char *path, u32 path_len);
IMPORT("callback") int host_callback(const char *name, u32 name_len, const char *payload, u32 payload_len);

EXPORT("samuel_protocol_version") int samuel_protocol_version(void) { return 1; }

EXPORT("health") int health(void) { return 0; }

// Memory: everything behind the linker's own data, grown by need.
extern u8 __heap_base;
static u32 heap_next;

EXPORT("samuel_alloc") void *samuel_alloc(u32 len) {
	if (heap_next == 0)
		heap_next = (u32)&__heap_base;
	u32 start = (heap_next + 7) & ~7u;
	u32 pages = __builtin_wasm_memory_size(0);
	u64 end = (u64)start + len;
	u64 have = (u64)pages << 16;
	if (end > have && __builtin_wasm_memory_grow(0, (end - have + 0xffff) >> 16) == (unsigned long)-1)
		return 0;
	heap_next = (u32)end;
	return (void *)start;
}

// A growing text.
struct text {
	char *bytes;
	u32 len, cap;
};

static void append(struct text *t, const char *s, u32 n) {
	if (t->len + n > t->cap) {
		t->cap = 2 * (t->len + n) + 256;
		char *grown = samuel_alloc(t->cap);
		if (!grown)
			__builtin_trap();
		__builtin_memcpy(grown, t->bytes, t->len);
		t->bytes = grown;
	}
	__builtin_memcpy(t->bytes + t->len, s, n);
	t->len += n;
}

static u32 length(const char *s) {
	u32 n = 0;
	while (s[n])
		n++;
	return n;
}

static void append_string(struct text *t, const char *s) { append(t, s, length(s)); }

static void append_number(struct text *t, u32 n) {
	char digits[10];
	u32 at = sizeof digits;
	do
		digits[--at] = '0' + n % 10;
	while (n /= 10);
	append(t, digits + at, sizeof digits - at);
}

static int starts(const char *s, const char *end, const char *word) {
	u32 n = length(word);
	if ((u32)(end - s) < n)
		return 0;
	for (u32 i = 0; i < n; i++)
		if (s[i] != word[i])
			return 0;
	return 1;
}

// A JSON string as it stands in the payload: without its quotes, still escaped.
struct raw {
	const char *start, *end;
};

// path_of finds the value of "path" in the payload.
static struct raw path_of(const char *s, const char *end) {
	struct raw path = {0, 0};
	for (; s < end; s++) {
		if (*s == '\\') {
			s++;
			continue;
		}
		if (!starts(s, end, "\"path\""))
			continue;
		const char *p = s + 6;
		while (p < end && (*p == ' ' || *p == ':'))
			p++;
		if (p == s + 6 || p == end || *p++ != '"')
			continue;
		path.start = p;
		while (p < end && *p != '"')
			p += *p == '\\' ? 2 : 1;
		path.end = p;
		return path;
	}
	return path;
}

// unescaped writes a path as the host takes it; \uXXXX is kept to ASCII.
static struct text unescaped(struct raw r) {
	struct text out = {0, 0, 0};
	for (const char *s = r.start; s < r.end; s++) {
		char c = *s;
		if (c == '\\' && ++s < r.end) {
			c = *s;
			if (c == 'u' && r.end - s > 4) {
				c = 0;
				for (int i = 0; i < 4; i++) {
					char h = *++s;
					c = c * 16 + (h <= '9' ? h - '0' : (h | 32) - 'a' + 10);
				}
			}
		}
		append(&out, &c, 1);
	}
	return out;
}

static void log_info(struct text *message) { host_log("info", 4, message->bytes, message->len); }

static u64 reply(struct text *t) { return (u64)(u32)t->bytes << 32 | t->len; }

// find_markers appends one finding for each line that holds a marker, and returns their number.
static u32 find_markers(struct text *out, struct raw path, const char *s, const char *end) {
	u32 line = 1, column = 1, found = 0, marked = 0;
	for (; s < end; s++) {
		const char *marker = starts(s, end, "TODO") ? "TODO" : starts(s, end, "FIXME") ? "FIXME" : 0;
		if (marker && !marked) {
			append_string(out, found++ ? ",{\"path\":\"" : "{\"path\":\"");
			append(out, path.start, path.end - path.start);
			append_string(out, "\",\"line\":");
			append_number(out, line);
			append_string(out, ",\"column\":");
			append_number(out, column);
			append_string(out, ",\"end_column\":");
			append_number(out, column + length(marker));
			append_string(out, ",\"severity\":\"warning\",\"rule\":\"unfinished\",\"message\":\"");
			append_string(out, marker);
			append_string(out, " is left in this line\"}");
			marked = 1;
		}
		if (*s == '\n') {
			line++;
			column = 1;
			marked = 0;
		} else if ((*s & 0xc0) != 0x80) { // a code point's first byte
			column++;
		}
	}
	return found;
}

EXPORT("lint") u64 lint(const char *payload, u32 payload_len) {
	struct text message = {0, 0, 0}, findings = {0, 0, 0}, answer = {0, 0, 0};

	struct raw path = path_of(payload, payload + payload_len);
	if (!path.start) {
		append_string(&message, "no file was saved: nothing to check");
		log_info(&message);
		append_string(&answer, "{\"ok\":true,\"findings\":0}");
		return reply(&answer);
	}
	append_string(&message, "{\"title\":\"lint\",\"message\":\"");
	append(&message, path.start, path.end - path.start);
	append_string(&message, "\"}");
	host_callback("progress", 8, message.bytes, message.len);

	struct text file = unescaped(path);
	u64 content = host_fs_read(file.bytes, file.len);
	if (content == 0) {
		append_string(&answer, "{\"ok\":false,\"reason\":\"cannot read ");
		append(&answer, path.start, path.end - path.start);
		append_string(&answer, "\"}");
		return reply(&answer);
	}
	const char *bytes = (const char *)(u32)(content >> 32);

	append_string(&findings, "[");
	u32 found = find_markers(&findings, path, bytes, bytes + (u32)content);
	append_string(&findings, "]");
	host_callback("diagnostics", 11, findings.bytes, findings.len);

	message.len = 0;
	append(&message, file.bytes, file.len);
	append_string(&message, ": ");
	append_number(&message, found);
	append_string(&message, " unfinished");
	log_info(&message);

	append_string(&answer, "{\"ok\":true,\"findings\":");
	append_number(&answer, found);
	append_string(&answer, "}");
	return reply(&answer);
}
