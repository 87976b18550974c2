package runtime

import "context"

// aliasEvent is PostHog's own event; it needs no entry in a registry.
var aliasEvent = Event{Name: "$create_alias", Kind: kindAlias}

// Alias tells PostHog that alias is another distinct_id of the person distinctID. Both are redacted like any distinct_id.
// Errors, acceptance and cost are those of a Track function.
func (c *Client) Alias(ctx context.Context, distinctID, alias string, opts ...EventOption) error {
	w := c.Begin(ctx, &aliasEvent, distinctID, opts)
	if w.err == nil {
		w.err = checkID(alias)
	}
	w.findsInID("alias", alias)
	for i := range w.lanes {
		l := &w.lanes[i]
		l.properties = appendString(appendKey(l.properties, "distinct_id"), l.distinctID)
		w.keys = w.appendID(w.keys[:0], i, alias)
		l.properties = appendString(appendKey(l.properties, "alias"), w.keys)
	}
	return w.Commit()
}
