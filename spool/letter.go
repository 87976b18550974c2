package spool

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"time"
)

// Letter is a dead letter: an event that a sink will never take. It is redacted for the sink's destination, like the record
// that it was.
type Letter struct {
	At          time.Time       `json:"at"` // when the sink refused it
	Sink        string          `json:"sink"`
	Destination uint8           `json:"destination"` // one bit, as in Lane
	Reason      string          `json:"reason"`      // the sink's, such as "http_400"
	Event       string          `json:"event"`
	DistinctID  string          `json:"distinct_id"`
	UUID        string          `json:"uuid"`
	Timestamp   time.Time       `json:"timestamp"`  // when the event happened
	Properties  json.RawMessage `json:"properties"` // a JSON object
}

// maxLetter bounds a line, so that damage cannot make a reader hold a whole file in memory. A record fits even if every byte of
// its texts has to be escaped as \u00xx.
const maxLetter = 6*maxFrame + 4<<10

// Record returns the event as a record with one lane, so that it can be delivered once more, with the uuid and time stamp of
// before. It counts as accepted at the time queued. The memory of the properties is shared.
func (l *Letter) Record(queued time.Time) (Record, error) {
	id, err := parseUUID(l.UUID)
	if err != nil {
		return Record{}, err
	}
	return Record{
		UUID:   id,
		Time:   l.Timestamp.UnixMicro(),
		Queued: queued.UnixMicro(),
		Event:  l.Event,
		Lanes:  []Lane{{Destinations: l.Destination, DistinctID: []byte(l.DistinctID), Properties: l.Properties}},
	}, nil
}

// check tells what keeps a letter from being delivered once more. What it accepts survives encode and parseLetter.
func (l *Letter) check() error {
	if !readerName.MatchString(l.Sink) {
		return ErrName
	}
	if _, err := parseUUID(l.UUID); err != nil {
		return err
	}
	switch {
	case bits.OnesCount8(l.Destination) != 1:
		return errors.New("not one destination")
	case l.Event == "":
		return errors.New("no event name")
	case !bytes.HasPrefix(bytes.TrimLeft(l.Properties, " \t\r\n"), []byte("{")):
		return errors.New("properties are not a JSON object")
	}
	return nil
}

// The last member of a line is the CRC-32C of all before it, so that half of one letter and half of another never pass as one.
// A line that somebody has written or changed by hand may do without.
const (
	sumMember = `,"crc32c":"`
	sumEnd    = `"}`
	sumSize   = len(sumMember) + 8 + len(sumEnd)
)

// encode returns the line, with its end. The properties keep their bytes, but for white space.
func (l *Letter) encode() ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return nil, err
	}
	line.Truncate(line.Len() - len("}\n"))
	line.WriteString(letterSum(line.Bytes()) + "\n")
	if line.Len() > maxLetter {
		return nil, ErrTooLarge
	}
	return line.Bytes(), nil
}

// letterSum returns the end of a line whose beginning is given.
func letterSum(line []byte) string {
	return fmt.Sprintf("%s%08x%s", sumMember, crc32.Checksum(line, castagnoli), sumEnd)
}

// parseLetter is the inverse of encode.
func parseLetter(line []byte) (Letter, bool) {
	var in struct {
		Letter
		Sum *string `json:"crc32c"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return Letter{}, false
	}
	if in.Sum != nil {
		line = bytes.TrimSpace(line)
		if n := len(line) - sumSize; n < 0 || string(line[n:]) != letterSum(line[:n]) {
			return Letter{}, false
		}
	}
	if in.check() != nil {
		return Letter{}, false
	}
	return in.Letter, true
}

// uuidDashes are the positions of the dashes in the text of a UUID.
var uuidDashes = [...]int{8, 13, 18, 23}

func parseUUID(text string) (id [16]byte, err error) {
	if len(text) != 36 {
		return id, fmt.Errorf("uuid has %d characters", len(text))
	}
	digits := make([]byte, 0, 36)
	for i, from := 0, 0; i <= len(uuidDashes); i++ {
		to := len(text)
		if i < len(uuidDashes) {
			if to = uuidDashes[i]; text[to] != '-' {
				return id, errors.New("uuid has no dash where one belongs")
			}
		}
		digits = append(digits, text[from:to]...)
		from = to + 1
	}
	if _, err := hex.Decode(id[:], digits); err != nil {
		return id, errors.New("uuid is not hexadecimal")
	}
	return id, nil
}
