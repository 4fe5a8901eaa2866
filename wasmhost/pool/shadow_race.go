//go:build unix && race

package pool

// shadow is how much memory each byte in use takes: the race detector keeps several more for each.
const shadow = 8
