package wasmhost

// maxFileBytes bounds what fs_read returns; a guest's own memory usually ends before.
const maxFileBytes = 64 << 20

// Results of fs_write and net_outbound.
const (
	resultOK     = 0
	resultIO     = 1
	resultDenied = 2
	resultPolicy = 3
)

// hostFSRead is fs_read(path_ptr, path_len) -> packed bytes, 0 when denied or failed.
func hostFSRead(c *hostCall) {
	path := string(c.bytes(0))
	c.stack[0] = 0
	if c.late() {
		return
	}
	guest, ok := cleanGuestPath(path)
	if !ok {
		c.refuse("%q is no path", path)
		return
	}
	if c.allowed(FilesystemRead, guest) != nil {
		return
	}
	body, err := c.run.files.ReadFile(path, maxFileBytes)
	if err != nil {
		c.refuse("read %s: %s", guest, err)
		return
	}
	c.stack[0] = c.give(body)
}

// hostFSWrite is fs_write(path_ptr, path_len, body_ptr, body_len) -> 0, 1 I/O error, 2 denied. The
// file is replaced as a whole or not at all.
func hostFSWrite(c *hostCall) {
	path, body := string(c.bytes(0)), c.bytes(2)
	if c.late() {
		c.stack[0] = resultIO
		return
	}
	guest, ok := cleanGuestPath(path)
	if !ok {
		c.refuse("%q is no path", path)
		c.stack[0] = resultIO
		return
	}
	if c.allowed(FilesystemWrite, guest) != nil {
		c.stack[0] = resultDenied
		return
	}
	if err := c.run.files.WriteFile(path, body); err != nil {
		c.refuse("write %s: %s", guest, err)
		c.stack[0] = resultIO
		return
	}
	c.stack[0] = resultOK
}
