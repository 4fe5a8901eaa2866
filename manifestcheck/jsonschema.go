package manifestcheck

import (
	"encoding/json"
	"fmt"
)

// JSONSchema returns the schema table as a JSON Schema (draft 2020-12), for tools that know no
// more of manifests than their shape. What one key means for another is not in it.
func JSONSchema() []byte {
	root := object(Schema().Root())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://github.com/samuelpkg/samuel-lsp/schema/samuel-plugin.json"
	root["title"] = "Samuel plugin manifest"
	var conditions []any
	for _, kind := range allKinds() {
		if then := requiredOf(kind); then != nil {
			conditions = append(conditions, map[string]any{
				"if":   map[string]any{"properties": map[string]any{"kind": map[string]any{"const": kind}}, "required": []string{"kind"}},
				"then": then,
			})
		}
	}
	root["allOf"] = conditions
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("the schema table is no JSON: %v", err)) // maps of strings always are
	}
	return append(out, '\n')
}

// requiredOf says what a kind needs beyond every plugin's keys.
func requiredOf(kind string) map[string]any {
	var names []string
	below := map[string]any{}
	for _, f := range Schema().Root().Children() {
		if len(f.RequiredBy) == len(allKinds()) {
			continue
		}
		if f.RequiredFor(kind) {
			names = append(names, f.Name())
		}
		var inner []string
		for _, c := range f.Children() {
			if c.RequiredFor(kind) {
				inner = append(inner, c.Name())
			}
		}
		switch {
		case len(inner) > 0:
			below[f.Name()] = map[string]any{"required": inner}
		case f.RequiredFor(kind) && f.NonEmpty:
			below[f.Name()] = map[string]any{"minProperties": 1}
		}
	}
	if names == nil {
		return nil
	}
	then := map[string]any{"required": names}
	if len(below) > 0 {
		then["properties"] = below
	}
	return then
}

// object is the schema of a table.
func object(f *Field) map[string]any {
	o := map[string]any{"type": "object", "description": f.Doc}
	if f.Type == TypeAny {
		return o
	}
	if f.Type == TypeMap {
		o["additionalProperties"] = ofField(f.Child(""))
		if f.Enum != nil {
			o["propertyNames"] = map[string]any{"enum": choiceNames(f.Enum)}
		} else {
			o["propertyNames"] = map[string]any{"pattern": namePattern}
		}
		return o
	}
	properties := map[string]any{}
	var required []string
	for _, c := range f.Children() {
		properties[c.Name()] = ofField(c)
		if len(c.RequiredBy) == len(allKinds()) {
			required = append(required, c.Name())
		}
	}
	o["properties"] = properties
	o["additionalProperties"] = false
	if required != nil {
		o["required"] = required
	}
	return o
}

func ofField(f *Field) map[string]any {
	switch f.Type {
	case TypeTable, TypeMap, TypeAny:
		return object(f)
	case TypeStrings:
		o := described(f, "array")
		o["items"] = f.text()
		if f.Unique {
			o["uniqueItems"] = true
		}
		return o
	case TypeInteger:
		o := described(f, "integer")
		if f.Min != 0 || f.Max != 0 {
			o["minimum"], o["maximum"] = f.Min, f.Max
		}
		return o
	case TypeBool:
		return described(f, "boolean")
	}
	o := described(f, "string")
	for k, v := range f.text() {
		o[k] = v
	}
	return o
}

func described(f *Field, kind string) map[string]any {
	o := map[string]any{"type": kind, "description": f.Doc}
	var v any
	if f.Default != "" && json.Unmarshal([]byte(f.Default), &v) == nil {
		o["default"] = v
	}
	if len(f.Deprecated) == len(allKinds()) {
		o["deprecated"] = true
	}
	return o
}

// text is what the schema says of a string, or of each item of a list.
func (f *Field) text() map[string]any {
	o := map[string]any{"type": "string"}
	if f.Pattern != "" {
		o["pattern"] = f.Pattern
	}
	if f.NonEmpty {
		o["minLength"] = 1
	}
	if f.Enum != nil {
		o["enum"] = choiceNames(f.Enum)
	}
	return o
}
