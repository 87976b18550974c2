package redact

import "strings"

// replacement returns what [Replace] appends for values of a category: its last segment in brackets, such as [email] for
// user.contact.email, and [redacted] where there is no category.
func replacement(category string) string {
	if unclassified(category) {
		return placeholder
	}
	return "[" + lastSegment(category) + "]"
}

func lastSegment(category string) string { return category[strings.LastIndexByte(category, '.')+1:] }
