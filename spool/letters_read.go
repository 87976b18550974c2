package spool

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
)

// DamagedLetter is a line in a file of dead letters that is none.
type DamagedLetter struct {
	File     string
	Line     int // counted from 1
	From, To int64
}

// Error describes the damage.
func (d *DamagedLetter) Error() string {
	return fmt.Sprintf("spool: %s: line %d, bytes %d to %d, is damaged", d.File, d.Line, d.From, d.To)
}

// LetterFile is the file with the dead letters of a sink.
type LetterFile struct {
	Sink  string
	Bytes int64 // at most LettersQuota, beyond which the file takes no more
}

// LetterSinks returns the names of the sinks that have dead letters in a folder, in order; none if there is no such folder.
func LetterSinks(dir string) ([]string, error) {
	files, err := LetterFiles(dir)
	var sinks []string
	for _, f := range files {
		sinks = append(sinks, f.Sink)
	}
	return sinks, err
}

// LetterFiles returns the files of dead letters in a folder, in the order of their sinks; none if there is no such folder.
func LetterFiles(dir string) ([]LetterFile, error) {
	f, err := openReadOnly(dir)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := f.List()
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	var files []LetterFile
	for _, e := range entries {
		sink, ok := strings.CutSuffix(e.name, letterSuffix)
		if ok && !e.dir && readerName.MatchString(sink) {
			files = append(files, LetterFile{sink, e.size})
		}
	}
	return files, nil
}

// ReadLetters reads the dead letters of a sink, oldest first. A line that is none is handed out as a *DamagedLetter with an
// empty letter; any other error ends the sequence. It takes no lock and changes nothing: beside a running process, the last
// line may be seen before it is complete.
func ReadLetters(dir, sink string) iter.Seq2[Letter, error] {
	return func(yield func(Letter, error) bool) {
		f, err := openReadOnly(dir)
		if err != nil {
			yield(Letter{}, err)
			return
		}
		more := true
		err = readLines(f, sink+letterSuffix, math.MaxInt64, func(line *letterLine) bool {
			more = yield(line.letter())
			return more
		})
		if err = errors.Join(err, f.Close()); err != nil && more {
			yield(Letter{}, fmt.Errorf("spool: %w", err))
		}
	}
}

// letterLine is a line as it is in the file. Its text, with the end of the line, is good until the next one, and missing if
// it is longer than a letter can be.
type letterLine struct {
	DamagedLetter // where it is
	text          []byte
}

// letter returns the letter, or a *DamagedLetter.
func (l *letterLine) letter() (Letter, error) {
	if letter, ok := parseLetter(l.text); ok {
		return letter, nil
	}
	where := l.DamagedLetter
	return Letter{}, &where
}

// readLines hands the lines of a file to each, until that returns false. Empty lines are skipped. A file that is not there
// has no lines.
func readLines(f opener, name string, size int64, each func(*letterLine) bool) error {
	src, err := f.Open(name)
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	r := lineReader{src: bufio.NewReaderSize(io.NewSectionReader(src, 0, size), 64<<10), file: name}
	return errors.Join(r.readAll(each), src.Close())
}

// lineReader cuts a file into lines.
type lineReader struct {
	src  *bufio.Reader
	file string
	text []byte
}

func (r *lineReader) readAll(each func(*letterLine) bool) error {
	line := letterLine{DamagedLetter: DamagedLetter{File: r.file}}
	for more := true; more; {
		size, err := r.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		line.Line++
		line.From, line.To, line.text = line.To, line.To+size, r.text
		more = err == nil
		if len(bytes.TrimSpace(r.text)) > 0 || size > maxLetter {
			more = each(&line) && more
		}
	}
	return nil
}

// next reads a line and returns its size.
func (r *lineReader) next() (size int64, err error) {
	r.text = r.text[:0]
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull); {
		var part []byte
		part, err = r.src.ReadSlice('\n')
		if size += int64(len(part)); size <= maxLetter {
			r.text = append(r.text, part...)
		} else {
			r.text = r.text[:0]
		}
	}
	return size, err
}
