package topic

// A trie holds the terms of one language. It is walked from every place where
// a word begins: unlike an automaton over bytes it meets only whole words, and
// a star costs one jump to the end of the word. The terms of one language are
// few enough to stay in a cache, and most words that begin none are not looked
// up at all, see filter.
//
// All nodes share one array (a double array, after Aoe): the child of a node
// for a symbol is at the node's base plus the symbol, if the cell there says it
// came from the node. A step is one read of eight bytes.
type trie struct {
	lang   uint8
	filter filter
	cells  []cell // the root is the first
	ends   []ending
	out    []output
	seats  []seat
}

type cell struct {
	base uint32 // of the children, above markBits; of a child for symEnd the number of the ending
	from uint32 // the parent
}

// Marks of nodes where a walk has to look around, in the low bits of base.
const (
	markEnd   = 1 << iota // a term ends here
	markStar              // a star stands here
	markSpace             // a space leads here
	markBits  = iota

	marks = 1<<markBits - 1
)

const noParent = 1<<32 - 1

// An ending is what the terms that end at a node mean: where their outputs and
// seats begin. They go on to those of the next ending.
type ending struct{ out, seat uint32 }

// An output is one use of a term by a line of a rule file that is not near.
type output struct {
	atom
	id int32 // each use has its own
}

// A seat is a place in a group of a near rule that a term can take: near<<seatBits
// + group. A word takes dozens.
type seat uint32

const seatBits = 3

func (x seat) near() uint32 { return uint32(x >> seatBits) }
func (x seat) group() uint8 { return uint8(x & (1<<seatBits - 1)) }
func (x seat) bit() uint8   { return 1 << x.group() }

// A langSet is a set of languages by number.
type langSet uint64

const maxLanguages = 64

// child follows the edge of the node at for sym; 0 if there is none.
func (t *trie) child(at uint32, sym uint16) uint32 {
	next := t.cells[at].base>>markBits + uint32(sym)
	if int(next) < len(t.cells) && t.cells[next].from == at {
		return next
	}
	return 0
}

// meaning lists what the terms that end at a node mean.
func (t *trie) meaning(at uint32) ([]output, []seat) {
	n := t.cells[t.cells[at].base>>markBits+uint32(symEnd)].base
	from, to := t.ends[n], t.ends[n+1]
	return t.out[from.out:to.out], t.seats[from.seat:to.seat]
}
