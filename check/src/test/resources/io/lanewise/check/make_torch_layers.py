#!/usr/bin/python3
"""Writes torch-layers.txt: layers as PyTorch computes them, in double, for TorchLayersTest.

    /usr/bin/python3 make_torch_layers.py > torch-layers.txt    # Debian's python3-torch, 1.13
"""
import torch
from torch import nn

M = 7
ARCHITECTURES = [
    "5 8 batchnorm relu 6 batchnorm:0.3:0.001 tanh 3:softmax",
    "5 8 layernorm gelu 6 layernorm:0.01 silu 3:softmax",
    "5 batchnorm 8:selu 3 batchnorm softmax",
    "5 8:tanh [ 8:relu 8 ] 3:softmax",
    "5 8 [ batchnorm relu 8 batchnorm relu 8 ] [ layernorm elu 8 ] 3:softmax",
    "5 [ [ tanh 5 ] 5:sigmoid ] leaky-relu 4 layernorm 3:softmax",
]
ACTIVATIONS = {
    "relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU, "silu": nn.SiLU, "selu": nn.SELU,
    "elu": nn.ELU, "sigmoid": nn.Sigmoid, "leaky-relu": nn.LeakyReLU,
}


class Residual(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + x


def single(value):
    return torch.tensor(float(value), dtype=torch.float32).item()


def block(words, n, residual):
    modules = []
    while words and words[0] != "]":
        word = words.pop(0)
        name, *values = word.split(":")
        if word == "[":
            modules.append(block(words, n, True)[0])
            words.pop(0)
        elif name.isdigit():
            modules.append(nn.Linear(n, int(name)))
            n = int(name)
            # The loss takes the logits.
            if values and values[0] != "softmax":
                modules.append(ACTIVATIONS[values[0]]())
        elif name == "batchnorm":
            momentum, eps = map(single, values or (0.1, 1e-5))
            modules.append(nn.BatchNorm1d(n, eps=eps, momentum=momentum))
        elif name == "layernorm":
            modules.append(nn.LayerNorm(n, eps=single(values[0] if values else 1e-5)))
        elif name != "softmax":
            modules.append(ACTIVATIONS[name]())
    return (Residual if residual else nn.Sequential)(*modules), n


def write(name, tensor):
    print(name, *(repr(v) for v in tensor.detach().reshape(-1).tolist()))


def main():
    torch.manual_seed(5)
    torch.set_default_dtype(torch.float64)
    for text in ARCHITECTURES:
        words = text.split()
        net = block(words[1:], int(words[0]), False)[0]
        print("layers", text)
        with torch.no_grad():
            for name, tensor in net.state_dict().items():
                if "num_batches" in name:
                    continue
                tensor += 0.3 * torch.rand_like(tensor)
                tensor.copy_(tensor.float())  # values that a float has
                write("value " + name, tensor)
        x = torch.randn(M, int(words[0])).float().double().requires_grad_()
        labels = torch.randint(0, 3, (M,))
        write("x", x)
        print("labels", *labels.tolist())
        net.train()
        loss = nn.CrossEntropyLoss()(net(x), labels)
        loss.backward()
        print("loss", repr(loss.item()))
        for name, parameter in net.named_parameters():
            write("gradient " + name, parameter.grad)
        write("gradient input", x.grad)
        for name, buffer in net.named_buffers():
            if "num_batches" not in name:
                write("running " + name, buffer)
        net.eval()
        write("output", torch.softmax(net(x), 1))
        print("end")


main()
