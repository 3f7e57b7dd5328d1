"""Writes scores.txt: random predictions and scikit-learn's figures of them.

    python3 make_scores.py > scores.txt        (scikit-learn 1.2)

Classes are missing, scores are tied, weights are 0, targets are all the same: often, since the cases
are small. Where scikit-learn raises ValueError, or says that a figure is undefined, it is nan here.
"""

import warnings

import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
random = np.random.default_rng(9)


def line(name, values):
    print(name, " ".join("%.15g" % v for v in np.ravel(values)))


def figure(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except ValueError:
        return float("nan")


def classification(classes, rows, weighted):
    occurring = classes if random.random() < 0.6 else random.integers(1, classes + 1)
    known = random.choice(classes, size=occurring, replace=False)
    actual = random.choice(known, size=rows)
    # Eighths that sum to 1: exact in float, many of them tied or 0.
    scores = random.multinomial(8, random.dirichlet(np.full(classes, 0.7), size=rows)) / 8
    predicted = np.where(random.random(rows) < 0.3, random.choice(classes, size=rows), actual)
    weights = random.choice([0, 0.5, 1, 2.25], size=rows) if weighted else None
    if weighted and not weights.any():
        weights[0] = 1
    w = {"sample_weight": weights}
    every = np.arange(classes)
    print("classes", classes)
    line("actual", actual)
    line("predicted", predicted)
    line("scores", scores)
    line("weights", weights if weighted else [])
    line("accuracy", metrics.accuracy_score(actual, predicted, **w))
    top = metrics.top_k_accuracy_score
    line("top2", top(actual, scores, k=2, labels=every, **w) if classes > 2 else np.nan)
    line("logLoss", metrics.log_loss(actual, scores, labels=every, eps=2.0**-23, **w))
    auc = metrics.roc_auc_score
    if classes == 2:
        line("rocAuc", [figure(auc, actual, scores[:, 1], **w)] * 2)
    else:
        ovr = {"multi_class": "ovr", "labels": every, **w}
        areas = [figure(auc, actual, scores, average=a, **ovr) for a in ("macro", "weighted")]
        line("rocAuc", areas)
    together = metrics.precision_recall_fscore_support
    line("each", together(actual, predicted, labels=every, zero_division=0, **w))
    for average in ("macro", "micro", "weighted"):
        line(average, together(actual, predicted, average=average, zero_division=0, **w)[:3])


def regression(outputs, rows, weighted):
    targets = random.integers(-3, 4, size=(rows, outputs)) / 4
    predicted = targets + random.integers(-2, 3, size=targets.shape) / 8
    for j in range(outputs):
        if random.random() < 0.25:
            targets[:, j] = 0.5
            predicted[:, j] = 0.5 if random.random() < 0.5 else predicted[:, j]
    weights = random.choice([0.5, 1, 2.25], size=rows) if weighted else None
    w = {"sample_weight": weights}
    print("outputs", outputs)
    line("targets", targets)
    line("predicted", predicted)
    line("weights", weights if weighted else [])
    line("r2", metrics.r2_score(targets, predicted, **w))
    line("mae", metrics.mean_absolute_error(targets, predicted, **w))
    line("rmse", metrics.mean_squared_error(targets, predicted, squared=False, **w))


for case in range(60):
    classification(2 + case % 4, int(random.integers(1, 25)), case % 3 == 1)
for case in range(30):
    regression(1 + case % 3, int(random.integers(1, 12)), case % 2 == 1)
