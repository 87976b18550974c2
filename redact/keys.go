package redact

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoKey is returned by [NewEngine] when the policy hashes values and there is no key to hash them with.
var ErrNoKey = errors.New("redact: the policy hashes values, but there is no key")

// keySize is the size of the keys made here and the least size of any key, in bytes: the strength of SHA-256.
const keySize = 32

// randomKeyID is the id of the key of [RandomKeys]. It is part of each pseudonym, so that one which cannot be joined after
// a restart can be told from the others.
const randomKeyID = "random"

// Keys is an immutable set of secret keys for [Hash]. The first is active: values are hashed with it. The others belong to
// a rotation and only serve [Engine.Pseudonyms]. Printing, logging and encoding Keys show [redacted]. The zero value
// holds no key.
type Keys struct {
	hidden

	list Value[[]key]
}

// key is one secret key. It is only ever held behind a closure.
type key struct {
	id       string
	material []byte
}

// ParseKeys reads "kid:base64,…": each kid has 1 to 8 of the characters a-z and 0-9, each key at least 32 bytes in
// standard or URL base64, padded or not. White space around a key is ignored. Errors name a key by its place in the list
// and never quote it.
func ParseKeys(s string) (Keys, error) {
	var list []key
	for i, line := range strings.Split(s, ",") {
		k, err := parseKey(strings.TrimSpace(line))
		if err != nil {
			return Keys{}, fmt.Errorf("redact: key %d: %w", i+1, err)
		}
		for j, other := range list {
			if k.id == other.id || slices.Equal(k.material, other.material) {
				return Keys{}, fmt.Errorf("redact: key %d: same id or same secret as key %d", i+1, j+1)
			}
		}
		list = append(list, k)
	}
	return Keys{list: Wrap(list)}, nil
}

// RandomKeys returns one random key. Its pseudonyms join within this process only; their key id is "random".
func RandomKeys() Keys { return Keys{list: Wrap([]key{{randomKeyID, randomMaterial()}})} }

// NewKey returns a new random key in the form that [ParseKeys] reads: the kid, a colon, and 32 bytes in URL base64
// without padding. The result is a secret.
func NewKey(kid string) (string, error) {
	if !validKeyID(kid) {
		return "", errKeyID
	}
	return kid + ":" + base64.RawURLEncoding.EncodeToString(randomMaterial()), nil
}

// IsZero reports whether there is no key.
func (k Keys) IsZero() bool { return len(k.list.Reveal()) == 0 }

// The mistakes in one key. They are constants because anything quoted could be part of a secret.
var (
	errKeyForm  = errors.New("want kid:base64")
	errKeyID    = errors.New("the kid must be 1 to 8 of the characters a-z and 0-9")
	errKeyText  = errors.New("the secret is not base64")
	errKeyShort = errors.New("the secret is shorter than 32 bytes")
)

func parseKey(line string) (key, error) {
	id, text, ok := strings.Cut(line, ":")
	if !ok {
		return key{}, errKeyForm
	}
	if !validKeyID(id) {
		return key{}, errKeyID
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	material, err := encoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return key{}, errKeyText
	}
	if len(material) < keySize {
		return key{}, errKeyShort
	}
	return key{id, material}, nil
}

func validKeyID(id string) bool {
	return len(id) >= 1 && len(id) <= 8 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// randomMaterial returns the secret of a new key. Reading random bytes cannot fail: the Go runtime stops the process first.
func randomMaterial() []byte {
	material := make([]byte, keySize)
	_, _ = rand.Read(material)
	return material
}
