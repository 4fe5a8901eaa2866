package wire

// roomy is what handling a message needs of a stack, in bytes.
const roomy = 9 << 10

// GrowStack makes the stack of a goroutine that begins as large as work on a message needs. Growing it
// step by step copies it each time, and the frames that are on it by then have to be looked up; that was a
// seventh of the processor time of a save.
func GrowStack() { stretch(0) }

// stretch has a frame of that size, which is not touched where n is 0.
//
//go:noinline
func stretch(n int) byte {
	if n == 0 {
		return 0
	}
	var b [roomy]byte
	b[n] = 1
	return b[n/2]
}
