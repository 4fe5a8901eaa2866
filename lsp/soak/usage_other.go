//go:build !linux

package main

// usage is what a server holds on to; only Linux tells.
type usage struct{ rssKiB, files, threads, children, temps int }

func usageOf(int, string) usage { return usage{} }

// process is a process below a server; only Linux tells which there are.
type process struct{}

func descendants(int) []process { return nil }

func gone([]process) error { return nil }
