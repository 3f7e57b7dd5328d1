"""Writes encoder.onnx, a BERT of random weights, pooled.onnx, and vectors.txt: what PyTorch gives;
and encoder-q.onnx, encoder.onnx with weights of 8 bits.

    python3 make_encoder.py ../resources/io/lanewise/text \
        ../../../../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json

(PyTorch 2.13, transformers 5.18, tokenizers 0.23, onnx 1.23, onnxruntime 1.30.)
"""

import sys
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

out = Path(sys.argv[1])
tokenizer = Tokenizer.from_file(sys.argv[2])
WIDTH = 12
TEXTS = [
    "The quick brown fox jumps over the lazy dog",
    "a",
    "",
    "Tokenization of naïve café résumé, 日本語 and Привет!",
    "transformers embeddings retrieval " * 4,
]

torch.manual_seed(26)
config = BertConfig(
    vocab_size=tokenizer.get_vocab_size(),
    hidden_size=WIDTH,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    max_position_embeddings=64,
    attn_implementation="eager",
)
model = BertModel(config, add_pooling_layer=False).eval()
with torch.no_grad():
    for p in model.parameters():
        p.copy_(torch.randn(p.shape) * (0.3 if p.dim() > 1 else 0.1) + (1 if p.dim() == 1 else 0))


class ByToken(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(input_ids, attention_mask, token_type_ids).last_hidden_state


class Pooled(ByToken):
    def forward(self, input_ids, attention_mask, token_type_ids):
        tokens = super().forward(input_ids, attention_mask, token_type_ids)
        mask = attention_mask.unsqueeze(-1).float()
        return (tokens * mask).sum(1) / mask.sum(1)


def tensors(ids):
    one = torch.tensor([ids])
    return one, torch.ones_like(one), torch.zeros_like(one)


def export(module, name, output):
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        module,
        tensors(tokenizer.encode("a few words").ids),
        out / name,
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=[output],
        dynamic_axes={
            "input_ids": axes,
            "attention_mask": axes,
            "token_type_ids": axes,
            output: axes if output == "last_hidden_state" else {0: "batch"},
        },
        opset_version=14,
        dynamo=False,
    )
    onnx.checker.check_model(str(out / name))


export(ByToken().eval(), "encoder.onnx", "last_hidden_state")
export(Pooled().eval(), "pooled.onnx", "sentence_embedding")
quantize_dynamic(out / "encoder.onnx", out / "encoder-q.onnx", weight_type=QuantType.QInt8)
with open(out / "vectors.txt", "w", encoding="ascii") as f, torch.no_grad():
    for text in TEXTS:
        tokens = ByToken().eval()(*tensors(tokenizer.encode(text).ids))[0].double()
        for name, vector in ("mean", tokens.mean(0)), ("cls", tokens[0]):
            print(name, " ".join("%.9g" % v for v in vector.tolist()), file=f)
