package database

import "database/sql"

// Scan takes the values of one row, as sql.Rows.Scan does.
type Scan func(targets ...any) error

// Each takes what QueryContext returns, and returns a function that calls another one for each row and closes the rows:
//
//	err := database.Each(q.QueryContext(ctx, query))(func(scan database.Scan) error { … })
func Each(rows *sql.Rows, err error) func(do func(Scan) error) error {
	return func(do func(Scan) error) error {
		if err != nil {
			return err
		}
		defer rows.Close() // Err has what went wrong
		for rows.Next() {
			if err := do(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}
