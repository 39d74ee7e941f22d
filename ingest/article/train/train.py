#!/usr/bin/env python3
"""Train the model of ingest/article. README.md says how.

usage: train.py FEATURES MODEL [--check FILE]

FEATURES is the folder that TestFeatures wrote. MODEL is the file to write. With --check, no model is written but
FILE, with a chance for each block from a model that has not seen its publisher (five-fold cross-validation).
"""
import argparse, hashlib, json, os, struct

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[library + "_NUM_THREADS"] = "1"  # sums taken in another order round otherwise

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

FOLDS = 5
TREES, LEAVES, RATE = 120, 16, .1
LINEAR = .2  # part of the logistic regression in the sum; the rest is the trees'
STRENGTH = .05  # of the regression: the inverse of its penalty
# What a page of each set weighs. The pages of trafeval have labels by vote only.
WEIGHT = {"scrapinghub": 1.5, "fundus": 1, "trafeval": .5}
VOICES = np.array([2, 1, 1, 1])  # of the voters in train_test.go
LABELS = 8  # columns of labels.f32


class Data:
    def __init__(self, folder):
        with open(os.path.join(folder, "pages.jsonl"), encoding="utf8") as f:
            self.pages = [json.loads(line) for line in f]
        labels = np.fromfile(os.path.join(folder, "labels.f32"), "<f4").reshape(-1, LABELS)
        self.x = np.fromfile(os.path.join(folder, "features.f32"), "<f4").reshape(len(labels), -1)
        self.page = np.concatenate([np.full(p["count"], k) for k, p in enumerate(self.pages)]).astype(int)
        self.set = np.array([p["set"] for p in self.pages])[self.page]
        # Publishers, not pages, are dealt to the folds.
        fold = [int(hashlib.sha1(p["group"].encode()).hexdigest()[:8], 16) % FOLDS for p in self.pages]
        self.fold = np.array(fold)[self.page]
        self.y, self.weight = self.judge(labels)
        # What may only speak against the body (-1) or for it (1), whatever else is the case.
        with open(os.path.join(folder, "signs.json"), encoding="utf8") as f:
            self.signs = np.array(json.load(f))

    def judge(self, labels):
        """The label of each block, and how much it weighs."""
        tokens, gold, wanted, votes = labels[:, 0], labels[:, 1], labels[:, 2], labels[:, 4:]
        voted = votes >= 0
        vote = ((votes > .6) * VOICES).sum(1) / np.maximum((voted * VOICES).sum(1), 1)
        annotated = gold >= 0
        share = np.where(annotated, gold, vote)
        y = share >= .5
        sure = np.where(annotated, .2, .25) + np.where(annotated, .8, .75) * np.abs(2 * share - 1)
        snippet = ~annotated & (wanted >= 0)
        y[snippet] = wanted[snippet] == 1
        sure[snippet] = 3
        # A block weighs by the square root of its part of the page's body, since that is what it costs in F1.
        body = np.bincount(self.page, weights=tokens * y, minlength=len(self.pages))
        weight = np.sqrt(np.minimum(np.maximum(tokens, 1) / np.maximum(body, 40)[self.page], 2)) * sure
        weight *= np.array([WEIGHT[s] for s in self.set])
        return y.astype(int), weight / weight.mean()


class Model:
    """Trees and a logistic regression, whose logits are mixed.

    The trees know what goes together; the regression keeps its head on pages unlike those it has seen.
    """

    def __init__(self, x, y, weight, signs):
        self.trees = HistGradientBoostingClassifier(
            max_iter=TREES, max_leaf_nodes=LEAVES, learning_rate=RATE, min_samples_leaf=40, l2_regularization=5,
            monotonic_cst=signs, early_stopping=False, random_state=0).fit(x, y, sample_weight=weight)
        mean, spread = x.mean(0, dtype="f8"), np.maximum(x.std(0, dtype="f8"), .05)
        line = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3).fit((x - mean) / spread, y, sample_weight=weight)
        self.slope = line.coef_[0] / spread
        self.bias = line.intercept_[0] - (mean * self.slope).sum()

    def chance(self, x):
        z = LINEAR * (x @ self.slope + self.bias) + (1 - LINEAR) * self.trees.decision_function(x)
        return 1 / (1 + np.exp(-z))

    def write(self, name):
        """Write the model in the form that readModel in model.go reads."""
        bias = LINEAR * self.bias + (1 - LINEAR) * float(self.trees._baseline_prediction.ravel()[0])
        sizes, nodes = [], []
        for p in self.trees._predictors:
            tree = preorder(p[0].nodes)
            sizes.append(len(tree))
            nodes += tree
        with open(name, "wb") as f:
            f.write(struct.pack("<fII", bias, len(self.slope), len(sizes)))
            f.write(struct.pack(f"<{len(self.slope)}f", *(LINEAR * self.slope)))
            f.write(struct.pack(f"<{len(sizes)}I", *sizes))
            for n in nodes:
                f.write(struct.pack("<fhh", *n))


def preorder(tree):
    """The nodes of a tree as (threshold or value, feature or -1, distance to the right-hand child)."""
    out = []

    def walk(i):
        n = tree[i]
        if n["is_leaf"]:
            out.append(((1 - LINEAR) * n["value"], -1, 0))
            return
        at = len(out)
        out.append(None)
        walk(n["left"])
        out[at] = (below(n["num_threshold"]), int(n["feature_idx"]), len(out) - at)
        walk(n["right"])

    walk(0)
    return out


def below(threshold):
    """The greatest float32 that is not over threshold, so that comparisons of float32 come out alike."""
    t = np.float32(threshold)
    return t if float(t) <= threshold else np.nextafter(t, np.float32(-np.inf))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("features")
    args.add_argument("model")
    args.add_argument("--check", metavar="FILE")
    args = args.parse_args()
    d = Data(args.features)
    if not args.check:
        Model(d.x, d.y, d.weight, d.signs).write(args.model)
        return
    chance = np.zeros(len(d.y), "<f4")
    for k in range(FOLDS):
        train, test = d.fold != k, d.fold == k
        chance[test] = Model(d.x[train], d.y[train], d.weight[train], d.signs).chance(d.x[test])
    chance.tofile(args.check)


if __name__ == "__main__":
    main()
