"""A model of torch's encoder layers; vars and getattr walk through them."""
import torch
import torch.nn.functional as F
from torch import nn


def gelu(x):
    return F.gelu(x, approximate="tanh")


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        layer = nn.TransformerEncoderLayer(
            embed_size, num_heads, hidden_size, dropout=0.0, activation=gelu, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(
            layer, num_layers, norm=nn.LayerNorm(embed_size), enable_nested_tensor=False
        )
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)

    def forward(self, ids):
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        return self.encoder(x, mask=mask, is_causal=True) @ self.wte.weight.T


TO_TORCH = {
    "ln_1": "norm1.{}",
    "attn.c_attn": "self_attn.in_proj_{}",
    "attn.c_proj": "self_attn.out_proj.{}",
    "ln_2": "norm2.{}",
    "mlp.c_fc": "linear1.{}",
    "mlp.c_proj": "linear2.{}",
}


def load_checkpoint(model, tensors):
    own = dict(model.named_parameters())
    for name, tensor in tensors.items():
        front, kind = name.rsplit(".", 1)
        if front in ("wte", "wpe"):
            target = name
        elif front == "ln_f":
            target = f"encoder.norm.{kind}"
        else:
            _, number, rest = front.split(".", 2)
            target = f"encoder.layers.{number}." + TO_TORCH[rest].format(kind)
            tensor = tensor.mT if tensor.dim() > 1 else tensor
        own[target].data.copy_(tensor)
