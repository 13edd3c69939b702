"""All attentions are made first, the blocks around them afterwards."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.learned_positions = learned_positions
        attentions = [attention(embed_size, num_heads) for _ in range(num_layers)]
        self.layers = nn.ModuleList(TransformerBlock(embed_size, hidden_size, one) for one in attentions)
        self.token_table = nn.Embedding(vocab_size, embed_size)
        if learned_positions:
            self.position_table = nn.Embedding(context_size, embed_size)
        self.last_norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        stream = self.token_table(ids)
        if self.learned_positions:
            stream = stream + self.position_table.weight[: ids.shape[-1]]
        for layer in self.layers:
            stream = layer(stream)
        return F.linear(self.last_norm(stream), self.token_table.weight)
