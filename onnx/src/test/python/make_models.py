#!/usr/bin/python3
"""Writes the models of other makers that the tests read, with inputs and the outputs expected of them.

    make_models.py OUT

With PyTorch 1.13 and onnx 1.12 (Debian's python3-torch, python3-onnx). The classifiers of
scikit-learn are written by hand as skl2onnx writes them: Debian has scikit-learn without it. For
each model NAME: NAME.onnx, and NAME.txt: a line of the shape and the inputs, a line of the shape and
the outputs.
"""

import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from torch import nn

out = sys.argv[1]


def line(a):
    a = np.asarray(a, dtype=np.float32)
    numbers = " ".join(str(float(v)) for v in a.ravel())
    return " ".join(str(d) for d in a.shape) + ": " + numbers + "\n"


def expect(name, x, y):
    with open(os.path.join(out, name + ".txt"), "w") as f:
        f.write(line(x))
        f.write(line(y))


class Residual(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        return x + self.block(x)


def torch_model(name, model, x, opset, **options):
    # Statistics, gammas and betas that are not those of the start.
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.LayerNorm)):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.2)
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean, 0, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    model.eval()
    torch.onnx.export(
        model,
        x,
        os.path.join(out, name + ".onnx"),
        opset_version=opset,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "n"}, "y": {0: "n"}},
        **options,
    )
    with torch.no_grad():
        expect(name, x, model.double()(x.double()))


torch.manual_seed(1)
torch_model(
    "torch-norms",
    nn.Sequential(
        nn.Linear(8, 16),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(16, 12),
        nn.LayerNorm(12),
        nn.Tanh(),
        nn.Linear(12, 5, bias=False),
        nn.Softmax(dim=1),
    ),
    torch.randn(6, 8),
    17,
)
torch_model(
    "torch-activations",
    nn.Sequential(
        nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 8), nn.ELU(),
        nn.Linear(8, 8), nn.SELU(), nn.Linear(8, 8), nn.Softplus(), nn.Linear(8, 8),
        nn.LeakyReLU(), nn.Linear(8, 3),
    ),
    torch.randn(6, 6),
    13,
)  # fmt: skip
torch_model(
    "torch-residual",
    nn.Sequential(
        nn.Flatten(),
        nn.Linear(12, 10),
        nn.ReLU(),
        Residual(nn.Sequential(nn.Linear(10, 10), nn.Sigmoid(), nn.Linear(10, 10))),
        nn.Linear(10, 2),
    ),
    torch.randn(5, 1, 3, 4),
    9,
)
# A model of another opset, LayerNorm in its parts: for the message, and for the graph's own run.
torch_model(
    "torch-layernorm-14",
    nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.Linear(6, 2)),
    torch.randn(3, 4),
    14,
)


