package runtime

import "github.com/eventgen/eventgen/redact"

// maxSession is the length of the longest session id that leaves, in bytes.
const maxSession = 64

// checkSession clears a session id that may be more than an id, for no policy governs it. A UUID is what PostHog's library makes;
// any other has to be a token of letters, digits, dashes and underscores in which the detectors find nothing, whatever the
// events' own scanning is. One that is not is counted, as a value that its strategy cannot handle or as a finding.
func (w *Writer) checkSession() {
	id := w.options.session
	if id == "" || isUUID(id) {
		return
	}
	if !isToken(id) {
		w.options.session = ""
		w.client.unredactable.Add(1)
		return
	}
	if w.found = redact.AppendFindings(w.found[:0], id, redact.AllKinds); len(w.found) > 0 {
		w.options.session = ""
		w.takeDown("$session_id")
	}
}

func isToken(id string) bool {
	if len(id) > maxSession {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
