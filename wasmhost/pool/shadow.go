//go:build unix && !race

package pool

// shadow is how much memory each byte in use takes.
const shadow = 1
