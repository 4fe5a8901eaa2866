package main

import (
	"errors"
	"net"
)

// listenUnix does nothing: Windows doesn't tell whose a Unix socket's client is.
func listenUnix(string) (net.Listener, error) {
	return nil, usageError{errors.New("on Windows a server listens at a loopback address such as 127.0.0.1:7070")}
}

// fromUser returns what is never asked, as there is no socket.
func fromUser(int) func(net.Conn) error {
	return func(net.Conn) error { return errors.New("the client's user is not known") }
}
