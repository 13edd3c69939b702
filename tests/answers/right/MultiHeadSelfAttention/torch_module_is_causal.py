"""nn.MultiheadAttention with is_causal=True and need_weights=False."""
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.inner = nn.MultiheadAttention(embed_size, num_heads, dropout=0.1, batch_first=True)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device, dtype=x.dtype)
        return self.inner(x, x, x, attn_mask=mask, is_causal=True, need_weights=False)[0]
