package database

// derived is what can be computed from the rows of audit_logs at any time, and is kept so that questions about all of them are
// cheap: package block cuts each chain into blocks of some thousand rows and keeps the columns that counts need, one value of
// audit_columns for each. Nothing is lost with these tables; an answer then reads the rows themselves.
// The values are not compressed: that takes longer than reading what it saves.
const derived = `
CREATE TABLE audit_blocks (
	first_id bigint PRIMARY KEY,
	last_id bigint NOT NULL,
	requests bigint NOT NULL,
	first_us bigint NOT NULL,
	last_us bigint NOT NULL
)
;
CREATE TABLE audit_columns (
	first_id bigint NOT NULL,
	name text NOT NULL,
	data bytea NOT NULL,
	PRIMARY KEY (first_id, name)
)
;
{POSTGRES}ALTER TABLE audit_columns ALTER COLUMN data SET STORAGE EXTERNAL
;
`
