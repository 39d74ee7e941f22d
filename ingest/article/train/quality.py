#!/usr/bin/env python3
"""Fit the quality of an extraction: the chance that its F1 is at least .9.

usage: quality.py TEXTS DATA

TEXTS is the folder that TestTexts wrote with the chances of train.py --check, DATA the folder of the pages. Prints
the numbers for quality.go, and how far they hold on publishers not seen (five-fold cross-validation). A page with
snippets instead of a body counts as good if the F1 of its snippets is at least .9.
"""
import collections, hashlib, json, os, re, sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from urllib.parse import urlsplit

NAMES = ["sCertainty", "sDoubt", "sGap", "sPieces", "sAlike", "sQuoted", "sShort"]
STRENGTH = .05  # of the regression: the inverse of its penalty
GOOD, BAD = .9, .8
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def grams(text):
    words = WORD.findall(text)
    return collections.Counter(tuple(words[i:i + 4]) for i in range(max(1, len(words) - 3)) if words)


def f1(hits, found, wanted):
    return 2 * hits / (found + wanted) if found + wanted else 1


def score(page, text):
    if page.get("with"):
        flat = " ".join(text.split())
        hits = sum(" ".join(s.split()) in flat for s in page["with"])
        wrong = sum(" ".join(s.split()) in flat for s in page["without"])
        return f1(hits, hits + wrong, len(page["with"]))
    want, got = grams(page["body"]), grams(text)
    return f1(sum((want & got).values()), sum(got.values()), sum(want.values()))


def load(texts, data):
    x, y, fold, sets, bad = [], [], [], [], []
    for name in ("scrapinghub", "fundus", "trafeval"):
        with open(os.path.join(data, name, "ground-truth.jsonl"), encoding="utf8") as f:
            pages = {p["id"]: p for p in map(json.loads, f)}
        with open(os.path.join(texts, name + ".jsonl"), encoding="utf8") as f:
            for r in map(json.loads, f):
                if not r["text"]:
                    continue
                page = pages[r["id"]]
                group = page.get("publisher") or ".".join((urlsplit(page["url"]).hostname or r["id"]).split(".")[-2:])
                x.append(r["signals"])
                f = score(page, r["text"])
                y.append(f >= GOOD)
                bad.append(f < BAD)
                fold.append(int(hashlib.sha1(group.encode()).hexdigest()[:8], 16) % 5)
                sets.append(name)
    return np.array(x), np.array(y), np.array(fold), np.array(sets), np.array(bad)


def fit(x, y):
    spread = np.maximum(x.std(0), .05)
    m = LogisticRegression(C=STRENGTH, max_iter=1000).fit(x / spread, y)
    return m.intercept_[0], m.coef_[0] / spread


def area(chance, good):
    """The chance that a good page has a higher quality than another one."""
    good = good[np.argsort(chance)]
    return sum((~good[:i]).sum() for i in np.flatnonzero(good)) / max(1, good.sum() * (~good).sum())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    x, y, fold, sets, bad = load(*sys.argv[1:])
    chance = np.zeros(len(y))
    for k in range(5):
        bias, slope = fit(x[fold != k], y[fold != k])
        chance[fold == k] = 1 / (1 + np.exp(-bias - x[fold == k] @ slope))
    bias, slope = fit(x, y)
    print(f"const trustBias = {bias:.2f}\nvar trust = signals{{" + ", ".join(f"{n}: {v:.2f}" for n, v in zip(NAMES, slope)) + "}")
    print("\n| quality | pages | mean quality | F1 at least .9 |\n|---|---|---|---|")
    edges = [0, .2, .4, .6, .8, .9, .95, 1.01]
    for a, b in zip(edges, edges[1:]):
        m = (chance >= a) & (chance < b)
        if m.any():
            print(f"| {a:.2f}–{min(b, 1):.2f} | {m.sum()} | {chance[m].mean():.2f} | {y[m].mean():.2f} |")
    print(f"\nmean {y.mean():.3f}, Brier score {((chance - y) ** 2).mean():.3f} (always the mean: {y.mean() * (1 - y.mean()):.3f})")
    gold = sets != "trafeval"
    for name, m in (("all", sets != ""), ("with bodies in the ground truth", gold), ("with snippets", ~gold)):
        print(f"area under the curve, {name}: F1 under {GOOD}: {area(chance[m], y[m]):.3f}, under {BAD}: {area(chance[m], ~bad[m]):.3f}")
    for name in dict.fromkeys(sets):
        print(f"{name}: {y[sets == name].mean():.3f} good, mean quality {chance[sets == name].mean():.3f}")


main()
