module github.com/eventgen/eventgen/examples

go 1.26

require github.com/eventgen/eventgen v0.0.0-00010101000000-000000000000

require (
	github.com/andybalholm/brotli v1.1.1 // indirect
	github.com/goccy/go-json v0.10.6 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	github.com/klauspost/compress v1.17.11 // indirect
	github.com/posthog/posthog-go v1.27.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.21.0 // indirect
)

replace github.com/eventgen/eventgen => ../
