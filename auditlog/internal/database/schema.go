package database

import "strings"

// Version is the schema version that this package makes and reads.
const Version = 2

// migrations lead from one schema version to the next: migrations[0] makes version 1 of nothing. A published one never changes.
// They are written in PostgreSQL's words; see Dialect.ddl. A statement ends at a line that holds only a semicolon.
var migrations = [Version]string{evidence, derived}

// evidence is what the chain is made of. The id of a row is its place: see [ID]. What the hash covers tells the hasher of package
// auditlog. There is no index for users: each entry would land on another page, and blocks answer what is counted by user.
// Columns from distinct_id to properties are personal: erasure sets them and the salt to NULL.
const evidence = `
CREATE TABLE audit_logs (
	id bigint PRIMARY KEY,
	kind text NOT NULL,
	uuid uuid,
	event text,
	timestamp_us bigint NOT NULL,
	written_us bigint NOT NULL,
	method text,
	route text,
	status bigint,
	result text,
	error_code text,
	duration_ms double precision,
	sample_weight double precision NOT NULL DEFAULT 1,
	distinct_id text,
	request_id text,
	user_id text,
	user_role text,
	org_id text,
	path text,
	ip text,
	user_agent text,
	properties text,
	salt bytea,
	digest bytea NOT NULL,
	prev_hash bytea NOT NULL,
	hash bytea NOT NULL
)
;
CREATE UNIQUE INDEX audit_logs_uuid ON audit_logs (uuid)
;
CREATE INDEX audit_logs_time ON audit_logs (timestamp_us)
;
CREATE INDEX audit_logs_failures ON audit_logs (timestamp_us) WHERE result = 'failure'
;
CREATE INDEX audit_logs_acts ON audit_logs (kind) WHERE kind <> 'event'
;
CREATE TABLE audit_chains (
	number bigint PRIMARY KEY,
	writer text NOT NULL UNIQUE,
	started_us bigint NOT NULL
)
;
CREATE TABLE audit_checkpoints (
	number bigint PRIMARY KEY,
	body text NOT NULL
)
;
CREATE TABLE audit_permits (
	act text NOT NULL
)
;
`

// kept are the columns that no procedure changes; personal are those that erasure empties, with the salt.
var (
	kept = []string{
		"id", "kind", "uuid", "event", "timestamp_us", "written_us", "method", "route", "status", "result", "error_code",
		"duration_ms", "sample_weight", "digest", "prev_hash", "hash",
	}
	personal = []string{
		"distinct_id", "request_id", "user_id", "user_role", "org_id", "path", "ip", "user_agent", "properties", "salt",
	}
)

// replaceable are the keys of the tables, each the number of the row, too. REPLACE INTO removes the row that has the key, and calls no
// trigger for that.
var replaceable = map[string][]string{
	"audit_logs":        {"id", "uuid"},
	"audit_chains":      {"number", "writer"},
	"audit_checkpoints": {"number"},
}

// sqliteTriggers refuse every change that is not one of the two procedures. A procedure holds a row in audit_permits, which
// it adds and removes within its transaction, so that no other connection ever sees it.
func sqliteTriggers() string {
	var b strings.Builder
	for _, table := range []string{"audit_chains", "audit_checkpoints"} {
		for _, change := range []string{"UPDATE", "DELETE"} {
			b.WriteString("CREATE TRIGGER " + table + "_" + strings.ToLower(change) + " BEFORE " + change + " ON " + table +
				" BEGIN SELECT RAISE(ABORT, 'auditlog: " + table + " is append-only'); END\n;\n")
		}
	}
	for table, keys := range replaceable {
		terms := make([]string, len(keys))
		for i, key := range keys {
			terms[i] = "EXISTS (SELECT 1 FROM " + table + " WHERE " + key + " = NEW." + key + ")"
		}
		b.WriteString("CREATE TRIGGER " + table + "_replace BEFORE INSERT ON " + table + " WHEN " + strings.Join(terms, " OR ") +
			" BEGIN SELECT RAISE(FAIL, 'auditlog: " + table + " has this row'); END\n;\n")
	}
	b.WriteString("CREATE TRIGGER audit_logs_delete BEFORE DELETE ON audit_logs WHEN NOT EXISTS " +
		"(SELECT 1 FROM audit_permits WHERE act = 'retention') " +
		"BEGIN SELECT RAISE(ABORT, 'auditlog: audit_logs is append-only'); END\n;\n")
	b.WriteString("CREATE TRIGGER audit_logs_update BEFORE UPDATE ON audit_logs WHEN NOT (EXISTS " +
		"(SELECT 1 FROM audit_permits WHERE act = 'erasure') AND " + erasing("IS") + ") " +
		"BEGIN SELECT RAISE(ABORT, 'auditlog: audit_logs is append-only'); END\n;\n")
	return b.String()
}

// erasing is the condition that an update empties the personal columns and changes nothing else.
func erasing(same string) string {
	terms := make([]string, 0, len(kept)+len(personal))
	for _, c := range kept {
		terms = append(terms, "NEW."+c+" "+same+" OLD."+c)
	}
	for _, c := range personal {
		terms = append(terms, "NEW."+c+" IS NULL")
	}
	return strings.Join(terms, " AND ")
}

// postgresTriggers do the same in PL/pgSQL, and refuse TRUNCATE too.
func postgresTriggers() string {
	const refuse = " RAISE EXCEPTION 'auditlog: % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; "
	b := strings.Builder{}
	b.WriteString("CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " +
		"IF TG_TABLE_NAME = 'audit_logs' THEN " +
		"IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_permits WHERE act = 'retention') THEN RETURN OLD; END IF; " +
		"IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM audit_permits WHERE act = 'erasure') THEN " +
		"IF " + erasing("IS NOT DISTINCT FROM") + " THEN RETURN NEW; END IF; END IF; END IF;" + refuse + "END $$\n;\n")
	for _, table := range []string{"audit_logs", "audit_chains", "audit_checkpoints"} {
		b.WriteString("CREATE TRIGGER " + table + "_change BEFORE UPDATE OR DELETE ON " + table +
			" FOR EACH ROW EXECUTE FUNCTION audit_append_only()\n;\n")
		b.WriteString("CREATE TRIGGER " + table + "_truncate BEFORE TRUNCATE ON " + table +
			" FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()\n;\n")
	}
	return b.String()
}
