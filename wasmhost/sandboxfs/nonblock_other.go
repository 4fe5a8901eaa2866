//go:build !unix

package sandboxfs

// nonBlock is nothing here: named pipes do not lie in folders.
const nonBlock = 0
