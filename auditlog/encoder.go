package auditlog

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/eventgen/eventgen/runtime"
)

// reasonUnencodable is the verdict on a message whose properties are no JSON object.
const reasonUnencodable = "unencodable"

// encodeStep is how many messages at most become rows before the database gets them.
const encodeStep = 16

// encoder makes the rows of a batch. A uuid that occurs twice gives one row.
type encoder struct {
	mapping  mapping
	messages []runtime.Message
	next     int // the message that is not encoded yet
	seen     map[runtime.UUID]bool
	verdicts []runtime.Verdict
	rows     int
}

func newEncoder(m mapping, messages []runtime.Message) *encoder {
	return &encoder{
		mapping: m, messages: messages, seen: make(map[runtime.UUID]bool, len(messages)), verdicts: make([]runtime.Verdict, len(messages)),
	}
}

// rest makes the rows of all messages that are left.
func (e *encoder) rest() []*row { return e.step(len(e.messages)) }

// step makes the rows of the next messages, at most n.
func (e *encoder) step(n int) []*row {
	end := min(len(e.messages), e.next+n)
	rows := make([]*row, 0, end-e.next)
	for ; e.next < end; e.next++ {
		message, verdict := &e.messages[e.next], &e.verdicts[e.next]
		verdict.Outcome = runtime.Delivered
		if e.seen[message.UUID] {
			continue
		}
		r, err := e.mapping.eventRow(message)
		if err != nil {
			*verdict = runtime.Verdict{Outcome: runtime.Rejected, Reason: reasonUnencodable}
			continue
		}
		e.seen[message.UUID] = true
		rows = append(rows, r)
	}
	e.rows += len(rows)
	return rows
}

func (e *encoder) done() bool { return e.next == len(e.messages) }

// errPanic means that a message made the encoder panic: the sender looks for it, as after a panic in its own goroutine.
var errPanic = errors.New("auditlog: encoding panicked")

// ahead is the goroutine that makes and chains rows while the database takes those before them, which makes insertion an eighth faster.
// Until wait returns, the transaction's place in the chain is its own.
type ahead struct {
	values chan []any
	err    error
}

// goAhead starts it. The channel holds all that will come, so it ends whether or not anybody takes the values.
func (t *txn) goAhead() *ahead {
	a := &ahead{values: make(chan []any, len(t.coming.messages)/encodeStep+bits.Len(encodeStep))}
	go func() {
		defer close(a.values)
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("%w: %T", errPanic, p) // its text may quote the message
			}
		}()
		for n := 1; !t.coming.done(); n = min(2*n, encodeStep) { // the database need not wait long for the first
			rows := t.coming.step(n)
			t.append(rows...)
			a.values <- valuesOf(rows)
		}
	}()
	return a
}

// wait returns when the goroutine has ended. What the database did not take, after an error, is left out.
func (a *ahead) wait() error {
	for range a.values {
	}
	return a.err
}
