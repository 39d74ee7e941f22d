package websub

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// methods are the algorithms of WebSub, strongest first. SHA-1 stays: as an
// HMAC it is not broken, and most hubs know no other.
var methods = []struct {
	name string
	new  func() hash.Hash
}{
	{"sha512", sha512.New},
	{"sha384", sha512.New384},
	{"sha256", sha256.New},
	{"sha1", sha1.New},
}

const maxSignatures = 8 // in one request; further ones are not looked at

var (
	errUnsigned = errors.New("no X-Hub-Signature of a known method")
	errForged   = errors.New("X-Hub-Signature does not fit the body")
)

// checkSignature says what is wrong with the signature of body; nil when it
// is right. headers are the values of X-Hub-Signature, each method=hex or
// several of them with commas between. The strongest method counts alone: a
// weaker one that fits does not make up for it.
func checkSignature(headers []string, secret string, body []byte) error {
	best, sum := strongest(headers)
	if best < 0 {
		return errUnsigned
	}
	h := hmac.New(methods[best].new, []byte(secret))
	h.Write(body)
	if !hmac.Equal(sum, h.Sum(nil)) {
		return errForged
	}
	return nil
}

// strongest returns the index in methods of the strongest signature, and its
// digest; -1 when there is none. A digest that does not decode is nil and
// fits nothing.
func strongest(headers []string) (best int, sum []byte) {
	best = -1
	n := 0
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			if n++; n > maxSignatures {
				return best, sum
			}
			name, digest, ok := strings.Cut(strings.TrimSpace(part), "=")
			if !ok {
				continue
			}
			for i, m := range methods {
				if (best < 0 || i < best) && strings.EqualFold(name, m.name) {
					best = i
					sum, _ = hex.DecodeString(digest)
				}
			}
		}
	}
	return best, sum
}
