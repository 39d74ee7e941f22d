package websub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// keys derives what is secret about subscriptions from the configured secret.
//
// The token of a callback address is the subscription's id and a MAC over the
// feed and the id. So an address that we never gave out is told from one that
// we did without any store, and of those we did, the one that still counts
// from those of former hubs and topics.
type keys []byte

const (
	tagSize = 8  // bytes of an id for the topic, and again for the hub; they are keyed, so nobody can look for equal ones
	macSize = 16 // bytes
	idSize  = 2 * tagSize
)

// tokens are strict: there is one way to write each.
var tokens = base64.RawURLEncoding.Strict()

// mac is the keyed digest of label and parts. Lengths go in, so that no two
// lists of parts run together into one.
func (k keys) mac(label string, parts ...string) []byte {
	h := hmac.New(sha256.New, k)
	for _, s := range append([]string{label}, parts...) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return h.Sum(nil)
}

func (k keys) topicTag(feed, topic string) []byte {
	return k.mac("websub topic", feed, unescapeUnreserved(topic))[:tagSize]
}

func (k keys) hubTag(feed, hub string) []byte { return k.mac("websub hub", feed, hub)[:tagSize] }

// id names a subscription in its callback address.
func (k keys) id(sub Subscription) []byte {
	return append(k.topicTag(sub.Feed, sub.Topic), k.hubTag(sub.Feed, sub.Hub)...)
}

// token is the last element of a callback address.
func (k keys) token(feed string, id []byte) string {
	return tokens.EncodeToString(append(id[:idSize:idSize], k.mac("websub callback", feed, string(id))[:macSize]...))
}

// open returns the id in a token, and whether we made the token for feed.
func (k keys) open(feed, token string) (id []byte, ok bool) {
	if len(token) != tokens.EncodedLen(idSize+macSize) {
		return nil, false
	}
	raw, err := tokens.DecodeString(token)
	if err != nil || len(raw) != idSize+macSize {
		return nil, false
	}
	id = raw[:idSize]
	return id, hmac.Equal(raw[idSize:], k.mac("websub callback", feed, string(id))[:macSize])
}

// hubSecret is the key with which the hub signs: 64 letters, where WebSub
// allows less than 200 bytes.
func (k keys) hubSecret(feed string, id []byte) string {
	return hex.EncodeToString(k.mac("websub secret", feed, string(id)))
}

// unescapeUnreserved decodes letters, digits, "-", ".", "_" and "~" that are
// percent-encoded, as hubs must do before they send a topic back.
func unescapeUnreserved(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil && isUnreserved(c[0]) {
				b.WriteByte(c[0])
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
