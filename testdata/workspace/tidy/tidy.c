// tidy marks lines of a saved file that end in blanks or are longer than the project's
// samuel.toml allows (tidy.max_columns, 100 by default). Change something, run build.sh, and
// watch the lenses in samuel-plugin.toml.

typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(name) __attribute__((import_module("samuel"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("log") void host_log(const char *level, u32 level_len, const char *text, u32 text_len);
IMPORT("fs_read") u64 host_fs_read(const char *path, u32 path_len);
IMPORT("config_get") u64 host_config_get(const char *key, u32 key_len);
IMPORT("callback") int host_callback(const char *name, u32 name_len, const char *payload, u32 payload_len);

EXPORT("samuel_protocol_version") int samuel_protocol_version(void) { return 1; }

EXPORT("health") int health(void) { return 0; }

// Everything behind the linker's own data is ours, and used from the front.
extern char __heap_base;
static char *next = &__heap_base;

EXPORT("samuel_alloc") char *samuel_alloc(u32 len) {
	char *start = next;
	next += (len + 8) & ~7u;
	u32 pages = ((u32)next + 0xffff) >> 16, have = __builtin_wasm_memory_size(0);
	if (pages > have)
		__builtin_wasm_memory_grow(0, pages - have); // refused: the host says so when it writes
	return start;
}

// A text is written at the end of memory; nothing else is allocated meanwhile.
static char *put(char *to, const char *s, u32 len) {
	samuel_alloc(len);
	while (len--)
		*to++ = *s++;
	return to;
}

#define PUT(to, literal) put(to, literal, sizeof literal - 1)

static char *put_number(char *to, u32 n) {
	char digits[10], *at = digits + sizeof digits;
	do
		*--at = '0' + n % 10;
	while (n /= 10);
	return put(to, at, digits + sizeof digits - at);
}

// find returns where word stands in the text, or its end.
static const char *find(const char *s, const char *end, const char *word, u32 len) {
	for (; s + len <= end; s++) {
		u32 i = 0;
		while (i < len && s[i] == word[i])
			i++;
		if (i == len)
			return s;
	}
	return end;
}

static u32 max_columns(void) {
	u64 value = host_config_get("tidy.max_columns", 16);
	const char *s = (const char *)(u32)(value >> 32), *end = s + (u32)value;
	u32 n = 0;
	for (; s < end && *s >= '0' && *s <= '9'; s++)
		n = n * 10 + *s - '0';
	return n ? n : 100;
}

static char *put_finding(char *to, const char *path, const char *path_end, u32 line, u32 column, int is_long) {
	to = PUT(to, "{\"path\":\"");
	to = put(to, path, path_end - path);
	to = PUT(to, "\",\"line\":");
	to = put_number(to, line);
	to = PUT(to, ",\"column\":");
	to = put_number(to, column);
	if (is_long)
		return PUT(to, ",\"severity\":\"information\",\"rule\":\"line-length\",\"message\":\"this line is too long\"},");
	return PUT(to, ",\"severity\":\"warning\",\"rule\":\"trailing-blank\",\"message\":\"this line ends in a blank\"},");
}

EXPORT("lint") u64 lint(const char *payload, u32 len) {
	const char *end = payload + len;
	const char *path = find(payload, end, "\"path\"", 6) + 6;
	while (path < end && (*path == ':' || *path == ' '))
		path++;
	path++; // the quote
	const char *path_end = path < end ? find(path, end, "\"", 1) : path;
	if (path >= end || find(path, path_end, "\\", 1) != path_end) {
		host_log("info", 4, "nothing to check", 16);
		return 0;
	}
	u32 limit = max_columns();
	u64 content = host_fs_read(path, path_end - path);
	if (content == 0)
		return 0; // the host has logged why
	const char *s = (const char *)(u32)(content >> 32), *eof = s + (u32)content;

	char *out = samuel_alloc(0), *to = PUT(out, "[");
	u32 line = 1, column = 1, found = 0;
	for (; s < eof; s++) {
		if (*s == '\n') {
			line++;
			column = 1;
			continue;
		}
		int blank = (*s == ' ' || *s == '\t') && (s + 1 == eof || s[1] == '\n' || s[1] == '\r');
		if (blank || column == limit + 1) {
			to = put_finding(to, path, path_end, line, column, !blank);
			found++;
		}
		if ((*s & 0xc0) != 0x80) // a code point's first byte
			column++;
	}
	if (found)
		to--; // the last comma
	to = PUT(to, "]");
	host_callback("diagnostics", 11, out, to - out);

	char *message = samuel_alloc(0);
	to = put(message, path, path_end - path);
	to = PUT(to, ": ");
	to = put_number(to, line);
	to = PUT(to, " lines, ");
	to = put_number(to, found);
	to = PUT(to, " to tidy");
	host_log("info", 4, message, to - message);

	out = samuel_alloc(0);
	to = PUT(out, "{\"ok\":true}");
	return (u64)(u32)out << 32 | (u32)(to - out);
}
