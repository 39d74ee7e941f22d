package topic

// A topic file can name topics that tell the same event better:
//
//	yields: [unrest.riot]
//
// A text of few sentences tells one event, and what is a riot in it is no
// peaceful protest, whatever else it says of demonstrators. A long text may
// report of both, and then has both.

// oneEvent is how many words a text may have that is taken to tell one event.
const oneEvent = 80

// A yielding is one line of what a topic file says of topics that go first.
type yielding struct {
	subject int32
	to      node
}

// yields notes the topics that subject yields to; their files may come later.
func (l *loader) yields(n node, subject int32) {
	for _, it := range n.items(l.f) {
		l.yielding = append(l.yielding, yielding{subject, it})
	}
}

// settleYields finds the topics that the files named.
func (l *loader) settleYields() {
	at := map[string]int32{}
	for i := range l.t.topics {
		at[l.t.topics[i].ID] = int32(i)
	}
	l.t.yields = make([][]int32, len(l.t.topics))
	for _, y := range l.yielding {
		id := y.to.scalar(l.f)
		to, ok := at[id]
		switch {
		case !ok:
			l.f.add(y.to, "yields to topic %q, which there is not", id)
		case to == y.subject:
			l.f.add(y.to, "topic %q yields to itself", id)
		default:
			l.t.yields[y.subject] = append(l.t.yields[y.subject], to)
		}
	}
}

// yield takes the weight of the topics whose event another tells better, by
// the scores so far. It reports whether there were any.
func (s *scan) yield() bool {
	if s.words > oneEvent {
		return false
	}
	changed := false
	for subject := range s.t.yields {
		if s.scores[subject] > 0 && s.better(int32(subject)) >= 0 {
			s.drop(int32(subject))
			changed = true
		}
	}
	return changed
}

// better returns the topic to which subject yields in this text; -1 for none.
func (s *scan) better(subject int32) int32 {
	for _, to := range s.t.yields[subject] {
		if s.words <= oneEvent && s.scores[to] >= threshold-1e-9 {
			return to
		}
	}
	return -1
}

// drop takes the weight of what counted for subject. With its score gone no
// other topic yields to it.
func (s *scan) drop(subject int32) {
	s.scores[subject] = 0
	for i := range s.hits {
		if s.t.rules[s.hits[i].rule].subject == subject {
			s.hits[i].weight = 0
		}
	}
}
