package wasmhost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// configFileName is the project's own configuration.
const configFileName = "samuel.toml"

// maxConfigBytes bounds what is read of it.
const maxConfigBytes = 4 << 20

// Keys that tell a guest of its own run.
const (
	keyHookEvent     = "hook.event"
	keyHookPayload   = "hook.payload"
	keyHookRemaining = "hook.remaining_ms"
)

// settings is the project's configuration, read when first asked for.
type settings struct{ values map[string]any }

// hostConfigGet is config_get(key_ptr, key_len) -> packed value, 0 where there is none. A string is
// given as it is, everything else as JSON.
func hostConfigGet(c *hostCall) {
	key := string(c.bytes(0))
	c.stack[0] = 0
	if c.late() {
		return
	}
	if value, ok := c.run.setting(key); ok {
		c.stack[0] = c.give(value)
	}
}

func (r *run) setting(key string) ([]byte, bool) {
	switch key {
	case keyHookEvent:
		return []byte(r.event), r.event != ""
	case keyHookPayload:
		payload := r.hookPayload()
		return payload, len(payload) > 0
	case keyHookRemaining:
		return strconv.AppendInt(nil, r.remaining().Milliseconds(), 10), true
	}
	r.mu.Lock()
	if r.settings == nil {
		values, err := readConfig(r.projectRoot)
		r.settings = &settings{values}
		if err != nil {
			defer r.out.host(call.LevelWarn, "config_get: %s", err)
		}
	}
	var value any = r.settings.values
	r.mu.Unlock()
	for part := range strings.SplitSeq(key, ".") {
		table, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = table[part]; !ok {
			return nil, false
		}
	}
	return settingText(value)
}

func settingText(value any) ([]byte, bool) {
	switch v := value.(type) {
	case string:
		return []byte(v), true
	case time.Time:
		return []byte(v.Format(time.RFC3339Nano)), true
	}
	text, err := json.Marshal(value)
	return text, err == nil
}

// readConfig decodes the project's configuration; there need not be any.
func readConfig(root string) (map[string]any, error) {
	if root == "" {
		return nil, nil
	}
	fail := func(err error) (map[string]any, error) { return nil, fmt.Errorf("read %s: %w", configFileName, err) }
	// The root keeps a symbolic link from handing a guest some file outside of the project.
	dir, err := os.OpenRoot(root)
	if err != nil {
		return fail(err)
	}
	defer dir.Close()
	info, err := dir.Stat(configFileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return fail(err)
	case !info.Mode().IsRegular() || info.Size() > maxConfigBytes:
		return fail(fmt.Errorf("want a regular file of at most %d bytes", maxConfigBytes))
	}
	text, err := dir.ReadFile(configFileName)
	if err != nil {
		return fail(err)
	}
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		return fail(err)
	}
	return values, nil
}
