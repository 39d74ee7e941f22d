package main

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/enrich"
	"conflictwire/enrich/actor"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/article"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/rights"
	"conflictwire/ingest/websub"
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
	// Reread is when the page of an article is read again for corrections,
	// counted from when its entry appeared, ascending, each 1m to max_age.
	// Left out means 15m, 2h and 24h; an empty list means not at all.
	Reread []time.Duration `yaml:"reread"`
	// Retention is how long records, copies and ledger lines are kept. Zero
	// means 720h (30 days).
	Retention time.Duration `yaml:"retention"`
	// MaxNews is the most bytes of records, and again of copies; beyond it the
	// oldest go first. Zero means no limit but max_store.
	MaxNews int64 `yaml:"max_news"`
	// Confidence is the least confidence, 0 to 1, at which an article is
	// copied to the subject of a topic. Zero means 0.85. A topic is tagged at
	// 0.5 or more, so 0.5 means every topic.
	Confidence float64 `yaml:"confidence"`

	// Fetch is how publishers are asked: politeness and limits.
	Fetch fetch.Config `yaml:"fetch"`
	// Rights is what follows when a publisher reserves text and data mining,
	// use by AI, or indexing.
	Rights rights.Policy `yaml:"rights"`
	// WebSub lets hubs push new entries to this worker.
	WebSub websub.Config `yaml:"websub"`
	// Workers is how much is done at once.
	Workers Workers `yaml:"workers"`
	// Topics is a directory of topic files used instead of the built-in ones,
	// relative to the configuration file. Empty means the built-in ones.
	Topics string `yaml:"topics"`
	// Sites is a directory of rules for the pages of certain sites, added to the
	// built-in ones, relative to the configuration file. Empty means none.
	Sites string `yaml:"sites"`
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
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, fmt.Errorf("configuration: %w", err)
		}
		defer f.Close()
		if data, err = readLimited(f, path, maxConfig); err != nil {
			return nil, nil, fmt.Errorf("configuration: %w", err)
		}
		name = path
	}
	cfg, doc, err := parseConfig(name, data)
	if err != nil {
		return nil, nil, err
	}
	for _, dir := range []*string{&cfg.Topics, &cfg.Sites} {
		if path != "" && *dir != "" && !filepath.IsAbs(*dir) {
			*dir = filepath.Join(filepath.Dir(path), *dir)
		}
	}
	r, err := loadRules(cfg.Topics, cfg.Sites)
	if err == nil {
		doc.check(cfg.validateDesks(r.topics))
	}
	return cfg, r, errors.Join(doc.err(), err)
}

// parseConfig reads a configuration. The document has its faults.
func parseConfig(name string, data []byte) (*Config, *document, error) {
	cfg := &Config{}
	doc, err := decodeYAML(name, data, cfg)
	if err != nil {
		return nil, nil, err
	}
	doc.check(cfg.validate())
	if len(cfg.Feeds) == 0 {
		var builtIn Config
		if _, err := decodeYAML(defaultConfigName, defaultConfig, &builtIn); err != nil {
			return nil, nil, err
		}
		cfg.Feeds = builtIn.Feeds
	}
	return cfg, doc, nil
}

// rules are the taxonomy, the gazetteer, the register of actors and the rules of
// sites.
type rules struct {
	topics *topic.Tagger
	places *place.Gazetteer
	actors *actor.Register
	sites  *article.Sites // nil: the built-in ones
	files  uint64         // fingerprint of the directory of topic files, 0 for the built-in ones
}

// loadRules loads the topic files and the site rules of two directories;
// empty means the built-in ones. The error holds every fault, each with file
// and line.
func loadRules(topicDir, siteDir string) (*rules, error) {
	r := &rules{}
	if topicDir != "" {
		r.files = fingerprint(topicDir) // before they are read: what changes from here on is loaded again
	}
	var topicErr, siteErr, placeErr, actorErr error
	var wg sync.WaitGroup
	wg.Go(func() { r.topics, topicErr = loadTopics(topicDir) })
	wg.Go(func() { r.sites, siteErr = loadSites(siteDir) })
	wg.Go(func() {
		if r.places, placeErr = place.Default(); placeErr != nil {
			placeErr = fmt.Errorf("gazetteer: %w", placeErr)
		}
	})
	wg.Go(func() {
		if r.actors, actorErr = actor.Default(); actorErr != nil {
			actorErr = fmt.Errorf("actors: %w", actorErr)
		}
	})
	wg.Wait()
	if err := errors.Join(topicErr, siteErr, placeErr, actorErr); err != nil {
		return nil, err
	}
	return r, nil
}

func loadSites(dir string) (*article.Sites, error) {
	if dir == "" {
		return nil, nil
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("site rules: %w", err)
	}
	return article.LoadSites(os.DirFS(dir))
}

