"""Writes torch-*.safetensors, the torch.npz of the module data, and what PyTorch computes with them.

    python3 make_torch.py            writes them (PyTorch 1.13 or newer, NumPy)
    python3 make_torch.py check FILE reads a file of ours by the letter of the format

The format is written and read here by its specification alone, without the package safetensors.
"""
import json
import os
import struct
import sys

NUMPY = "../../../../../../../data/src/test/resources/io/lanewise/data/numpy/"
TYPES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "U8": 1}


def write(path, tensors, metadata):
    """tensors: name -> (dtype, shape, bytes); in the order of the package: larger types first."""
    header, data = {"__metadata__": metadata}, b""
    for name in sorted(tensors, key=lambda n: (-TYPES[tensors[n][0]], n)):
        dtype, shape, raw = tensors[name]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def unique(pairs):
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), "a name is there twice"
    return dict(pairs)


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    (length,) = struct.unpack("<Q", raw[:8])
    assert length <= 100_000_000 and raw[8:9] == b"{"
    header = json.loads(raw[8 : 8 + length], object_pairs_hook=unique)
    data = raw[8 + length :]
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values())
    at = 0
    tensors = {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert set(entry) == {"dtype", "shape", "data_offsets"}
        begin, end = entry["data_offsets"]
        count = 1
        for dimension in entry["shape"]:
            count *= dimension
        assert begin == at and end - begin == count * TYPES[entry["dtype"]], name
        at = end
        tensors[name] = (entry["dtype"], entry["shape"], data[begin:end])
    assert at == len(data), "bytes that belong to no tensor"
    return tensors, metadata


def raw(tensor, dtype):
    import torch

    kind = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
            "BF16": torch.bfloat16, "I64": torch.int64}[dtype]
    tensor = tensor.detach().to(kind).contiguous()
    if dtype == "BF16":
        tensor = tensor.view(torch.int16)
    return (dtype, list(tensor.shape), tensor.numpy().tobytes())


def main():
    import numpy as np
    import torch

    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.ReLU(),
        torch.nn.Linear(7, 6, bias=False), torch.nn.LayerNorm(6), torch.nn.ReLU(),
        torch.nn.Linear(6, 3), torch.nn.Softmax(1))
    net.train()
    for _ in range(20):
        net(torch.randn(32, 5) * 2 + 1)
    net.eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    x = torch.randn(4, 5)
    results = {"x": x.numpy()}
    double = {name: t.double() for name, t in net.state_dict().items()}
    for dtype in ["F32", "F16", "BF16", "F64"]:
        state = dict(net.state_dict())
        if dtype == "F64":
            # Values that no float has, so that rounding shows.
            state = {n: t * (1 + 1e-9) if t.is_floating_point() else t for n, t in double.items()}
        tensors = {}
        for name, t in state.items():
            tensors["net." + name] = raw(t, dtype if t.is_floating_point() else "I64")
        write("torch-%s.safetensors" % dtype.lower(), tensors, {"format": "pt"})
        # What the file has, as float32, by PyTorch's own conversion.
        kind = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
                "BF16": torch.bfloat16}[dtype]
        as_float = {n: t.to(kind).float() if t.is_floating_point() else t for n, t in state.items()}
        results[dtype + ".weight"] = as_float["0.weight"].numpy()
        results[dtype + ".var"] = as_float["1.running_var"].numpy()
        net.load_state_dict(as_float)
        results[dtype] = net(x).detach().numpy()
        if dtype == "F32":
            np.savez(NUMPY + "torch.npz", **{n: t.numpy() for n, t in as_float.items()})
    results = {n: ("F32", list(v.shape), v.astype("<f4").tobytes()) for n, v in results.items()}
    write("torch-results.safetensors", results, {})


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "check":
        found, texts = read(sys.argv[2])
        for name, (dtype, shape, data) in found.items():
            print(name, dtype, shape, len(data))
        print(texts)
    else:
        main()
