package eventstest

import (
	"context"
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/runtime"
)

// trackAll tracks each event as generated code does, and as TrackMap does, and returns how many were accepted.
func (r *canaryRun) trackAll(c *runtime.Client) {
	r.t.Helper()
	for _, e := range r.events {
		if e.alias != nil {
			r.accept(e, func(opts []runtime.EventOption) error {
				return c.Alias(context.Background(), e.id.text, e.alias.text, opts...)
			})
			continue
		}
		r.accept(e, func(opts []runtime.EventOption) error {
			return e.write(c.Begin(context.Background(), e.event, e.id.text, opts), (*canaryNode).write)
		})
		if e.event.Kind == runtime.KindTrack {
			r.accept(e, func(opts []runtime.EventOption) error {
				properties := plainMembers(&e.event.Object, e.members, (*canaryNode).plain)
				return c.TrackMap(context.Background(), e.id.text, e.event.Name, properties, opts...)
			})
		}
	}
}

// write hands the whole event to a Writer.
func (e *canaryEvent) write(w *runtime.Writer, write func(*canaryNode, *runtime.Writer)) error {
	writeMembers(w, &e.event.Object, e.members, write)
	return w.Commit()
}

// accept tracks an event that is valid. The uuid tells its messages.
func (r *canaryRun) accept(e *canaryEvent, track func([]runtime.EventOption) error) {
	r.t.Helper()
	id := r.newID()
	err := track([]runtime.EventOption{
		runtime.WithUUID(id), runtime.WithGroup(e.kind, e.group.text), runtime.WithSession(e.session.text),
	})
	if err != nil {
		r.failed(e.event.Name, err)
		r.errorf("no valid payload of %s was found, so that it is not checked: %v", e.event.Name, err)
		return
	}
	r.calls[id] = e
}

func (r *canaryRun) newID() runtime.UUID {
	var id runtime.UUID
	for i := range id {
		id[i] = byte(r.maker.IntN(256))
	}
	return id
}

// trackSpoilt tracks what must be refused, and notes the errors.
func (r *canaryRun) trackSpoilt(c *runtime.Client) {
	ctx := context.Background()
	for _, e := range r.events {
		if e.alias != nil {
			continue
		}
		name := e.event.Name
		id := r.newID()
		err := e.write(c.Begin(ctx, e.event, e.id.text, []runtime.EventOption{runtime.WithUUID(id)}), (*canaryNode).writeSpoilt)
		r.refused("a spoilt "+name, err)
		if err == nil { // nothing in it can be spoilt
			r.calls[id] = e
		}
		r.refused("validating a spoilt "+name, e.write(e.event.Check(), (*canaryNode).writeSpoilt))
		if e.event.Kind == runtime.KindTrack {
			properties := plainMembers(&e.event.Object, e.members, (*canaryNode).mistyped)
			properties["not a name: "+e.group.text] = e.session.text
			r.refused("a mistyped "+name, c.TrackMap(ctx, e.id.text, name, properties))
			properties = plainMembers(&e.event.Object, e.members, (*canaryNode).plain)
			r.refused("an undeclared event", c.TrackMap(ctx, e.id.text, "event of "+e.group.text, properties))
		}
	}
	r.trackIDs(c)
}

// refused notes an error; a payload without anything to spoil has none.
func (r *canaryRun) refused(what string, err error) {
	if err != nil {
		r.failed(what, err)
	}
}

// trackIDs tracks with ids that must be refused.
func (r *canaryRun) trackIDs(c *runtime.Client) {
	ctx := context.Background()
	for _, e := range r.events {
		for what, id := range map[string]string{"long": strings.Repeat(e.id.text, 9), "malformed": e.id.text + "\xff"} {
			what = fmt.Sprintf("a %s id for %s", what, e.event.Name)
			if e.alias != nil {
				r.refused(what, c.Alias(ctx, id, e.alias.text))
				r.refused(what, c.Alias(ctx, e.alias.text, id))
				continue
			}
			r.refused(what, e.write(c.Begin(ctx, e.event, id, nil), (*canaryNode).write))
			group := []runtime.EventOption{runtime.WithGroup(e.kind, id)}
			r.refused(what, e.write(c.Begin(ctx, e.event, e.id.text, group), (*canaryNode).write))
		}
	}
}
