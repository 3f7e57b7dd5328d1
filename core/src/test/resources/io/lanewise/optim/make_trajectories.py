"""Writes trajectories.csv and schedules.csv: python3 make_trajectories.py

What PyTorch (1.13, in double) makes of a small problem with every optimizer, and its learning rates
with every scheduler. Lion is no part of it: here it is the formula of the paper (Chen et al. 2023,
algorithm 2).

The problem: a quadratic bowl and a force that changes at every step, so that the gradient of
parameter i at step t = 1, 2, ... is

    curvature[i] (p[i] - 0.5) + scale[i] (((7919 t + 104729 i + 31 t i) mod 2001) - 1000) / 1000
"""
import os

import torch
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop
from torch.optim import lr_scheduler as schedulers

os.chdir(os.path.dirname(os.path.abspath(__file__)))

# The tensors of a network 3-2-1: weight, bias, weight, bias.
SIZES = [6, 2, 2, 1]
N = sum(SIZES)
INDEX = torch.arange(N)
SCALE = torch.tensor([1, 0.1, 0.01, 0.001], dtype=torch.float64)[INDEX % 4]
CURVATURE = torch.tensor([0.05, 0.1, 0.15], dtype=torch.float64)[INDEX % 3]


def gradient(p, t):
    force = (7919 * t + 104729 * INDEX + 31 * t * INDEX) % 2001 - 1000
    return CURVATURE * (p - 0.5) + SCALE * force.double() / 1000


