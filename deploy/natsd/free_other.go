//go:build !(linux || darwin || freebsd)

package natsd

import "errors"

// freeBytes is not known on this system; the server then starts unchecked.
func freeBytes(string) (uint64, error) { return 0, errors.ErrUnsupported }
