package auditlog

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// registered is a row of audit_chains: a chain has a name, which the hashes and all that leaves the database tell, and a number, which
// is in the id of each row.
type registered struct {
	writer string
	number int64
}

// readChains returns the chains in the order of their numbers.
func readChains(ctx context.Context, q querier) ([]registered, error) {
	var chains []registered
	err := database.Each(q.QueryContext(ctx, "SELECT writer, number FROM audit_chains ORDER BY number"))(func(scan database.Scan) error {
		var c registered
		err := scan(&c.writer, &c.number)
		chains = append(chains, c)
		return err
	})
	return chains, err
}

// nameOf returns the name of a chain. One that is not registered has only a number.
func nameOf(chains []registered, number int64) string {
	i, found := slices.BinarySearchFunc(chains, number, func(c registered, n int64) int { return cmp.Compare(c.number, n) })
	if !found {
		return fmt.Sprintf("number %d", number)
	}
	return chains[i].writer
}

// numberOf returns the number of a chain, 0 if it is not registered.
func numberOf(chains []registered, name string) int64 {
	for _, c := range chains {
		if c.writer == name {
			return c.number
		}
	}
	return 0
}
