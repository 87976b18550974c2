package codegen

// Error is a mistake of the generator, never of the user: whatever a registry may say was checked when it was loaded.
type Error struct {
	File string // path of the generated file
	Err  error
}

// Error says which file could not be generated and why.
func (e *Error) Error() string {
	return "codegen: internal error: cannot generate " + e.File + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
