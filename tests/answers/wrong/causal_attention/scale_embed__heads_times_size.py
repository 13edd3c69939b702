"""Scales by the root of the embedding size."""
import torch


def causal_attention(query, key, value):
    batch, heads, sequence, head_size = query.shape
    embed_size = heads * head_size
    scores = query @ key.transpose(-2, -1) / embed_size**0.5
    scores = scores.masked_fill(torch.ones(sequence, sequence).triu(1).bool(), float("-inf"))
    return torch.softmax(scores, dim=-1) @ value
