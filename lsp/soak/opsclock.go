package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const year = 365 * 24 * time.Hour

// jumps are by how much a clock is wrong: an empty battery, a guest that slept, a mistyped date.
var jumps = []time.Duration{0, time.Minute, -time.Minute, -2 * time.Hour, year, -year, 200 * year, -80 * year}

// clock sets the clock of the server and its children, and of nobody else.
func (e *editor) clock() error {
	return jump(e.c.cmd.Process.Pid, jumps[e.r.IntN(len(jumps))])
}

// dates leaves files as a clock that was wrong would: all of the cache and the decisions, or of one
// plugin.
func (e *editor) dates() error {
	top := e.home
	if d := e.one(isManifest); e.r.IntN(2) == 0 {
		top = filepath.Dir(d.path)
	}
	return redate(top, time.Now().Add(jumps[e.r.IntN(len(jumps))]))
}

// redate dates all files below a folder. Some may vanish meanwhile, and links may lead nowhere.
func redate(top string, at time.Time) error {
	return filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(path, at, at)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}