def skl_classifier(name, data, classes):
    """The graph of a pipeline of StandardScaler and MLPClassifier."""
    x, y = data.data.astype(np.float32), data.target
    scaler = StandardScaler().fit(x)
    mlp = MLPClassifier((8,), activation="relu", max_iter=400, random_state=1)
    mlp.fit(scaler.transform(x), y)
    ml = "ai.onnx.ml"
    nodes = [
        helper.make_node(
            "Scaler", ["X"], ["variable"], "Scaler", domain=ml,
            offset=scaler.mean_.astype(np.float32), scale=(1 / scaler.scale_).astype(np.float32),
        ),
        helper.make_node("Cast", ["variable"], ["cast_input"], "Cast", to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["cast_input", "coefficient"], ["mul_result"], "MatMul"),
        helper.make_node("Add", ["mul_result", "intercepts"], ["add_result"], "Add"),
        helper.make_node("Relu", ["add_result"], ["next_activations"], "Relu"),
        helper.make_node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"], "MatMul1"),
        helper.make_node("Add", ["mul_result1", "intercepts1"], ["add_result1"], "Add1"),
    ]  # fmt: skip
    initializers = [
        numpy_helper.from_array(mlp.coefs_[0].astype(np.float32), "coefficient"),
        numpy_helper.from_array(mlp.intercepts_[0].astype(np.float32)[None], "intercepts"),
        numpy_helper.from_array(mlp.coefs_[1].astype(np.float32), "coefficient1"),
        numpy_helper.from_array(mlp.intercepts_[1].astype(np.float32)[None], "intercepts1"),
        numpy_helper.from_array(np.array([-1], np.int64), "shape_tensor"),
    ]
    if len(mlp.classes_) == 2:
        nodes += [
            helper.make_node("Sigmoid", ["add_result1"], ["out_activations_result"], "Sigmoid"),
            helper.make_node("Sub", ["unity", "out_activations_result"], ["negative"], "Sub"),
            helper.make_node(
                "Concat", ["negative", "out_activations_result"], ["probabilities"], "Concat", axis=1
            ),
        ]
        initializers.append(numpy_helper.from_array(np.array([1], np.float32), "unity"))
    else:
        nodes.append(helper.make_node("Softmax", ["add_result1"], ["probabilities"], "Softmax", axis=1))
    if classes:
        initializers.append(
            helper.make_tensor(
                "classes", TensorProto.STRING, [len(classes)], [c.encode() for c in classes]
            )
        )
        zipmap = {"classlabels_strings": classes}
        label = TensorProto.STRING
    else:
        initializers.append(
            numpy_helper.from_array(mlp.classes_.astype(np.int32), "classes")
        )
        zipmap = {"classlabels_int64s": [int(c) for c in mlp.classes_]}
        label = TensorProto.INT64
    nodes += [
        helper.make_node("ArgMax", ["probabilities"], ["argmax_output"], "ArgMax", axis=1),
        helper.make_node(
            "ArrayFeatureExtractor", ["classes", "argmax_output"], ["array_feature"], "AFE", domain=ml
        ),
    ]  # fmt: skip
    last = "array_feature"
    if not classes:
        nodes.append(helper.make_node("Cast", [last], ["cast"], "Cast1", to=TensorProto.INT64))
        last = "cast"
    nodes += [
        helper.make_node("Reshape", [last, "shape_tensor"], ["output_label"], "Reshape"),
        helper.make_node(
            "ZipMap", ["probabilities"], ["output_probability"], "ZipMap", domain=ml, **zipmap
        ),
    ]
    probabilities = onnx.ValueInfoProto(name="output_probability")
    pairs = probabilities.type.sequence_type.elem_type.map_type
    pairs.key_type = label
    pairs.value_type.tensor_type.elem_type = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, x.shape[1]])],
        [helper.make_tensor_value_info("output_label", label, [None]), probabilities],
        initializers,
    )
    model = helper.make_model(
        graph,
        producer_name="skl2onnx",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid(ml, 1)],
    )
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(out, name + ".onnx"))
    rows = x[:: len(x) // 10]
    expect(name, rows, mlp.predict_proba(scaler.transform(rows)))


iris = load_iris()
skl_classifier("sklearn-iris", iris, [str(c) for c in iris.target_names])
skl_classifier("sklearn-cancer", load_breast_cancer(), None)


# Files for the fuzzer to begin with, without expected outputs.


def small_model(name, nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, ir_version=8, opset_imports=sets)
    with open(os.path.join(out, name + ".onnx"), "wb") as f:
        f.write(model.SerializeToString())


def ml_node(operator, inputs, outputs, **attributes):
    return helper.make_node(operator, inputs, outputs, domain="ai.onnx.ml", **attributes)


def constant(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


small_model(
    "view",
    [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axis"], ["n1"]),
        helper.make_node("Concat", ["n1", "rest"], ["shape"], axis=0),
        helper.make_node("Reshape", ["x", "shape"], ["r"]),
        helper.make_node("Gemm", ["r", "w", "b"], ["h"]),
        helper.make_node("Relu", ["h"], ["a"]),
        helper.make_node("MatMul", ["a", "v"], ["z"]),
        helper.make_node("Squeeze", ["z", "one"], ["y"]),
    ],
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 2, 2])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])],
    [
        constant("zero", 0, np.int64),
        constant("axis", [0], np.int64),
        constant("rest", [-1], np.int64),
        constant("one", [1], np.int64),
        constant("w", [[1, 2], [3, 4], [5, 6], [7, 8]]),
        constant("b", [1, 1]),
        constant("v", [[1], [1]]),
    ],
)
for name, transform, rows in (
    ("linear-softmax", "SOFTMAX", [1.0, -1, 2, 0.5, -0.25, 1]),
    ("linear-logistic", "LOGISTIC", [1.0, -1, -1, 1]),
):
    k = len(rows) // 2
    labels = ["a", "b", "c"][:k]
    small_model(
        name,
        [
            ml_node(
                "Imputer", ["x"], ["i"],
                imputed_value_floats=[1.0, 2.0], replaced_value_float=float("nan"),
            ),
            ml_node("Scaler", ["i"], ["s"], offset=[1.0, 2.0], scale=[0.5, 2.0]),
            ml_node(
                "LinearClassifier", ["s"], ["label", "p"], coefficients=rows,
                intercepts=[0.5, -0.5, 0.25][:k], classlabels_strings=labels,
                post_transform=transform,
            ),
            ml_node("Normalizer", ["p"], ["q"], norm="L1"),
            ml_node("ZipMap", ["q"], ["y"], classlabels_strings=labels),
        ],
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, ["n"]),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", k]),
        ],
        [],
    )  # fmt: skip
small_model(
    "labels",
    [
        helper.make_node("Abs", ["x"], ["a"]),
        helper.make_node("Softmax", ["a"], ["p"]),
        helper.make_node("ArgMax", ["p"], ["i"], axis=1, keepdims=0),
        ml_node("ArrayFeatureExtractor", ["names", "i"], ["label"]),
    ],
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
    [
        helper.make_tensor_value_info("label", TensorProto.STRING, ["n"]),
        helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n", 3]),
    ],
    [helper.make_tensor("names", TensorProto.STRING, [3], [b"x", b"y", b"z"])],
)
