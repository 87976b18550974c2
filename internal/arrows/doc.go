// Package arrows has no code of its own. Its test holds which package may import which: the layers of docs/design.md.
package arrows
