package fetch

import (
	"fmt"
	"net/http"
	"strings"
)

const (
	maxExtraFields = 32       // values in Request.Header
	maxExtraBytes  = 16 << 10 // bytes of names and values in Request.Header; what common servers accept
)

// ownHeaders are those that the client or the protocol sets.
var ownHeaders = map[string]bool{
	"Host": true, "User-Agent": true, "Accept": true, "Accept-Encoding": true, "Range": true, "Expect": true,
	"Connection": true, "Keep-Alive": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Http2-Settings": true,
}

// checkHeader reports what is wrong with h as Request.Header. The error
// names the header and never its value, which may be a secret.
func checkHeader(h http.Header) error {
	fields, size := 0, 0
	for key, values := range h {
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return !isTokenRune(r) }) {
			return fmt.Errorf("%w: %.40q is not the name of one", errHeader, key)
		}
		key = http.CanonicalHeaderKey(key)
		if ownHeaders[key] || strings.HasPrefix(key, "Content-") || strings.HasPrefix(key, "Proxy-") || strings.HasPrefix(key, "If-") {
			return fmt.Errorf("%w: %.40s", errHeader, key)
		}
		for _, value := range values {
			if !isHeaderText(value) {
				return fmt.Errorf("%w: the value of %.40s is not printable ASCII", errHeader, key)
			}
			fields++
			size += len(key) + len(value)
		}
	}
	if fields > maxExtraFields || size > maxExtraBytes {
		return fmt.Errorf("%w: %d values in %d bytes are more than %d in %d", errHeader, fields, size, maxExtraFields, maxExtraBytes)
	}
	return nil
}

// isTokenRune reports whether r may stand in the name of a header.
func isTokenRune(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r < 0x80 && strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
