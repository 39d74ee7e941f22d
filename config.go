package main

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"conflictwire/enrich"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/fetch"
	"conflictwire/sink"
)

// A Config is the configuration file. Durations are written as 90s, 15m, 12h;
// sizes are bytes. What is left out has its default; deploy/conflictwire.yaml
// shows every key.
type Config struct {
	// Store is the directory of the embedded NATS server. Empty means
	// "conflictwire" in the user's data directory. Not used with nats.url.
	Store string `yaml:"store"`
	// Listen is where the embedded server takes clients, host:port on
	// loopback. Empty means 127.0.0.1:4222; "none" means not at all.
	Listen string `yaml:"listen"`
	// MaxStore is the most bytes that the embedded server keeps. Zero means
	// 20 GiB. When it is full nothing new is taken in until old records age out.
	MaxStore int64 `yaml:"max_store"`
	// NATS names a server or cluster elsewhere, used instead of the embedded one.
	NATS NATS `yaml:"nats"`

	// Every is the time between two polls of a feed that does not say its own.
	// Zero means 5m; at least 1s, at most 24h.
	Every time.Duration `yaml:"every"`
	// MaxAge is how old an entry may be when it is first seen; older ones are
	// entered in the ledger as stale. Zero means 168h (7 days); it must be
	// shorter than Retention by a day, so that an article that NEWS has
	// forgotten cannot come in as a new one.
	MaxAge time.Duration `yaml:"max_age"`
	// Retention is how long records, copies and ledger lines are kept. Zero
	// means 720h (30 days).
	Retention time.Duration `yaml:"retention"`
	// MaxNews is the most bytes of records, and again of copies; beyond it the
	// oldest go first. Zero means no limit but max_store.
	MaxNews int64 `yaml:"max_news"`
	// Confidence is the least confidence, 0 to 1, at which an article is
	// copied to the subject of a topic. Zero means every topic it is tagged with.
	Confidence float64 `yaml:"confidence"`

	// Fetch is how publishers are asked: politeness and limits.
	Fetch fetch.Config `yaml:"fetch"`
	// Workers is how much is done at once.
	Workers Workers `yaml:"workers"`
	// Topics is a directory of topic files used instead of the built-in ones,
	// relative to the configuration file. Empty means the built-in ones.
	Topics string `yaml:"topics"`
	// Feeds are the sources. None means the built-in list.
	Feeds []ingest.Feed `yaml:"feeds"`
	// Desks are saved queries, each with a subject of its own.
	Desks []sink.Desk `yaml:"desks"`
}

// NATS says how to reach a server elsewhere.
type NATS struct {
	// URL is one or more addresses, nats://host:4222, separated by commas.
	// Empty means the embedded server.
	URL string `yaml:"url"`
	// Creds is a credentials file (JWT and seed). Empty means none.
	Creds string `yaml:"creds"`
	// Replicas is how many servers of the cluster keep each stream: 1, 3 or 5.
	// Zero means 1.
	Replicas int `yaml:"replicas"`
}

// Workers bounds what one process does at once.
type Workers struct {
	// Feeds is how many feeds are polled at once. Zero means 16.
	Feeds int `yaml:"feeds"`
	// Pages is how many pages are read at once, most of them waiting for their
	// host's turn. Zero means 64.
	Pages int `yaml:"pages"`
}

//go:embed deploy/conflictwire.yaml
var defaultConfig []byte

// defaultConfigName stands for the built-in configuration in messages.
const defaultConfigName = "built-in configuration"

// loadConfig reads the configuration file at path, or the built-in one when
// path is empty, and the rules it names. The error holds every fault of the
// file and of the rules, each with its line.
func loadConfig(path string) (*Config, *rules, error) {
	name, data := defaultConfigName, defaultConfig
	if path != "" {
		var err error
		if data, err = readLimited(path, maxConfig); err != nil {
			return nil, nil, fmt.Errorf("configuration: %w", err)
		}
		name = path
	}
	cfg := &Config{}
	doc, faults, err := decodeYAML(name, data, cfg)
	if err != nil {
		return nil, nil, err
	}
	if path != "" && cfg.Topics != "" && !filepath.IsAbs(cfg.Topics) {
		cfg.Topics = filepath.Join(filepath.Dir(path), cfg.Topics)
	}
	if len(cfg.Feeds) == 0 {
		var builtIn Config
		if _, _, err := decodeYAML(defaultConfigName, defaultConfig, &builtIn); err != nil {
			return nil, nil, err
		}
		cfg.Feeds = builtIn.Feeds
	}
	faults = append(faults, cfg.validate()...)
	r, err := loadRules(cfg.Topics)
	if err == nil {
		faults = append(faults, cfg.validateDesks(r.topics)...)
	}
	return cfg, r, errors.Join(doc.locate(faults), err)
}

// rules are the taxonomy and the gazetteer.
type rules struct {
	topics *topic.Tagger
	places *place.Gazetteer
}

