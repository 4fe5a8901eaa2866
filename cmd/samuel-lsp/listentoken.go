package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	// tokenVariable is the environment variable that may hold a listener's token.
	tokenVariable = "SAMUEL_LSP_TOKEN"
	// minToken is the length under which a token could be guessed.
	minToken = 26
	// maxToken bounds what is read of a token file.
	maxToken = 4096
)

// listenToken returns the token that clients of a TCP listener must show, and where it is to be
// found: the environment, the given file, or a file of the port's own, which is made anew.
func listenToken(file string, port int) (token, where string, err error) {
	if token := os.Getenv(tokenVariable); token != "" && file == "" {
		// What the plugins' commands see of the environment must not hold it.
		if err := os.Unsetenv(tokenVariable); err != nil {
			return "", "", fmt.Errorf("removing %s from the environment: %w", tokenVariable, err)
		}
		if len(token) < minToken {
			return "", "", usageError{fmt.Errorf("%s holds %d characters, and a token has at least %d", tokenVariable, len(token), minToken)}
		}
		return token, "$" + tokenVariable, nil
	}
	if file == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", "", fmt.Errorf("finding a place for the token: %w; give --token-file or set %s", err, tokenVariable)
		}
		file = filepath.Join(cache, "samuel-lsp", "listen", fmt.Sprintf("%d.token", port))
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", "", fmt.Errorf("removing the token of an earlier server: %w", err)
		}
	}
	token, err = readToken(file)
	if errors.Is(err, fs.ErrNotExist) {
		token, err = makeToken(file)
	}
	return token, file, err
}

func makeToken(file string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("making a folder for the token: %w", err)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("making the token's file: %w", err)
	}
	token := rand.Text()
	_, err = f.WriteString(token + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing the token: %w", err)
	}
	return token, nil
}

func readToken(file string) (string, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return "", err
	}
	switch {
	case !info.Mode().IsRegular():
		return "", usageError{fmt.Errorf("the token's file %s is no regular file", file)}
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return "", usageError{fmt.Errorf("the token's file %s can be read by others (%s); make it 0600 and its content a new one", file, info.Mode().Perm())}
	case info.Size() > maxToken:
		return "", usageError{fmt.Errorf("the token's file %s holds %d bytes, and a token is one line", file, info.Size())}
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading the token: %w", err)
	}
	token := strings.TrimSpace(string(body))
	if len(token) < minToken {
		return "", usageError{fmt.Errorf("the token in %s has %d characters, and needs at least %d; remove the file and a new one is made", file, len(token), minToken)}
	}
	return token, nil
}
