package office

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"motcua/queue/chain"
)

// object is a JSON object of the description.
type object = map[string]any

// describe makes the OpenAPI 3.1 description of the routes from the same table
// that serves them and the same types that are read and written.
func describe(routes []route, version string) object {
	d := &describer{schemas: object{}}
	paths := object{}
	for _, r := range routes {
		p, _ := paths[r.path].(object)
		if p == nil {
			p = object{}
			paths[r.path] = p
		}
		p[strings.ToLower(r.method)] = d.operation(r)
	}
	d.schemas["Fault"] = d.object(reflect.TypeFor[fault]())
	d.commands()
	if version == "" {
		version = "dev"
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Một Cửa office", "version": version,
			"description": "One office: queue and dossiers. A refusal (409, 404, 422, 503) is a Fault with a stable code and a sentence in both languages.",
		},
		"paths":      paths,
		"components": object{"schemas": d.schemas},
	}
}

// describer collects the schemas of named types.
type describer struct{ schemas object }

func (d *describer) operation(r route) object {
	op := object{"operationId": r.name, "summary": r.about}
	if len(r.params) > 0 {
		var list []object
		for _, p := range r.params {
			kind, in := "string", "query"
			if p.number {
				kind = "integer"
			}
			if p.path {
				in = "path"
			}
			list = append(list, object{"name": p.name, "in": in, "required": p.path, "description": p.about, "schema": object{"type": kind}})
		}
		op["parameters"] = list
	}
	if r.in != nil {
		body := d.schema(reflect.TypeOf(r.in))
		if reflect.TypeOf(r.in) == reflect.TypeFor[wireCall]() {
			body = object{"$ref": "#/components/schemas/Call"} // says what is in data
		}
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": body}}}
	}
	media, schema := "application/json", object{"type": "string"}
	if r.media != "" {
		media = r.media
	}
	if r.out != nil {
		schema = d.schema(reflect.TypeOf(r.out))
	}
	op["responses"] = object{
		"200":     object{"description": "Done.", "content": object{media: object{"schema": schema}}},
		"default": object{"description": "Refused or failed.", "content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/Fault"}}}},
	}
	return op
}

// commands describes the body of POST /v1/commands: one alternative a command.
func (d *describer) commands() {
	by := d.schema(reflect.TypeFor[chain.Actor]())
	var names []string
	var alternatives []object
	for _, t := range commandTypes() {
		names = append(names, t.name)
		alternatives = append(alternatives, object{
			"title":                t.name,
			"type":                 "object",
			"required":             []string{"n", "by", "type"},
			"additionalProperties": false,
			"properties": object{
				"n":    object{"type": "integer", "minimum": 1, "maximum": maxN, "description": "the device's own number, growing by one per command"},
				"by":   by,
				"type": object{"const": t.name},
				"data": d.schema(reflect.TypeOf(t.zero)),
			},
		})
	}
	d.schemas["CommandName"] = object{"type": "string", "enum": names}
	d.schemas["Call"] = object{"oneOf": alternatives}
}

// schema is the JSON schema of a type; structures become components.
func (d *describer) schema(t reflect.Type) object {
	text := reflect.TypeFor[encoding.TextMarshaler]()
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[time.Duration]():
		return object{"type": "integer", "description": "nanoseconds"}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{}
	case t.Kind() != reflect.Pointer && t.Implements(text):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.schema(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.Struct:
		return d.reference(t)
	case reflect.Interface:
		return object{}
	}
	return object{"type": "integer"}
}

// reference names a structure's component, describing it the first time.
func (d *describer) reference(t reflect.Type) object {
	name := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:] + "." + t.Name()
	if _, known := d.schemas[name]; !known {
		d.schemas[name] = object{} // stops at a type that contains itself
		d.schemas[name] = d.object(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// object is the schema of a structure's fields.
func (d *describer) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		properties[name] = d.schema(f.Type)
		if !strings.Contains(rest, "omitempty") && !strings.Contains(rest, "omitzero") {
			required = append(required, name)
		}
	}
	s := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}
