// Package lsp is the language server: the only package that knows the protocol. It turns what a
// client sends into immutable snapshots, answers requests from them, and keeps the client's
// diagnostics up to date. What is wrong with a manifest it asks package manifestcheck; what a
// plugin does when it runs it asks a [Host]. It compiles and runs nothing itself.
//
// # Order
//
// [wire.Stream] reads frames; jsonrpc2 calls [Server.handle] for each message, in order, on the
// read loop. A notification is applied there and then: it is decoded, and its effect goes
// through [Server.update], the funnel, which swaps in the next [Snapshot]. A request captures
// the snapshot on the loop and is answered off it, from that snapshot alone; only the diagnostics of
// a short document are made on the loop, see [feature], where [wire.Ready] says how to write there.
//
// Nothing on the loop may wait: not for the disk, not for the client (an answer could never be
// read), not for a lock that is held while something waits.
//
// # To add a request
//
// Write a file named after it with a function
//
//	func hover(ctx context.Context, s *Server, snap *Snapshot, p *protocol.HoverParams) (any, error)
//
// and a function that returns its feature, which is listed in [features]:
//
//	func hoverFeature() feature {
//		return feature{
//			requests:  map[string]requestHandler{protocol.MethodTextDocumentHover: request(hover)},
//			advertise: func(caps *protocol.ServerCapabilities, client *Client) { caps.HoverProvider = protocol.Boolean(true) },
//		}
//	}
//
// In it, take the document with snap.Manifest(normalise(p.TextDocument.URI)) (nil: not a manifest;
// answer nil), its tree with doc.Tree(), and what was found in it, with its model, with
// snap.Check(doc); convert with snap.Offset, snap.Position, snap.Range and snap.TextEdits, which
// count as the client does. Speak of a document to the client by uri.URI(doc.Wire), its own
// spelling. Results are built anew for each request: remember nothing outside the snapshot.
// Return ctx.Err() when ctx ends in long work; return invalidParams(..) to blame the request; any
// other error is answered as a failed request. A panic costs only its own request.
//
// # To change state
//
// Call [Server.update] with a function that replaces fields of the snapshot it is given, and says
// in its [change] what that affects. State of a new kind is a new field of [Snapshot], which only
// update writes. Whoever must act on a change adds an [observer] in [New]; observers run inside
// the funnel and may only start work elsewhere. Findings on any document, by whatever source, go
// through [Server.setFindings]; they are merged with the manifest's own when they are sent.
//
// # To speak to the client
//
// [Server.notify] and [Server.ask] wait for the client and must be called off the loop, for example from [Server.spawn], whose goroutines the session waits for at its end.
// [Server.beginProgress] shows long work, [Server.showMessage] a message, s.refresher.request one
// of the refresh requests, and s.log writes to the log file and, from level info on, to the
// client's log window.
package lsp