func loadTopics(dir string) (*topic.Tagger, error) {
	if dir == "" {
		return topic.Default()
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	t, err := topic.Load(os.DirFS(dir))
	var faults []error
	for _, e := range unjoin(err) {
		faults = append(faults, fmt.Errorf("%s/%w", dir, e)) // it begins with the file's path from there
	}
	return t, errors.Join(faults...)
}

// enricher returns the steps that apply the rules.
func (r *rules) enricher() *enrich.Enricher {
	return enrich.New(r.topics, r.places).WithActors(r.actors)
}

// A fault is one thing that is wrong, at a path such as "feeds[3].url".
type fault struct {
	path string
	err  error
}

var keyPrefix = regexp.MustCompile(`^[a-z_]+(?:\[\d+\])?(?:\.[a-z_]+(?:\[\d+\])?)*: `)

// faultsAt are the errors that err joins, at path. Parts of the configuration
// begin an error with the key that is wrong: "url: …".
func faultsAt(path string, err error) []fault {
	var faults []fault
	for _, e := range unjoin(err) {
		at, text := path, e.Error()
		if key := keyPrefix.FindString(text); key != "" {
			at, text = join(path, key[:len(key)-2]), text[len(key):]
		}
		faults = append(faults, fault{at, errors.New(text)})
	}
	return faults
}

// validate reports everything that is wrong with the values.
func (c *Config) validate() []fault {
	var faults []fault
	add := func(path, format string, args ...any) {
		faults = append(faults, fault{path, fmt.Errorf(format, args...)})
	}
	between := func(path string, d, least, most time.Duration) bool {
		ok := d == 0 || d >= least && d <= most
		if !ok {
			add(path, "%s is not between %s and %s", short(d), short(least), short(most))
		}
		return ok
	}
	const tenYears = 10 * 365 * 24 * time.Hour
	between("every", c.Every, time.Second, 24*time.Hour)
	ages := between("retention", c.Retention, 25*time.Hour, tenYears) && between("max_age", c.MaxAge, time.Hour, tenYears)
	if ages && c.maxAge() > c.retention()-24*time.Hour {
		path := "max_age"
		if c.MaxAge == 0 {
			path = "retention"
		}
		add(path, "the max_age of %s is not shorter than the retention of %s by a day: an article that was forgotten could be published again", short(c.maxAge()), short(c.retention()))
	}
	for path, n := range map[string]int64{"max_store": c.MaxStore, "max_news": c.MaxNews, "workers.feeds": int64(c.Workers.Feeds), "workers.pages": int64(c.Workers.Pages)} {
		if n < 0 {
			add(path, "%d is negative", n)
		}
	}
	if !(c.Confidence >= 0 && c.Confidence <= 1) {
		add("confidence", "%v is not between 0 and 1", c.Confidence)
	}
	if strings.HasPrefix(c.Store, "~") {
		add("store", "%q: ~ is not put in for your home directory: write the path in full", c.Store)
	}
	if c.listen() != "" {
		if _, _, err := natsd.ParseListen(c.listen()); err != nil {
			add("listen", "%v; none for no listener", err)
		}
	}
	if n := c.NATS.Replicas; n != 0 && n != 1 && n != 3 && n != 5 {
		add("nats.replicas", "%d is not 1, 3 or 5", n)
	} else if n > 1 && c.NATS.URL == "" {
		add("nats.replicas", "%d copies need servers elsewhere, named by nats.url: the embedded server is alone", n)
	}
	least := time.Minute
	for i, d := range c.Reread {
		path := fmt.Sprintf("reread[%d]", i)
		if between(path, d, time.Minute, c.maxAge()) && d < least && i > 0 {
			add(path, "%s is not later than the one before", short(d))
		}
		least = d + 1
	}
	faults = append(faults, faultsAt("rights", c.Rights.Validate())...)
	faults = append(faults, faultsAt("websub", c.WebSub.Validate())...)
	faults = append(faults, faultsAt("", c.Fetch.Validate())...)
	return append(faults, c.validateFeeds()...)
}

// short writes a duration as the configuration does: 168h, not 168h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (c *Config) validateFeeds() []fault {
	var faults []fault
	ids, urls := map[string]int{}, map[string]int{}
	for i, f := range c.Feeds {
		path := fmt.Sprintf("feeds[%d]", i)
		faults = append(faults, faultsAt(path, f.Validate())...)
		if j, ok := ids[f.ID]; ok {
			faults = append(faults, fault{path + ".id", fmt.Errorf("%q is the id of feeds[%d] already", f.ID, j)})
		} else if f.ID != "" {
			ids[f.ID] = i
		}
		if j, ok := urls[f.URL]; ok {
			faults = append(faults, fault{path + ".url", fmt.Errorf("feeds[%d] has this address already", j)})
		} else if f.URL != "" {
			urls[f.URL] = i
		}
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
		faults = append(faults, faultsAt(path, d.Validate(func(t string) bool { return known[t] }))...)
		if j, ok := ids[d.ID]; ok {
			faults = append(faults, fault{path + ".id", fmt.Errorf("%q is the id of desks[%d] already", d.ID, j)})
		} else if d.ID != "" {
			ids[d.ID] = i
		}
	}
	return faults
}

// reread is when pages are read again.
func (c *Config) reread() []time.Duration {
	if c.Reread == nil {
		return ingest.DefaultReread
	}
	return c.Reread
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
