package redaction

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"regexp"

	cockroach "github.com/cockroachdb/redact"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
)

var errDropped = errors.New("redaction: nothing came out")

// loop is a run of something that appends to a buffer.
func loop(do func(dst []byte) error) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		buffer := make([]byte, 0, 4096)
		return &measure.Run{Do: func(n int) error {
			for range n {
				if err := do(buffer); err != nil {
					return err
				}
			}
			return nil
		}}, nil
	}
}

func pooledHMAC() (*measure.Run, error) {
	mac := workload.NewHMAC()
	return loop(func([]byte) error {
		mac.Sum()
		return nil
	})()
}

func freshHMAC() (*measure.Run, error) {
	key, message := make([]byte, 32), []byte(category+"\x00"+workload.Account)
	return loop(func(dst []byte) error {
		mac := hmac.New(sha256.New, key)
		_, err := mac.Write(message)
		mac.Sum(dst[:0])
		return err
	})()
}

func cockroachHash() (*measure.Run, error) {
	cockroach.EnableHashing([]byte("a salt of the application"))
	run, err := loop(func([]byte) error {
		if cockroach.Sprint(cockroach.HashString(workload.Account)).Redact() == "" {
			return errDropped
		}
		return nil
	})()
	if err == nil {
		run.Close = func() error {
			cockroach.DisableHashing()
			return nil
		}
	}
	return run, err
}

// lastPart and localPart are what a first attempt usually is.
func lastPart(address string) func() (*measure.Run, error) {
	pattern := regexp.MustCompile(`[^.:]+$`)
	return loop(func([]byte) error {
		if pattern.ReplaceAllString(address, "0") == "" {
			return errDropped
		}
		return nil
	})
}

func localPart() (*measure.Run, error) {
	pattern := regexp.MustCompile(`^[^@]+@`)
	return loop(func([]byte) error {
		if pattern.ReplaceAllString(email, "***@") == "" {
			return errDropped
		}
		return nil
	})()
}
