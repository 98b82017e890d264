package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"motcua/assets/i18n"
	"motcua/kiosk/scan"
	"motcua/kiosk/scan/picture"
	"motcua/queue/refusal"
)

// scanned is what --json writes for one picture, one object a line.
type scanned struct {
	File  string `json:"file"`
	Codes []code `json:"codes"`
	MS    int64  `json:"ms"`
	Error string `json:"error,omitempty"`
}

type code struct {
	Format string `json:"format"`
	Text   string `json:"text"`
}

// scanFiles reads the codes in pictures. It fails when one of the pictures
// could not be read or shows no code.
func scanFiles(ctx context.Context, c *call) error {
	flags := c.flags()
	asJSON := flags.Bool("json", false, "one JSON object a line")
	if err := c.parse(flags, math.MaxInt); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return fmt.Errorf("a picture is missing: %w", errUsage)
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	write := writeLine
	if *asJSON {
		write = func(w io.Writer, s scanned) error { return json.NewEncoder(w).Encode(s) }
	}
	missed := false
	for _, file := range flags.Args() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		s := read(texts, file)
		missed = missed || len(s.Codes) == 0
		if err := write(c.stdout, s); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	if missed {
		return errFound
	}
	return nil
}

// read reads one picture; what went wrong is a sentence for a person.
func read(texts *i18n.Texts, file string) scanned {
	begun := time.Now()
	s := scanned{File: file, Codes: []code{}}
	img, err := scan.LoadPicture(file)
	if err == nil {
		var codes []picture.Code
		codes, err = picture.Read(img, picture.Options{})
		for _, c := range codes {
			s.Codes = append(s.Codes, code{Format: string(c.Format), Text: c.Text})
		}
	}
	if err != nil {
		s.Error = err.Error()
		if r, ok := refusal.Of(err); ok {
			s.Error = texts.Get("en", "refusal."+r.Code)
		}
	}
	s.MS = time.Since(begun).Milliseconds()
	return s
}

// writeLine writes a line per picture: every code with its format, and the
// time. Texts are quoted, because a code may hold anything.
func writeLine(w io.Writer, s scanned) error {
	line := s.File + ":"
	for _, c := range s.Codes {
		line += " " + c.Format + " " + strconv.Quote(c.Text)
	}
	switch {
	case s.Error != "":
		line += " " + s.Error
	case len(s.Codes) == 0:
		line += " no code"
	}
	_, err := fmt.Fprintf(w, "%s %d ms\n", line, s.MS)
	return err
}
