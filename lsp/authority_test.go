package lsp

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"go.lsp.dev/uri"
)

func TestRefusalStandsWhereTheDecoderSaysSo(t *testing.T) {
	const src = "name = \"x\"\nversion = = 1\n"
	doc := newDocument(identify("file:///x/samuel-plugin.toml"), "toml", 1, true, src)
	var v map[string]any
	_, err := toml.Decode(src, &v)
	d := refused(doc, err)
	if line := doc.Text.Line(d.Span.Start); line != 1 || !strings.Contains(d.Message, "refuses this: ") {
		t.Errorf("%+v", d)
	}
}

func TestRefusalHoldsForItsTextAlone(t *testing.T) {
	id := identify("file:///x/samuel-plugin.toml")
	doc := newDocument(id, "toml", 1, true, "name = \"x\"\n")
	snap := &Snapshot{Client: &Client{}, Settings: defaultSettings()}
	snap.refused = map[uri.URI]*refusal{doc.URI: {text: doc.Text}}
	if snap.refusalOf(doc) == nil {
		t.Error("the refusal of this text is lost")
	}
	if snap.refusalOf(newDocument(id, "toml", 2, true, "name = \"y\"\n")) != nil {
		t.Error("the refusal of another text is shown")
	}
}
