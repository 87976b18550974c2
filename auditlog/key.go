package auditlog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// KeyVariable is the environment variable of [SigningKey].
const KeyVariable = "AUDIT_SIGNING_KEY"

var errKey = errors.New(KeyVariable + " is not the base64 form of 32 bytes")

// SigningKey returns the Ed25519 key in AUDIT_SIGNING_KEY, which holds the base64 form of the 32 bytes of its seed, as made by
// [NewKey] or "openssl rand -base64 32". It is nil where the variable is not set. lookup usually is os.LookupEnv.
func SigningKey(lookup func(string) (string, bool)) (ed25519.PrivateKey, error) {
	text, ok := lookup(KeyVariable)
	if !ok || text == "" {
		return nil, nil
	}
	seed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(seed) != ed25519.SeedSize { // the cause may quote the key
		return nil, fmt.Errorf("auditlog: %w", errKey)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// NewKey makes a key for AUDIT_SIGNING_KEY, and the public key that belongs to it in the form that [ParsePublicKey] reads.
func NewKey() (signing, public string) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails
	key := ed25519.NewKeyFromSeed(seed)
	return base64.StdEncoding.EncodeToString(seed), FormatPublicKey(PublicKey(key))
}

// PublicKey returns the public half of a key, nil for nil.
func PublicKey(key ed25519.PrivateKey) ed25519.PublicKey {
	if len(key) != ed25519.PrivateKeySize {
		return nil
	}
	return ed25519.PublicKey(key[ed25519.SeedSize:])
}

// FormatPublicKey returns the base64 form of a public key.
func FormatPublicKey(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// ParsePublicKey reads the base64 form of a public key.
func ParsePublicKey(text string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("auditlog: a public key is the base64 form of 32 bytes")
	}
	return key, nil
}
