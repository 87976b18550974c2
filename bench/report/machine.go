package report

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine describes where, when and how figures came about. The folder is the one that queues on disk used.
func Machine(command, folder string, at time.Time) string {
	rows := [][]string{
		{"", ""},
		{"date", at.UTC().Format(time.DateOnly)},
		{"processor", fmt.Sprintf("%s, %d cores", processor(), runtime.NumCPU())},
		{"memory", memorySize()},
		{"kernel", kernel()},
		{"file system of the queues", fileSystem(folder)},
		{"Go", fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)},
		{"command", "`" + command + "`"},
	}
	var b strings.Builder
	for i, cells := range rows {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|---|---|\n")
		}
	}
	return b.String()
}

// What cannot be found out is unknown: it is not worth failing for.
const unknown = "unknown"

func processor() string {
	if name := field("/proc/cpuinfo", "model name"); name != "" {
		return name
	}
	return unknown
}

func memorySize() string {
	if size := field("/proc/meminfo", "MemTotal"); size != "" {
		return size
	}
	return unknown
}

// field returns the value behind a name in a file of lines "name: value".
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.Join(strings.Fields(value), " ")
		}
	}
	return ""
}

func kernel() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return unknown
	}
	return text(name.Sysname[:]) + " " + text(name.Release[:])
}

func text(b []byte) string { return string(b[:max(0, bytes.IndexByte(b, 0))]) }

// fileSystem names the usual kinds, since a queue in memory would be compared with nothing.
func fileSystem(folder string) string {
	var s unix.Statfs_t
	if unix.Statfs(folder, &s) != nil {
		return unknown
	}
	names := map[int64]string{
		0xef53: "ext4", 0x58465342: "XFS", 0x9123683e: "Btrfs", 0x01021994: "tmpfs, in memory", 0x794c7630: "overlayfs",
	}
	if name, ok := names[s.Type]; ok {
		return name
	}
	return fmt.Sprintf("type %#x", s.Type)
}
