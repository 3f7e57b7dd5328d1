#!/usr/bin/env python3
"""Makes small encoders of text as PyTorch and ONNX Runtime write them, for the tests.

    make_encoders.py FOLDER

Wants PyTorch 2.13, transformers 5, onnx and onnxruntime. Weights are random, drawn wide enough that
attention is not uniform. Two layers of 32 values, 4 heads, 64 words, up to 64 tokens.

    encoder-11.onnx    the older exporter, opset 11: layer normalization and GELU node by node, as in
                       the sentence encoders that are most used
    encoder-20.onnx    the newer exporter, opset 20: fused attention's mask, LayerNormalization, Gelu
    encoder-q.onnx     encoder-11 with weights of 8 bits, by ONNX Runtime's dynamic quantization
"""

import os
import sys

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig, BertModel

NAMES = ["input_ids", "attention_mask", "token_type_ids"]


class Encoder(torch.nn.Module):
    def __init__(self, attention):
        super().__init__()
        torch.manual_seed(26)
        self.bert = BertModel(
            BertConfig(
                vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                intermediate_size=64, max_position_embeddings=64, attn_implementation=attention,
            ),
            add_pooling_layer=False,
        )  # fmt: skip
        for name, parameter in self.bert.named_parameters():
            if parameter.dim() == 2:
                torch.nn.init.normal_(parameter, std=0.4)
            elif name.endswith("bias"):
                torch.nn.init.normal_(parameter, std=0.1)

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state


def bare(file):
    """Without what says where in the sources a node comes from: paths of this machine."""
    model = onnx.load(file)
    del model.metadata_props[:]
    model.graph.doc_string = ""
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for info in [*model.graph.input, *model.graph.output, *model.graph.initializer]:
        del info.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, file)


folder = sys.argv[1]
ids = torch.randint(0, 64, (2, 7))
mask = torch.ones(2, 7, dtype=torch.long)
mask[1, 4:] = 0
example = (ids, mask, torch.zeros(2, 7, dtype=torch.long))
output = "last_hidden_state"
old = os.path.join(folder, "encoder-11.onnx")
torch.onnx.export(
    Encoder("eager").eval(), example, old, dynamo=False, opset_version=11,
    input_names=NAMES, output_names=[output],
    dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*NAMES, output]},
)  # fmt: skip
bare(old)
new = os.path.join(folder, "encoder-20.onnx")
sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=64)}
torch.onnx.export(
    Encoder("sdpa").eval(), example, new, dynamo=True, opset_version=20, external_data=False,
    input_names=NAMES, output_names=[output], dynamic_shapes={name: sizes for name in NAMES},
)  # fmt: skip
bare(new)
quantized = os.path.join(folder, "encoder-q.onnx")
quantize_dynamic(old, quantized, weight_type=QuantType.QInt8, per_channel=False)
bare(quantized)
