//go:build !linux

package main

// dropStartPages does nothing: other systems count, and take back, shared pages in their own way.
func dropStartPages() {}