// loadRules loads the topic files of a directory, or the built-in ones when
// dir is empty. The error holds every fault, each with file and line.
func loadRules(dir string) (*rules, error) {
	topics, err := topic.Default()
	if dir != "" {
		topics, err = topic.Load(os.DirFS(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	places, err := place.Default()
	if err != nil {
		return nil, fmt.Errorf("gazetteer: %w", err)
	}
	return &rules{topics, places}, nil
}

// enricher returns the steps that apply the rules.
func (r *rules) enricher() *enrich.Enricher { return enrich.New(r.topics, r.places) }

// maxConfig bounds a configuration file, in bytes: 100,000 feeds take some 15 MB.
const maxConfig = 64 << 20

// readLimited reads a file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %d bytes, at most %d are read", path, info.Size(), limit)
	}
	return os.ReadFile(path)
}

// A fault is one thing that is wrong, at a path such as "feeds[3].url".
type fault struct {
	path string
	err  error
}

// validate reports everything that is wrong with the values.
func (c *Config) validate() []fault {
	var faults []fault
	add := func(path string, err error) {
		for _, e := range unjoin(err) {
			faults = append(faults, fault{path, e})
		}
	}
	between := func(path string, d, least, most time.Duration) {
		if d != 0 && (d < least || d > most) {
			add(path, fmt.Errorf("%v is not between %v and %v", d, least, most))
		}
	}
	between("every", c.Every, time.Second, 24*time.Hour)
	between("retention", c.Retention, 25*time.Hour, 10*365*24*time.Hour)
	between("max_age", c.MaxAge, time.Hour, 10*365*24*time.Hour)
	if c.maxAge() > c.retention()-24*time.Hour {
		add("max_age", fmt.Errorf("%v is not shorter than the retention of %v by a day: an article that was forgotten could be published again", c.maxAge(), c.retention()))
	}
	for path, n := range map[string]int64{"max_store": c.MaxStore, "max_news": c.MaxNews, "workers.feeds": int64(c.Workers.Feeds), "workers.pages": int64(c.Workers.Pages)} {
		if n < 0 {
			add(path, fmt.Errorf("%d is negative", n))
		}
	}
	if c.Confidence < 0 || c.Confidence > 1 {
		add("confidence", fmt.Errorf("%v is not between 0 and 1", c.Confidence))
	}
	if n := c.NATS.Replicas; n != 0 && n != 1 && n != 3 && n != 5 {
		add("nats.replicas", fmt.Errorf("%d is not 1, 3 or 5", n))
	} else if n > 1 && c.NATS.URL == "" {
		add("nats.replicas", errors.New("the embedded server is alone and keeps one copy"))
	}
	add("", c.Fetch.Validate())
	faults = append(faults, c.validateFeeds()...)
	return faults
}

func (c *Config) validateFeeds() []fault {
	var faults []fault
	ids, urls := map[string]int{}, map[string]int{}
	for i, f := range c.Feeds {
		path := fmt.Sprintf("feeds[%d]", i)
		for _, err := range unjoin(f.Validate()) {
			faults = append(faults, fault{path, err})
		}
		if j, ok := ids[f.ID]; ok && f.ID != "" {
			faults = append(faults, fault{path + ".id", fmt.Errorf("%q is the id of feed no. %d already", f.ID, j+1)})
		}
		if j, ok := urls[f.URL]; ok && f.URL != "" {
			faults = append(faults, fault{path + ".url", fmt.Errorf("feed no. %d has this address already", j+1)})
		}
		ids[f.ID], urls[f.URL] = i, i
	}
	return faults
}

// validateDesks checks the desks against the taxonomy.
func (c *Config) validateDesks(topics *topic.Tagger) []fault {
	known := map[string]bool{}
	for _, t := range slices.Concat(topics.Topics(), topics.Groups()) {
		known[t.ID] = true
	}
	var faults []fault
	ids := map[string]int{}
	for i, d := range c.Desks {
		path := fmt.Sprintf("desks[%d]", i)
		for _, err := range unjoin(d.Validate(func(t string) bool { return known[t] })) {
			faults = append(faults, fault{path, err})
		}
		if j, ok := ids[d.ID]; ok && d.ID != "" {
			faults = append(faults, fault{path + ".id", fmt.Errorf("%q is the id of desk no. %d already", d.ID, j+1)})
		}
		ids[d.ID] = i
	}
	return faults
}

func (c *Config) retention() time.Duration { return cmp.Or(c.Retention, sink.DefaultRetention) }
func (c *Config) maxAge() time.Duration    { return cmp.Or(c.MaxAge, ingest.DefaultMaxAge) }

// storeDir is where the embedded server keeps its data.
func (c *Config) storeDir() (string, error) {
	if c.Store != "" {
		return c.Store, nil
	}
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no place for the store: %w; give --store", err)
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "conflictwire"), nil
}

// listen is the address of the embedded server, empty for none.
func (c *Config) listen() string {
	if c.Listen == "none" {
		return ""
	}
	return cmp.Or(c.Listen, "127.0.0.1:4222")
}

// unjoin splits what errors.Join joined, however deep.
func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	j, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range j.Unwrap() {
		all = append(all, unjoin(e)...)
	}
	return all
}

// keyOf takes a leading "key: " off an error's text; parts of the
// configuration name the key that is wrong that way.
func keyOf(err error) (key, rest string) {
	key, rest, ok := strings.Cut(err.Error(), ": ")
	if !ok || strings.ContainsAny(key, " \"") {
		return "", err.Error()
	}
	return key, rest
}
