package diag

import (
	"fmt"
	"strings"
	"unicode"
)

// longestSuggestion bounds the words that are compared, since the comparison costs the product of the lengths.
const longestSuggestion = 64

// DidYouMean returns `did you mean "x"?` with the candidate nearest to word, or "" when none is near. Near is: equal but for
// case and punctuation, at most two edits away (one in three characters for short words), or the only candidate that starts
// with word or with which word starts. Cost is linear in the number of candidates.
func DidYouMean(word string, candidates []string) string {
	best, ok := Nearest(word, candidates)
	if !ok {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// Nearest returns the candidate that [DidYouMean] names.
func Nearest(word string, candidates []string) (string, bool) {
	folded := fold(word)
	if len(folded) == 0 || len(folded) > longestSuggestion {
		return "", false
	}
	best, bestDistance := "", min(2, (len(folded)+2)/3)+1
	for _, c := range candidates {
		if d := editDistance(folded, fold(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	if best != "" {
		return best, true
	}
	return completion(folded, candidates)
}

// completion returns the only candidate of which word is the start, or that is the start of word, if what they share is long
// enough to mean something.
func completion(folded []rune, candidates []string) (string, bool) {
	found := ""
	for _, c := range candidates {
		a, b := string(folded), string(fold(c))
		if min(len(a), len(b)) >= 3 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
			if found != "" {
				return "", false
			}
			found = c
		}
	}
	return found, found != ""
}

// fold returns the letters and digits of s in lower case.
func fold(s string) []rune {
	var out []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '$' {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// editDistance is the optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours
// (Damerau 1964, with each part of the word edited once). It gives up at limit and returns it.
func editDistance(a, b []rune, limit int) int {
	if len(b) > longestSuggestion || max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	var rows [3][longestSuggestion + 1]int
	before, previous, current := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			current[j] = d
		}
		before, previous, current = previous, current, before
	}
	return min(previous[len(b)], limit)
}
