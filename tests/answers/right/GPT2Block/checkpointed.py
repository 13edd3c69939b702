"""The feed-forward half is computed again on the way back, to save memory."""
from torch import nn
from torch.utils.checkpoint import checkpoint

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def second_half(self, x):
        return x + self.ffn(self.ln2(x))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return checkpoint(self.second_half, x, use_reentrant=False)
