// Package privacy turns a registry into its data map: which values may leave the service, to which destinations, and what of
// them. It is the answer to the questions of a data-protection officer, as Markdown for people and as CSV for a register of
// processing activities. The output depends on the registry alone.
package privacy
