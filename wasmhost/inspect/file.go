package inspect

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// File inspects the module at path. Only a regular file is opened, so that a pipe or device
// under the module's name cannot block the caller. A file that changes meanwhile, as one that a
// linker is still writing does, is an *Error of kind Changing.
func File(path string) (*Summary, error) {
	f, before, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum, readErr := Read(f, before.Size())
	after, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("inspecting a module: %w", err)
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, &Error{Kind: Changing, Offset: after.Size(), Msg: "the file changed while it was read; inspect it again"}
	}
	return sum, readErr
}

// SHA256 returns the digest of the file's bytes, read as a stream. It opens regular files only
// and refuses those above MaxModuleSize, as File does.
func SHA256(path string) (digest [sha256.Size]byte, err error) {
	f, info, err := open(path)
	if err != nil {
		return digest, err
	}
	defer f.Close()
	if info.Size() > MaxModuleSize {
		return digest, tooLarge(info.Size())
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, MaxModuleSize)); err != nil {
		return digest, fmt.Errorf("reading a module: %w", err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// open opens a regular file. The check before keeps devices from being opened at all; the one
// after, together with O_NONBLOCK, holds where the file was replaced in between.
func open(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a module: %w", err)
	}
	if err := regular(info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a module: %w", err)
	}
	info, err = f.Stat()
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func regular(info fs.FileInfo) error {
	what := ""
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	default:
		what = "a device"
	}
	return &Error{Kind: NotWasm, Msg: what + ", not a file; name the module that the build writes"}
}
