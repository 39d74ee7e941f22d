package rights

import (
	"bytes"
	"encoding/json"
	"strings"
)

// parseTDMRep reads a tdmrep.json. The order stays: the first rule that
// matches decides. What is no rule is skipped, and what stands before a fault
// counts: a comma too many must not undo a reservation. The rule's text is
// its location.
func parseTDMRep(body []byte) []rule {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	if first, err := dec.Token(); err != nil || first != json.Delim('[') {
		return nil
	}
	var rules []rule
	for n := 0; dec.More() && n < maxRules; n++ {
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			break
		}
		var entry map[string]json.RawMessage // names are exact, and values may be anything
		var location, policy string
		if json.Unmarshal(raw, &entry) != nil || json.Unmarshal(entry["location"], &location) != nil || location == "" {
			continue
		}
		reserved, ok := jsonReservation(entry["tdm-reservation"])
		p, usable := parsePattern(location)
		if !ok || !usable {
			continue
		}
		if json.Unmarshal(entry["tdm-policy"], &policy) != nil || len(policy) > maxPolicyURL {
			policy = ""
		}
		r := rule{pattern: p, text: clean(location), policy: policy}
		if reserved {
			r.reserved = mining
		}
		rules = append(rules, r)
	}
	return rules
}

// jsonReservation reads a tdm-reservation, which is to be the number 1 or 0.
// Publishers write "1" and true as well, and nobody doubts what that means.
func jsonReservation(raw json.RawMessage) (reserved, ok bool) {
	switch s := strings.Trim(string(raw), `"`); s {
	case "true", "false":
		return s == "true", true
	case "1.0", "0.0":
		return s == "1.0", true
	default:
		return reservation(s)
	}
}
