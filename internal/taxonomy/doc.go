// Package taxonomy loads a registry of events: events.yaml with all that it imports.
//
// [Load] reads the files, resolves what they refer to, and checks the whole; the [Taxonomy] that it returns needs no further
// checks. It works in these steps, each in files named after it:
//
//   - package syntax turns each file into Go values with positions and judges what can be judged by itself;
//   - types, property groups, the person, groups and events are built from those values; categories of personal data are
//     handed down to the leaves;
//   - every use of a category is held against the policy for it;
//   - everything gets its Go name and its slug, and two things with one Go name are reported.
//
// A mistake does not stop the load: what it touches is left out, and the rest is still checked. Nothing in this package is safe
// for concurrent use except that a finished Taxonomy may be read by many goroutines.
package taxonomy
