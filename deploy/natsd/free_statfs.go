//go:build linux || darwin || freebsd

package natsd

import "golang.org/x/sys/unix"

// freeBytes reports the space left to this user on the disk that holds dir.
func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil
}
