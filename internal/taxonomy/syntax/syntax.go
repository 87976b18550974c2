// Package syntax reads one file of a registry into Go values that know where they stand.
//
// The Go types of this package are the file format: [Parse] accepts exactly the keys that their json tags name, and the schema
// that editors use is reflected from the same types with invopop/jsonschema. Only what can be judged without the rest of the
// registry is judged here: YAML, keys, the form of values, and fixed vocabularies. Package taxonomy judges the rest.
package syntax
