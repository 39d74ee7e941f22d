package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// topicsEvery is how often the directory of topic files is looked at.
const topicsEvery = time.Second

// watchTopics loads the topic files anew when they change, all of them or, when
// one is faulty or fails its own tests, none: then the old rules go on. It
// waits until the directory has kept still between two looks, since an editor
// saves one file after the other.
func (p *pipeline) watchTopics(ctx context.Context) {
	if p.cfg.Topics == "" {
		return
	}
	loaded, last := p.rules.files, p.rules.files
	tick := time.NewTicker(topicsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := fingerprint(p.cfg.Topics)
		still := now == last
		if last = now; !still || now == loaded {
			continue
		}
		loaded = now
		if err := p.reloadTopics(); err != nil {
			for _, e := range unjoin(err) {
				p.log.Error("topic files not taken over: the rules from before go on", "err", e)
			}
		}
	}
}

// reloadTopics takes over the topic files as they are now. Articles that are
// published already keep their tags; the retag command changes them.
func (p *pipeline) reloadTopics() error {
	topics, err := loadTopics(p.cfg.Topics)
	if err != nil {
		return err
	}
	p.sink.Use(topics.Topics())
	r := *p.rules
	r.topics = topics
	p.enrich.Store(r.enricher())
	p.log.Info("topic files taken over", "id", topics.Version(), "n", len(topics.Topics()))
	return nil
}

// fingerprint is a digest of names, sizes and times of the files below dir.
func fingerprint(dir string) uint64 {
	h := fnv.New64a()
	// A directory that cannot be read gives another digest than before; what is
	// wrong is said when it is loaded.
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			fmt.Fprintln(h, path, err)
			return nil
		}
		if info, err := os.Stat(path); err == nil && !d.IsDir() {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return h.Sum64()
}
