"""No block class: a list for each kind of layer, put together in forward."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size)
        self.norms1 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(num_layers)])
        self.attentions = nn.ModuleList([MultiHeadSelfAttention(embed_size, num_heads) for _ in range(num_layers)])
        self.norms2 = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(num_layers)])
        self.feed_forwards = nn.ModuleList(
            [PositionWiseFeedForward(embed_size, hidden_size) for _ in range(num_layers)]
        )
        self.final_norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.token_embedding(ids) + self.position_embedding(torch.arange(ids.shape[-1]))
        for n1, attention, n2, feed_forward in zip(self.norms1, self.attentions, self.norms2, self.feed_forwards):
            x = x + attention(n1(x))
            x = x + feed_forward(n2(x))
        return self.final_norm(x) @ self.token_embedding.weight.transpose(0, 1)
