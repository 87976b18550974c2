package runtime

// window decides how many messages the next batch takes. Usually that is the batch size. After a failure that some message
// must be to blame for, it narrows until that message is alone:
//
//   - Poisoned: the batch is halved. Of the suspects, the messages of the batch that failed, the first half is sent; if that
//     goes well, the bad one is among the rest, and if not, it is in this half. One bad message among n thus costs at most
//     2·log2(n)+1 requests in all, order is kept, and an interruption by another failure loses nothing. After a dead letter
//     the window starts from half its size, so that a run of bad messages soon costs one request each.
//   - TooLarge: the limit is halved and grows back with success.
//
// Its decisions depend on nothing but the outcomes it is told.
type window struct {
	max      int // the batch size
	limit    int // batches above it were too large; at most max
	size     int // messages that the next batch may take while there are no suspects
	suspects int // so many of the oldest messages are known to include a bad one
}

func newWindow(batchSize int) window {
	return window{max: batchSize, limit: batchSize, size: batchSize}
}

// next is the most messages that the next batch may take, at least 1.
func (w *window) next() int {
	n := w.size
	if w.suspects > 0 {
		n = w.suspects / 2
	}
	return max(1, min(n, w.limit))
}

// accepted tells that a request went well and n messages got their final verdict.
func (w *window) accepted(n int) {
	if w.suspects > 0 {
		w.suspects = max(0, w.suspects-n)
		return
	}
	w.size = min(w.max, w.size*4)
	w.limit = min(w.max, w.limit+w.limit/2+1)
}

// poisoned tells that a batch includes a bad message, and that n of its messages are left. None are left when the bad one
// was alone and has become a dead letter.
func (w *window) poisoned(n int) {
	w.suspects = n
	if n == 0 {
		w.size = (w.size + 1) / 2
	}
}

// tooLarge tells that a batch was too large, and that n of its messages are left. None are left when a single message was
// too large and has become a dead letter, which explains the failures before.
func (w *window) tooLarge(n int) {
	w.limit = max(1, n/2)
	if n == 0 {
		w.suspects, w.limit = 0, w.max
	}
}
