"""forward(x, attn_mask=None, past=None): a padding mask and a cache that are off by default."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x, attn_mask=None, past=None):
        q, k, v = self.qkv(x).unflatten(2, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        if past is not None:
            k, v = (torch.cat(pair, dim=2) for pair in zip(past, (k, v)))
        new, known = q.size(2), k.size(2)
        # the newest query may look at every key
        later = torch.ones(new, known, dtype=torch.bool, device=x.device).triu(1 + known - new)
        scores = (q @ k.mT / q.size(3) ** 0.5).masked_fill(later, -1e4)
        if attn_mask is not None:
            scores = scores + attn_mask
        return self.out((scores.softmax(3) @ v).transpose(1, 2).flatten(2))
