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
	l.orderYields(at)
}

// orderYields puts the topics that yield in an order in which each comes after
// those that go first, for only a topic that stays in a text can do so. There
// is none if topics yield in a circle.
func (l *loader) orderYields(at map[string]int32) {
	const open, done = 1, 2
	state := make([]uint8, len(l.t.topics))
	var visit func(subject int32)
	visit = func(subject int32) {
		state[subject] = open
		for _, y := range l.yielding {
			to, ok := at[y.to.text]
			switch {
			case y.subject != subject || !ok || to == subject:
			case state[to] == open:
				l.f.add(y.to, "topic %q yields to %q, which yields to it", l.t.topics[subject].ID, y.to.text)
			case state[to] != done:
				visit(to)
			}
		}
		state[subject] = done
		if len(l.t.yields[subject]) > 0 {
			l.t.yielders = append(l.t.yielders, subject)
		}
	}
	for subject := range state {
		if state[subject] == 0 {
			visit(int32(subject))
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
	for _, subject := range s.t.yielders {
		if s.scores[subject] > 0 && s.better(subject) >= 0 {
			s.drop(subject)
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
		if s.hits[i].subject == subject {
			s.hits[i].weight = 0
		}
	}
}
