"""One projection whose rows go head by head: query, key and value of head 0, then of head 1."""
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.input_layernorm = nn.LayerNorm(embed_size)
        self.query_key_value = nn.Linear(embed_size, 3 * embed_size)
        self.dense = nn.Linear(embed_size, embed_size)
        self.post_attention_layernorm = nn.LayerNorm(embed_size)
        self.dense_h_to_4h = nn.Linear(embed_size, hidden_size)
        self.dense_4h_to_h = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        batch, length, embed = x.shape
        mixed = self.query_key_value(self.input_layernorm(x)).view(batch, length, self.num_heads, -1)
        q, k, v = mixed.transpose(1, 2).chunk(3, dim=-1)
        context = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.dense(context.transpose(1, 2).reshape(batch, length, embed))
        hidden = self.dense_h_to_4h(self.post_attention_layernorm(x))
        return x + self.dense_4h_to_h(F.gelu(hidden, approximate="tanh"))
