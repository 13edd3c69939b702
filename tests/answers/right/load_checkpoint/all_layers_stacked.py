"""A model of stacked raw parameters; the checkpoint's layers are stacked the same way."""
import torch
import torch.nn.functional as F
from torch import nn

NAMES = ["ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"]


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_heads, self.num_layers = num_heads, num_layers
        e, m = embed_size, hidden_size
        self.wte = nn.Parameter(torch.randn(vocab_size, e) * 0.02)
        self.wpe = nn.Parameter(torch.randn(context_size, e) * 0.02)
        shapes = [(e,), (e, 3 * e), (e, e), (e,), (e, m), (m, e)]
        start = [torch.ones, torch.randn, torch.randn, torch.ones, torch.randn, torch.randn]
        self.weights = nn.ParameterList([make(num_layers, *shape) for make, shape in zip(start, shapes)])
        self.biases = nn.ParameterList([torch.zeros(num_layers, shape[-1]) for shape in shapes])
        self.ln_f = nn.LayerNorm(e)

    def step(self, x, i):
        w, b = [p[i] for p in self.weights], [p[i] for p in self.biases]
        y = F.layer_norm(x, w[0].shape, w[0], b[0]) @ w[1] + b[1]
        q, k, v = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in y.chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + y @ w[2] + b[2]
        y = F.gelu(F.layer_norm(x, w[3].shape, w[3], b[3]) @ w[4] + b[4], approximate="tanh")
        return x + y @ w[5] + b[5]

    def forward(self, ids):
        x = self.wte[ids] + self.wpe[: ids.shape[1]]
        for i in range(self.num_layers):
            x = self.step(x, i)
        return self.ln_f(x) @ self.wte.T


def load_checkpoint(model, tensors):
    def stacked(name, kind):
        return torch.stack([tensors[f"h.{i}.{name}.{kind}"] for i in range(model.num_layers)])

    with torch.no_grad():
        model.wte.copy_(tensors["wte.weight"])
        model.wpe.copy_(tensors["wpe.weight"])
        for number, name in enumerate(NAMES):
            model.weights[number].copy_(stacked(name, "weight"))
            model.biases[number].copy_(stacked(name, "bias"))
        model.ln_f.weight.copy_(tensors["ln_f.weight"])
        model.ln_f.bias.copy_(tensors["ln_f.bias"])
