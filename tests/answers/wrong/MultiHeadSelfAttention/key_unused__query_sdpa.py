"""SDPA given the keys as queries."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.query_layer = nn.Linear(embed_size, embed_size)
        self.key_layer = nn.Linear(embed_size, embed_size)
        self.value_layer = nn.Linear(embed_size, embed_size)
        self.output_layer = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch_size, seq_len, embed_size = x.shape

        def to_heads(y):
            return y.view(batch_size, seq_len, self.num_heads, self.head_size).transpose(1, 2)

        keep = torch.tril(torch.ones(seq_len, seq_len, dtype=torch.bool, device=x.device))
        out = F.scaled_dot_product_attention(
            to_heads(self.key_layer(x)),
            to_heads(self.key_layer(x)),
            to_heads(self.value_layer(x)),
            attn_mask=keep,
        )
        return self.output_layer(out.transpose(1, 2).reshape(batch_size, seq_len, embed_size))
