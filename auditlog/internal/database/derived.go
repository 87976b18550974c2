package database

// derived is what can be computed from the rows of audit_logs at any time, and is kept so that questions about all of them are
// cheap: package block cuts each chain into blocks of some thousand rows and keeps the columns that counts need, one value of
// audit_columns for each. Nothing is lost with these tables; an answer then reads the rows themselves.
// The values are not compressed: that takes longer than reading what it saves.
const derived = `
CREATE TABLE audit_blocks (
	writer text NOT NULL,
	first_seq bigint NOT NULL,
	last_seq bigint NOT NULL,
	requests bigint NOT NULL,
	first_us bigint NOT NULL,
	last_us bigint NOT NULL,
	PRIMARY KEY (writer, first_seq)
)
;
CREATE TABLE audit_columns (
	writer text NOT NULL,
	first_seq bigint NOT NULL,
	name text NOT NULL,
	data bytea NOT NULL,
	PRIMARY KEY (writer, first_seq, name)
)
;
{POSTGRES}ALTER TABLE audit_columns ALTER COLUMN data SET STORAGE EXTERNAL
;
`

// resummed empties them: blocks hold sums since version 3, and the next fold makes them anew.
const resummed = `
DELETE FROM audit_columns
;
DELETE FROM audit_blocks
;
`
