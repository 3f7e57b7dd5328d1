"""Writes losses.txt: every loss, option and reduction by PyTorch, in double, with its gradient.

    python3 make_losses.py > losses.txt        (PyTorch 1.13)

Where PyTorch has the reduction itself, it is compared with what is written here.
"""

import itertools

import torch
import torch.nn.functional as F

torch.manual_seed(20)
M, N = 5, 3


def floats(t):
    return t.float().double()


z = floats(torch.randn(M, N) * 2)
y = floats(torch.randn(M, N) * 2)  # targets of quantities
p = floats(torch.softmax(torch.randn(M, N), 1))  # rows of probabilities
b = floats(torch.tensor([[0, 1, 1], [1, 0.25, 0], [0, 0, 1], [1, 1, 0], [0.75, 0, 1]]))
y[1, 2] = z[1, 2]  # a difference of exactly 0
labels = torch.tensor([0, 2, 1, 2, 1])
holes = torch.tensor([0, -100, 1, 2, -100])
sample = floats(torch.tensor([1, 0.5, 2.25, 0, 3]))
class_weights = floats(torch.tensor([0.5, 1.25, 3]))
positive = floats(torch.tensor([2, 0.3, 7]))
SMOOTHING = 0.125
DELTA = 0.75


def line(name, values):
    print(name, " ".join("%.9g" % v for v in values.flatten().tolist()))


for name in "z y p b labels holes sample class_weights positive".split():
    line(name, globals()[name].double())
print("smoothing", SMOOTHING)
print("delta", DELTA)


def write(loss, options, targets, rows, counted, class_weight, own=None):
    """rows(z): the loss of each row; own: what PyTorch makes of it, by its name of the reduction."""
    for weighted, reduction in itertools.product(
        (False, True), ("SUM", "MEAN_OVER_BATCH", "MEAN_OVER_ELEMENTS", "WEIGHTED_MEAN")
    ):
        leaf = z.clone().requires_grad_()
        s = sample if weighted else torch.ones(M).double()
        divisor = {
            "SUM": 1.0,
            "MEAN_OVER_BATCH": counted.sum(),
            "MEAN_OVER_ELEMENTS": counted.sum() * N,
            "WEIGHTED_MEAN": (counted * s * class_weight).sum(),
        }[reduction]
        value = (s * rows(leaf)).sum() / divisor
        value.backward()
        if own and not weighted and reduction in own:
            torch.testing.assert_close(own[reduction](z), value.detach(), rtol=1e-14, atol=0)
        print(
            loss,
            options or "-",
            targets,
            "sample" if weighted else "-",
            reduction,
            "%.9g" % value.item(),
            " ".join("%.9g" % g for g in leaf.grad.flatten().tolist()),
        )


every = torch.ones(M).double()
for w, s in itertools.product((None, class_weights), (0.0, SMOOTHING)):
    options = "+".join(n for n, on in (("class", w is not None), ("smoothing", s)) if on)
    for name, t in (("labels", labels), ("holes", holes)):

        def entropy(x, reduction="none", t=t, w=w, s=s):
            return F.cross_entropy(x, t, weight=w, label_smoothing=s, reduction=reduction)

        counted = (t >= 0).double()
        weight = every if w is None else w[t.clamp(min=0)]
        own = {
            "SUM": lambda x: entropy(x, "sum"),
            "WEIGHTED_MEAN": lambda x: entropy(x, "mean"),
        }
        write("CROSS_ENTROPY", options, name, entropy, counted, weight, own)

    def soft(x, reduction="none", w=w, s=s):
        return F.cross_entropy(x, p, weight=w, label_smoothing=s, reduction=reduction)

    own = {
        "SUM": lambda x: soft(x, "sum"),
        "MEAN_OVER_BATCH": lambda x: soft(x, "mean"),
        "WEIGHTED_MEAN": lambda x: soft(x, "mean"),
    }
    write("CROSS_ENTROPY", options, "p", soft, every, every, own)

for w, s in itertools.product((None, positive), (0.0, SMOOTHING)):
    options = "+".join(n for n, on in (("positive", w is not None), ("smoothing", s)) if on)
    t = b * (1 - s) + s / 2  # Keras's smoothing, which PyTorch does not have here

    def binary(x, reduction="none", w=w, t=t):
        each = F.binary_cross_entropy_with_logits(x, t, pos_weight=w, reduction=reduction)
        return each.sum(1) if reduction == "none" else each

    own = {
        "SUM": lambda x: binary(x, "sum"),
        "MEAN_OVER_ELEMENTS": lambda x: binary(x, "mean"),
    }
    write("BINARY_CROSS_ENTROPY", options, "b", binary, every, every, own)

for loss, options, f in (
    ("MEAN_SQUARED_ERROR", "", F.mse_loss),
    ("ABSOLUTE_ERROR", "", F.l1_loss),
    ("HUBER", "", F.huber_loss),
    ("HUBER", "delta", lambda x, t, reduction: F.huber_loss(x, t, reduction, DELTA)),
):
    own = {
        "SUM": lambda x, f=f: f(x, y, reduction="sum"),
        "MEAN_OVER_ELEMENTS": lambda x, f=f: f(x, y, reduction="mean"),
    }
    write(loss, options, "y", lambda x, f=f: f(x, y, reduction="none").sum(1), every, every, own)
