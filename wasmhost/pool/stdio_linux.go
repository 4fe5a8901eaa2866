package pool

import "golang.org/x/sys/unix"

func dup(from, to int) error { return unix.Dup3(from, to, 0) } // some Linux ports have no dup2
