// Package differential has no code of its own. Its test generates code and schemas from a registry that uses every keyword,
// compiles the code, and holds its verdicts on many payloads against those of an independent JSON Schema implementation.
package differential
