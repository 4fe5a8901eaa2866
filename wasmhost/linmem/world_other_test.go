//go:build !linux

package linmem_test

import "github.com/samuelpkg/samuel-lsp/wasmhost/linmem"

// worlds are what a system may offer.
func worlds() map[string]world {
	return map[string]world{"all": {linmem.NewPool, imageOf}}
}
