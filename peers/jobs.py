#!/usr/bin/env python3
"""Whole jobs beside scikit-learn and PyTorch: a process from its start to a written model.

    ./lanewise bench jobs [--rounds N] [--cpus LIST] [--jobs A,B] [--lanewise LAUNCHER,LAUNCHER]

The processes take turns; shown are medians of wall time, of user and system seconds and of peak
memory, and the least wall time, which neighbours on the machine change less. Peers that no Python
has are left out: Debian's are python3-sklearn and python3-torch.
--lanewise compares several checkouts; a "=simd" behind one forces its kernels. --cpus 0 pins.
"""

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DIGITS = os.path.join(ROOT, "data/src/main/resources/io/lanewise/data/digits.csv.gz")
FASHION = "/usr/share/datasets/fashion-mnist"
# Hidden layers, epochs, batch, activation; the data is what the name begins with. The defaults are
# scikit-learn's.
JOBS = {
    "iris": ((16,), 50, 32, "relu"),
    "digits": ((256, 128), 20, 32, "relu"),
    "digits-tanh": ((256, 128), 20, 32, "tanh"),
    "digits-defaults": ((100,), 200, 200, "relu"),
    "fashion": ((128,), 5, 64, "relu"),
}


def idx(name):
    import numpy

    with gzip.open(os.path.join(FASHION, name), "rb") as f:
        data = f.read()
    sizes = numpy.frombuffer(data, ">i4", data[3], 4)
    return numpy.frombuffer(data, "u1", offset=4 + 4 * data[3]).reshape(sizes)


def csv(job, folder):
    return os.path.join(folder, job.split("-")[0] + ".csv")


def read(job, folder):
    """What a peer trains on: features and classes."""
    import numpy

    if job == "fashion":
        x = idx("train-images-idx3-ubyte.gz").reshape(60000, 784)
        return x.astype("f4") / 255, idx("train-labels-idx1-ubyte.gz")
    rows = numpy.loadtxt(csv(job, folder), delimiter=",", skiprows=1)
    return rows[:, :-1].astype("f4"), rows[:, -1].astype("i8")


def sklearn_job(job, folder):
    import pickle
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")
    layers, epochs, batch, activation = JOBS[job]
    x, y = read(job, folder)
    model = MLPClassifier(
        layers,
        activation,
        alpha=0,
        batch_size=batch,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=42,
    )
    model.fit(x, y)
    with open(os.path.join(folder, "model.pickle"), "wb") as f:
        pickle.dump(model, f)


def torch_job(job, folder):
    import torch

    torch.manual_seed(42)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    layers, epochs, batch, activation = JOBS[job]
    x, y = (torch.tensor(a) for a in read(job, folder))
    y = y.long()
    widths = [x.shape[1], *layers, int(y.max()) + 1]
    stack = []
    for a, b in zip(widths, widths[1:]):
        between = torch.nn.Tanh() if activation == "tanh" else torch.nn.ReLU()
        stack += [torch.nn.Linear(a, b), between]
    net = torch.nn.Sequential(*stack[:-1])
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for i in range(0, len(x), batch):
            some = order[i : i + batch]
            loss = torch.nn.functional.cross_entropy(net(x[some]), y[some])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    torch.save(net.state_dict(), os.path.join(folder, "model.pt"))


def lanewise_command(launcher, job, folder):
    layers, epochs, batch, activation = JOBS[job]
    launcher, _, kernels = launcher.partition("=")
    command = [launcher, "train", "--layers", ",".join(map(str, layers)), "--epochs", str(epochs)]
    command += ["--batch-size", str(batch), "--activation", activation]
    command += ["--out", os.path.join(folder, "model.safetensors")]
    command += ["--kernels", kernels] if kernels else []
    if job == "fashion":
        command += ["--data", os.path.join(FASHION, "train-images-idx3-ubyte.gz")]
        return command + ["--labels", os.path.join(FASHION, "train-labels-idx1-ubyte.gz")]
    return command + ["--data", csv(job, folder), "--label", "class"]


def python_with(module):
    for python in dict.fromkeys((sys.executable, shutil.which("python3"), "/usr/bin/python3")):
        if python and os.path.exists(python):
            found = subprocess.run([python, "-c", "import " + module], capture_output=True)
            if found.returncode == 0:
                return python
    print(module + ": not installed for any python3, left out", file=sys.stderr)
    return None


def write_data(folder, iris_python):
    with gzip.open(DIGITS, "rt") as f, open(os.path.join(folder, "digits.csv"), "w") as out:
        out.write(",".join("p%d" % i for i in range(64)) + ",class\n")
        for line in f:
            *pixels, label = line.strip().split(",")
            out.write(",".join("%g" % (int(p) / 16) for p in pixels) + "," + label + "\n")
    if iris_python:
        code = "from sklearn.datasets import load_iris as l\nfor x, y in zip(*l(return_X_y=True)):"
        code += "\n  print(*('%g' % v for v in x), y, sep=',')"
        rows = subprocess.run([iris_python, "-c", code], capture_output=True, text=True, check=True)
        with open(os.path.join(folder, "iris.csv"), "w") as out:
            out.write("sl,sw,pl,pw,class\n" + rows.stdout)


def timed(command, cpus):
    """Wall seconds, user and system seconds, peak MB."""
    pinned = ["taskset", "-c", cpus] if cpus else []
    start = time.perf_counter()
    child = subprocess.Popen(
        pinned + command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    err = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit("failed: " + " ".join(command) + "\n" + err)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(prog="lanewise bench jobs", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cpus", default="", help="the processors, as taskset has them: 0 or 0,1")
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--lanewise", default=os.path.join(ROOT, "lanewise"))
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        name, job, folder = options.peer
        {"sklearn": sklearn_job, "torch": torch_job}[name](job, folder)
        return
    pythons = {name: python_with(name) for name in ("sklearn", "torch")}
    with tempfile.TemporaryDirectory() as folder:
        write_data(folder, pythons["sklearn"])
        table = {}
        jobs = options.jobs.split(",")
        if not pythons["sklearn"] and "iris" in jobs:
            print("iris: its rows are scikit-learn's, left out", file=sys.stderr)
            jobs.remove("iris")
        if not os.path.isdir(FASHION) and "fashion" in jobs:
            print("fashion: Debian's dataset-fashion-mnist has it, left out", file=sys.stderr)
            jobs.remove("fashion")
        for job in jobs:
            commands = {
                launcher: lanewise_command(launcher, job, folder)
                for launcher in options.lanewise.split(",")
            }
            for name, python in pythons.items():
                if python:
                    commands[name] = [python, __file__, "--peer", name, job, folder]
            # The first fills the caches of the files, and builds what is not built.
            for _ in range(-1, options.rounds):
                for name, command in commands.items():
                    table.setdefault((job, name), []).append(timed(command, options.cpus))
        print("| job | | wall s | least | CPU s | MB |")
        print("| --- | --- | --- | --- | --- | --- |")
        for (job, name), runs in table.items():
            wall, cpu, memory = (statistics.median(column) for column in zip(*runs[1:]))
            least = min(run[0] for run in runs[1:])
            name = os.path.relpath(name, ROOT) if os.sep in name else name
            print("| %s | %s | %.2f | %.2f | %.2f | %.0f |" % (job, name, wall, least, cpu, memory))


if __name__ == "__main__":
    main()
