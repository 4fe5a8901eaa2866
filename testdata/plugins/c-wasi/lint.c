// c-wasi marks the lines of a saved file that still say TODO or FIXME, the way a C program would:
// it reads the file through WASI and stdio, and what it prints becomes lines of the run's log.

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name)))

__attribute__((import_module("samuel"), import_name("callback")))
int host_callback(const char *name, size_t name_len, const char *payload, size_t payload_len);

EXPORT("samuel_protocol_version") int samuel_protocol_version(void) { return 1; }

EXPORT("health") int health(void) { return 0; }

EXPORT("samuel_alloc") void *samuel_alloc(size_t len) { return malloc(len ? len : 1); }

// path_of copies the value of "path" out of the payload as it stands there: escaped, without its
// quotes.
static char *path_of(const char *payload, size_t len) {
	const char *end = payload + len;
	const char *key = memmem(payload, len, "\"path\"", 6);
	const char *start = key ? memchr(key + 6, '"', end - key - 6) : NULL;
	if (!start)
		return NULL;
	for (const char *s = ++start; s < end; s++) {
		if (*s == '\\')
			s++;
		else if (*s == '"')
			return strndup(start, s - start);
	}
	return NULL;
}

// unescaped returns a path as files are opened by; \uXXXX is kept to ASCII.
static char *unescaped(const char *raw) {
	char *out = malloc(strlen(raw) + 1), *to = out;
	while (out && *raw) {
		if (*raw != '\\') {
			*to++ = *raw++;
		} else if (raw[1] == 'u' && strlen(raw) >= 6) {
			char digits[5] = {raw[2], raw[3], raw[4], raw[5], 0};
			*to++ = (char)strtol(digits, NULL, 16);
			raw += 6;
		} else {
			*to++ = raw[1];
			raw += 2;
		}
	}
	if (out)
		*to = 0;
	return out;
}

static void callback(const char *name, const char *payload) {
	if (host_callback(name, strlen(name), payload, strlen(payload)) != 0)
		fprintf(stderr, "the host did not take %s\n", name);
}

static int columns(const char *s, const char *end) {
	int n = 1;
	for (; s < end; s++)
		n += (*s & 0xc0) != 0x80; // code points, not bytes
	return n;
}

// find_markers writes a finding for each line that holds a marker, and returns their number.
static int find_markers(FILE *file, const char *path, FILE *out) {
	char *line = NULL;
	size_t cap = 0;
	int found = 0;
	for (int number = 1; getline(&line, &cap, file) >= 0; number++) {
		const char *todo = strstr(line, "TODO"), *fixme = strstr(line, "FIXME");
		if (!todo && !fixme)
			continue;
		int is_todo = !fixme || (todo && todo < fixme);
		const char *marker = is_todo ? "TODO" : "FIXME";
		int column = columns(line, is_todo ? todo : fixme);
		fprintf(out,
			"%s{\"path\":\"%s\",\"line\":%d,\"column\":%d,\"end_column\":%d,"
			"\"severity\":\"warning\",\"rule\":\"unfinished\",\"message\":\"%s is left in this line\"}",
			found++ ? "," : "", path, number, column, column + (int)strlen(marker), marker);
	}
	free(line);
	return found;
}

static uint64_t packed(const char *text) { return (uint64_t)(uintptr_t)text << 32 | strlen(text); }

EXPORT("lint") uint64_t lint(const char *payload, size_t len) {
	char *raw = path_of(payload, len), *answer = NULL, *findings = NULL;
	size_t size;
	if (!raw) {
		puts("no file was saved: nothing to check");
		return packed("{\"ok\":true,\"findings\":0}");
	}
	asprintf(&answer, "{\"title\":\"lint\",\"message\":\"%s\"}", raw);
	callback("progress", answer);

	char *path = unescaped(raw);
	FILE *file = path ? fopen(path, "r") : NULL;
	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		asprintf(&answer, "{\"ok\":false,\"reason\":\"cannot read %s\"}", raw);
		return packed(answer);
	}
	FILE *out = open_memstream(&findings, &size);
	putc('[', out);
	int found = find_markers(file, raw, out);
	putc(']', out);
	fclose(out);
	fclose(file);
	callback("diagnostics", findings);

	printf("%s: %d unfinished\n", path, found);
	fflush(stdout);
	asprintf(&answer, "{\"ok\":true,\"findings\":%d}", found);
	return packed(answer);
}
