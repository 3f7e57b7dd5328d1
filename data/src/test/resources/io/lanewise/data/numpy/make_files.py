"""Writes the files of this folder that NumPy makes: python3 make_files.py"""
import os

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))

# 2 x 3 x 4 in every type, C and Fortran order, little- and big-endian.
types = {}
for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
    values = np.arange(24) - (0 if kind[0] == "u" else 12)
    if kind == "b1":
        values = np.arange(24) % 2
    for order in "CF":
        for endian in "<>" if kind[1] != "1" else "|":
            array = values.reshape(2, 3, 4).astype(endian + kind, order=order)
            name = {"<": "l", ">": "b", "|": "n"}[endian]
            # "u" in a name says that it is unsigned.
            types[kind + order + name] = array

np.savez_compressed("types.npz", **types)

# Values at the edges of float, and what NumPy makes of them.
rng = np.random.default_rng(1)
edges = {
    "f2": np.arange(1 << 16, dtype=np.uint16).view(np.float16)[::37],
    "f8": np.concatenate([
        np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1 + 2.0**-24, 1 + 3 * 2.0**-24,
                  2.0**-149, 2.0**-150, 2.0**-150 * 1.0000001, 3.4028235677973366e38,
                  3.4028235677973362e38, 1e300, 5e-324]),
        rng.standard_normal(500) * 10.0 ** rng.uniform(-45, 38, 500)]),
}
for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    info = np.iinfo(kind)
    bits = rng.integers(0, 256, 8 * 300, dtype=np.uint8).view(kind)[:300]
    shifts = rng.integers(0, 8 * info.bits // 8, 300).astype(kind)
    edges[kind] = np.concatenate(
        [np.array([info.min, info.max, 0, 1], dtype=kind), bits >> shifts])
odd = np.array([2**24 + 1, 2**24 + 3, 2**63 - 1, 2**62 + 2**38, 2**62 + 2**38 + 1], dtype="i8")
edges["ties"] = odd
all_edges = {}
for name, array in edges.items():
    all_edges[name] = array
    with np.errstate(over="ignore"):
        all_edges[name + "_f4"] = array.astype(np.float32)
np.savez_compressed("edges.npz", **all_edges)

np.save("plain.npy", np.array([[1.5, -2, 3], [4, 5, np.inf]], dtype="<f4"))
np.savez_compressed("deflated.npz", x=np.arange(40, dtype="<f4").reshape(4, 10) % 7)

# As a table that is stored by columns is saved.
columns = np.asfortranarray(np.arange(300 * 6).reshape(300, 2, 3).astype(">i2"))
np.save("fortran.npy", columns)
np.savez_compressed("fortran.npz", X=columns, y=np.array(["no", "yes"])[np.arange(300) % 2])
