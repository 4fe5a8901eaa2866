// Package tomlsyntax reads TOML 1.1 into a lossless, immutable tree that never fails.
//
// [Parse] accepts every byte sequence. The tree's tokens concatenate to the source, every key segment, value, array
// element and inline entry has an exact span, and all errors of a document are reported, not only the first. One broken
// expression costs itself alone. [Tree.Apply] follows an edit by reading again what the edit touched and sharing the
// rest.
//
// # Shape
//
// A document is a list of sections (a header and what follows it), a section a list of nodes (one expression, comment
// line or blank line each), a node a flat slice of values. A node knows its own text and nothing of what surrounds it:
// its spans are relative, so that the same node serves every version of a document in which its text stays the same.
// On top of that lies a logical view ([Tree.Root]) in which headers, dotted keys and inline tables look alike.
//
// The package knows TOML, not what a document is for: it leaves schemas, types and lines to others.
package tomlsyntax
