package lsp

import "go.lsp.dev/protocol"

// feature is one ability of the server: what it answers and how it is announced. Each lives in a
// file of its own and is listed in [features].
type feature struct {
	requests map[string]requestHandler
	// prompt are those requests that are answered on the read loop where that can be, because another
	// goroutine's start would take longer than they do. They call [offLoop] before what may wait, or
	// may not be over within a millisecond.
	prompt        []string
	notifications map[string]notificationHandler
	// advertise announces the feature in the answer to initialize; nil: nothing to announce.
	advertise func(caps *protocol.ServerCapabilities, client *Client)
	// register returns what to register once the client is initialized; nil: nothing.
	register func(snap *Snapshot) []protocol.Registration
}

// features lists all of them.
func features() []feature {
	return []feature{
		lifecycleFeature(),
		documentsFeature(),
		foldersFeature(),
		settingsFeature(),
		watchFeature(),
		pullFeature(),
		workspacePullFeature(),
		progressFeature(),
		saveFeature(),
		codeLensFeature(),
		logsFeature(),
		commandFeature(),
		completionFeature(),
		hoverFeature(),
		codeActionFeature(),
		formattingFeature(),
		documentSymbolFeature(),
		workspaceSymbolFeature(),
		definitionFeature(),
		highlightFeature(),
		renameFeature(),
		linkFeature(),
		foldingFeature(),
		selectionFeature(),
		inlayHintFeature(),
		semanticTokensFeature(),
	}
}

func tables(all []feature) (requests map[string]requestHandler, prompt map[string]bool, notifications map[string]notificationHandler) {
	requests, prompt, notifications = map[string]requestHandler{}, map[string]bool{}, map[string]notificationHandler{}
	for _, f := range all {
		for method, h := range f.requests {
			requests[method] = h
		}
		for _, method := range f.prompt {
			prompt[method] = true
		}
		for method, h := range f.notifications {
			notifications[method] = h
		}
	}
	return requests, prompt, notifications
}
