package wire

import (
	"bytes"
	"errors"

	"go.lsp.dev/jsonrpc2"
)

// screen returns the answer to a body that jsonrpc2 would end the connection for, nil if the body
// can be handed on. A malformed response is answered too, with a null id, as nobody can tell what
// it was meant to be.
func screen(body []byte) []byte {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '[' {
		if _, err := jsonrpc2.ParseRequests(trimmed); err != nil {
			return errorReply(jsonrpc2.ErrParse)
		}
		return nil
	}
	_, err := jsonrpc2.ScanMessageView(body)
	if err == nil {
		return nil
	}
	return errorReply(err)
}

func errorReply(err error) []byte {
	var wire *jsonrpc2.Error
	if !errors.As(err, &wire) {
		wire = jsonrpc2.ErrInvalidRequest
	}
	return jsonrpc2.AppendResponse(nil, jsonrpc2.ID{}, nil, wire)
}
