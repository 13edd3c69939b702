"""A subclass of the uncached attention, with its layers and its split_heads."""
import torch

from gpt2_ref import MultiHeadSelfAttention


class CachedSelfAttention(MultiHeadSelfAttention):
    def forward(self, x, cache=None):
        query, key, value = (self.split_heads(layer(x)) for layer in (self.query, self.key, self.value))
        if cache is not None:
            old_key, old_value = cache
            key, value = torch.cat([old_key, key], 2), torch.cat([old_value, value], 2)
        new, total = x.shape[1], key.shape[2]
        future = torch.ones(new, total, dtype=torch.bool).triu(total - new + 1)
        scores = query @ key.transpose(-2, -1) / self.head_size**0.5
        mixed = scores.masked_fill(future, float("-inf")).softmax(-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape)), (key, value)