class Lion(Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                m = state.setdefault("m", torch.zeros_like(p))
                c = beta1 * m + (1 - beta1) * p.grad
                # Else a sign might depend on rounding.
                assert (c.abs() > 1e-5 * ((beta1 * m).abs() + p.grad.abs())).all()
                p.data -= group["lr"] * (torch.sign(c) + group["weight_decay"] * p.data)
                state["m"] = beta2 * m + (1 - beta2) * p.grad


OPTIMIZERS = {
    "sgd": lambda g, d: SGD(g, 0.05, weight_decay=d),
    "momentum": lambda g, d: SGD(g, 0.02, momentum=0.9, weight_decay=d),
    "dampened": lambda g, d: SGD(g, 0.05, momentum=0.8, dampening=0.3, weight_decay=d),
    "nesterov": lambda g, d: SGD(g, 0.02, momentum=0.9, nesterov=True, weight_decay=d),
    "rmsprop": lambda g, d: RMSprop(g, weight_decay=d),
    "rmsprop+momentum": lambda g, d: RMSprop(
        g, 0.002, alpha=0.95, eps=1e-6, momentum=0.7, weight_decay=d),
    "adagrad": lambda g, d: Adagrad(g, weight_decay=d),
    "adagrad+decay": lambda g, d: Adagrad(
        g, 0.1, lr_decay=0.01, eps=1e-8, initial_accumulator_value=0.1, weight_decay=d),
    "adam": lambda g, d: Adam(g, weight_decay=d),
    "adam+betas": lambda g, d: Adam(g, 0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=d),
    "adamw": lambda g, d: AdamW(g) if d == 0 else AdamW(g, 0.02, weight_decay=d),
    "lion": lambda g, d: Lion(g, 1e-4) if d == 0 else Lion(g, 0.005, weight_decay=d),
}
VARIANTS = ["plain", "decay", "l1", "groups", "norm", "value", "schedule", "all"]


def run(make, variant):
    """Yields the parameters after each step."""
    def has(what):
        return variant in (what, "all")

    start = ((37 * INDEX) % 41 - 20).double() / 16
    tensors = [part.clone() for part in torch.split(start, SIZES)]
    decay = 0.1 if has("decay") or has("groups") else 0.0
    optimizer = make([{"params": [t]} for t in tensors], decay)
    if has("groups"):
        # The biases without decay; the second weight slower, and with a decay of its own.
        for i, group in enumerate(optimizer.param_groups):
            if i % 2 == 1:
                group["weight_decay"] = 0.0
            elif i == 2:
                group["lr"] *= 0.3
                group["weight_decay"] = 0.05
    schedule = None
    if has("schedule"):
        schedule = schedulers.CosineAnnealingWarmRestarts(optimizer, 7, 2)
    for t in range(1, 101):
        g = gradient(torch.cat(tensors), t)
        for tensor, part in zip(tensors, torch.split(g, SIZES)):
            tensor.grad = part.clone()
        if has("norm"):
            torch.nn.utils.clip_grad_norm_(tensors, 1.0)
        if has("value"):
            torch.nn.utils.clip_grad_value_(tensors, 0.3)
        if has("l1"):
            for i, tensor in enumerate(tensors):
                # With groups the biases have none.
                if not has("groups") or i % 2 == 0:
                    tensor.grad += 0.02 * torch.sign(tensor)
        optimizer.step()
        if schedule is not None:
            schedule.step()
        yield t, torch.cat(tensors)


with open("trajectories.csv", "w") as file:
    for name, make in OPTIMIZERS.items():
        for variant in VARIANTS:
            for t, p in run(make, variant):
                if t in (1, 10, 100):
                    values = ",".join("%.10g" % x for x in p.tolist())
                    file.write("%s,%s,%d,%s\n" % (name, variant, t, values))


def rates(make, count, metrics=None):
    parameter = torch.zeros(1)
    parameter.grad = torch.zeros(1)
    optimizer = SGD([parameter], 0.5)
    schedule = make(optimizer)
    for t in range(count):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        if metrics is None:
            schedule.step()
        else:
            schedule.step(metrics[t])


def warm_up(optimizer, then):
    return schedulers.SequentialLR(
        optimizer, [schedulers.LinearLR(optimizer, 0.1, total_iters=5), then], milestones=[5])


SCHEDULES = {
    "step": (lambda o: schedulers.StepLR(o, 4, 0.3), 20),
    "multiStep": (lambda o: schedulers.MultiStepLR(o, [3, 7, 7, 12], 0.5), 20),
    "exponential": (lambda o: schedulers.ExponentialLR(o, 0.9), 20),
    "cosine": (lambda o: schedulers.CosineAnnealingLR(o, 15, 0.01), 16),
    "restarts": (lambda o: schedulers.CosineAnnealingWarmRestarts(o, 5, 1, 0.02), 20),
    "restarts+longer": (lambda o: schedulers.CosineAnnealingWarmRestarts(o, 3, 2, 0.0), 50),
    "warmUp": (lambda o: schedulers.LinearLR(o, 1 / 3, total_iters=5), 10),
    "warmUp+exponential": (lambda o: warm_up(o, schedulers.ExponentialLR(o, 0.9)), 20),
    "warmUp+step": (lambda o: warm_up(o, schedulers.StepLR(o, 4, 0.3)), 20),
    "oneCycle": (
        lambda o: schedulers.OneCycleLR(o, 0.5, total_steps=40, cycle_momentum=False), 40),
    "oneCycle+options": (
        lambda o: schedulers.OneCycleLR(
            o, 0.5, total_steps=33, pct_start=0.41, div_factor=10, final_div_factor=100,
            cycle_momentum=False), 33),
}
# Improvements, plateaus, a NaN, and one whose size is near the threshold.
METRICS = [3, 2, 1.9999, 1.9997, 1.5, 1.6, 1.6, 1.6, 1.6, float("nan"), 1.4, 1.4, 1.4, 1.4, 1.4, 1.4,
           1.4, 1.4, 1.4, 1.4, 0.5, 0.49999, 0.499, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6,
           0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
plateau = schedulers.ReduceLROnPlateau
PLATEAUS = {
    "plateau": (lambda o: plateau(o), METRICS),
    "plateau+patience": (lambda o: plateau(o, factor=0.5, patience=2), METRICS),
    "plateau+cooldown": (lambda o: plateau(o, factor=0.5, patience=1, cooldown=3), METRICS),
    "plateau+threshold": (lambda o: plateau(o, factor=0.3, patience=1, threshold=0.1), METRICS),
    "plateau+absolute": (
        lambda o: plateau(o, factor=0.3, patience=0, threshold=0.3, threshold_mode="abs"), METRICS),
    "plateau+minimum": (lambda o: plateau(o, factor=0.5, patience=0, min_lr=0.03), METRICS),
    "plateau+more": (
        lambda o: plateau(o, mode="max", factor=0.5, patience=1), [-m for m in METRICS]),
    "plateau+more+absolute": (
        lambda o: plateau(
            o, mode="max", factor=0.5, patience=1, threshold=0.2, threshold_mode="abs"),
        [-m for m in METRICS]),
    "plateau+tiny": (lambda o: plateau(o, factor=0.01, patience=0), METRICS),
}
with open("schedules.csv", "w") as file:
    for name, (make, count) in SCHEDULES.items():
        values = ",".join("%.17g" % rate for rate in rates(make, count))
        file.write("%s,%s\n" % (name, values))
    for name, (make, metrics) in PLATEAUS.items():
        values = ",".join("%.17g" % rate for rate in rates(make, len(metrics), metrics))
        file.write("%s,%s\n" % (name, values))
    file.write("metrics,%s\n" % ",".join(str(m) for m in METRICS))
