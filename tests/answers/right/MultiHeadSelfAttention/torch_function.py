"""Own parameters handed to F.multi_head_attention_forward."""
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.embed_size, self.num_heads = embed_size, num_heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * embed_size, embed_size))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * embed_size))
        nn.init.xavier_uniform_(self.in_proj_weight)
        self.out_proj = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        x = x.transpose(0, 1)
        n = x.shape[0]
        y, _ = F.multi_head_attention_forward(
            x, x, x, self.embed_size, self.num_heads,
            self.in_proj_weight, self.in_proj_bias, None, None, False, 0.0,
            self.out_proj.weight, self.out_proj.bias,
            training=self.training, need_weights=False,
            attn_mask=torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1),
        )
        return y.transpose(0, 1)
