package wire

import (
	"bytes"
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
)

// screen returns the answer to a body that jsonrpc2 would end the connection for, nil if the body
// can be handed on. A malformed request is answered by its id; anything else with a null one, as
// nobody can tell what it was meant to be.
func screen(body []byte) []byte {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '[' {
		if _, err := jsonrpc2.ParseRequests(trimmed); err != nil {
			return jsonrpc2.AppendResponse(nil, jsonrpc2.ID{}, nil, jsonrpc2.ErrParse)
		}
		return nil
	}
	_, err := jsonrpc2.ScanMessageView(body)
	if err == nil {
		return nil
	}
	if !json.Valid(body) {
		return jsonrpc2.AppendResponse(nil, jsonrpc2.ID{}, nil, jsonrpc2.ErrParse)
	}
	return jsonrpc2.AppendResponse(nil, idOf(body), nil, jsonrpc2.ErrInvalidRequest)
}

// idOf is the id of a message that is to be a request, as far as it can be told: whoever sent it
// waits for an answer to it.
func idOf(body []byte) jsonrpc2.ID {
	var message struct {
		ID     json.RawMessage `json:"id"`
		Method json.RawMessage `json:"method"`
	}
	if json.Unmarshal(body, &message) != nil || message.Method == nil {
		return jsonrpc2.ID{}
	}
	var name string
	if json.Unmarshal(message.ID, &name) == nil && len(message.ID) > 0 && message.ID[0] == '"' {
		return jsonrpc2.NewStringID(name)
	}
	var number int64
	if json.Unmarshal(message.ID, &number) == nil && string(message.ID) != "null" {
		return jsonrpc2.NewNumberID(number)
	}
	return jsonrpc2.ID{}
}
