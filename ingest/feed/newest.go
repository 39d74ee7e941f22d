package feed

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// A newest keeps the newest of the values it is shown, up to a limit. What
// has no date counts as older than what has one; of equal dates the first
// shown stay.
type newest[T any] struct {
	limit   int
	kept    []dated[T] // a heap: the first to go is on top
	shown   int
	dropped int
}

type dated[T any] struct {
	when  time.Time
	seq   int
	value T
}

// wants reports whether a value of this date would be kept. It counts the
// value, as dropped when it would not.
func (n *newest[T]) wants(when time.Time) bool {
	n.shown++
	if len(n.kept) < n.limit {
		return true
	}
	n.dropped++
	return n.limit > 0 && when.After(n.kept[0].when)
}

// add keeps a value that is wanted.
func (n *newest[T]) add(when time.Time, value T) {
	if len(n.kept) == n.limit {
		heap.Pop(n)
	}
	heap.Push(n, dated[T]{when, n.shown, value})
}

// inOrder returns what was kept in the order in which it was shown.
func (n *newest[T]) inOrder() []T {
	slices.SortFunc(n.kept, func(a, b dated[T]) int { return cmp.Compare(a.seq, b.seq) })
	return n.values()
}

// byDate returns what was kept, the newest first.
func (n *newest[T]) byDate() []T {
	slices.SortFunc(n.kept, func(a, b dated[T]) int {
		return cmp.Or(b.when.Compare(a.when), cmp.Compare(a.seq, b.seq))
	})
	return n.values()
}

func (n *newest[T]) values() []T {
	out := make([]T, len(n.kept))
	for i := range n.kept {
		out[i] = n.kept[i].value
	}
	return out
}

// The methods of [heap.Interface].

func (n *newest[T]) Len() int { return len(n.kept) }

func (n *newest[T]) Less(i, j int) bool {
	a, b := &n.kept[i], &n.kept[j]
	return cmp.Or(a.when.Compare(b.when), cmp.Compare(b.seq, a.seq)) < 0
}

func (n *newest[T]) Swap(i, j int) { n.kept[i], n.kept[j] = n.kept[j], n.kept[i] }

func (n *newest[T]) Push(x any) { n.kept = append(n.kept, x.(dated[T])) }

func (n *newest[T]) Pop() any {
	last := n.kept[len(n.kept)-1]
	n.kept = n.kept[:len(n.kept)-1]
	return last
}
