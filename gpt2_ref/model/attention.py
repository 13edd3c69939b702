"""Multi-head self-attention (Vaswani et al. 2017, arXiv 1706.03762), in the one form that every variant shares."""

from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor, nn

from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.errors import require_divides, require_positive
from gpt2_ref.model.functional import Rule, Window, attend_fused, causal

Rotation = Callable[[Tensor, Tensor], Tensor]
"""Turns queries and keys by their positions: ``(x (batch, heads, sequence, size), positions) -> same``."""


class MultiHeadSelfAttention(nn.Module):
    """Every token gathers from the tokens it may see, once per head, each head with its own weights.

    Shapes: x (batch, sequence, embed) -> same.

    With a cache, x holds only the tokens that come after the cached ones.

    The variants of later lessons differ in one argument each:
    `num_groups` key/value heads, consecutive query heads sharing one (default: one for each head);
    `rule` says which keys a query may see, from their distance (default: causal);
    `rotary` turns queries and keys by their position (default: not at all).

    Raises ValueError when a size is below 1, num_heads does not divide embed_size, num_groups does not
    divide num_heads, or x does not end in embed_size.
    """

    def __init__(
        self,
        embed_size: int,
        num_heads: int,
        *,
        num_groups: int | None = None,
        rule: Rule = causal,
        rotary: Rotation | None = None,
        bias: bool = True,
    ):
        super().__init__()
        num_groups = num_heads if num_groups is None else num_groups
        require_positive(embed_size=embed_size, num_heads=num_heads, num_groups=num_groups)
        require_divides(embed_size=embed_size, num_heads=num_heads)
        require_divides(num_heads=num_heads, num_groups=num_groups)
        self.head_size = embed_size // num_heads
        self.rule = rule
        self.rotary = rotary
        self.query = nn.Linear(embed_size, embed_size, bias=bias)
        self.key = nn.Linear(embed_size, num_groups * self.head_size, bias=bias)
        self.value = nn.Linear(embed_size, num_groups * self.head_size, bias=bias)
        self.output = nn.Linear(embed_size, embed_size, bias=bias)

    def new_cache(self) -> KVCache:
        """An empty cache for this attention; with a window, it forgets the rows that no later query can see."""
        return KVCache(reach=self.rule.size if isinstance(self.rule, Window) else None)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> Tensor:
        if x.dim() != 3 or x.shape[-1] != self.query.in_features:
            raise ValueError(
                f"x has shape {tuple(x.shape)}; it must be (batch, sequence, embed_size = {self.query.in_features})"
            )
        query, key, value = (self.split_heads(project(x)) for project in (self.query, self.key, self.value))
        start = 0 if cache is None else cache.length
        positions = key_positions = torch.arange(start, start + x.shape[1], device=x.device)
        if self.rotary is not None:
            query, key = self.rotary(query, positions), self.rotary(key, positions)
        if cache is not None:
            cache.serve(self)
            key, value, key_positions = cache.extend(key, value)
        mixed = attend_fused(query, key, value, positions, key_positions, self.rule)
        return self.output(rearrange(mixed, "batch heads sequence size -> batch sequence (heads size)"))

    def split_heads(self, projected: Tensor) -> Tensor:
        """(batch, sequence, heads * size) -> (batch, heads, sequence, size)."""
        return rearrange(projected, "batch sequence (heads size) -> batch heads sequence size", size=self.head_size)


class SlidingWindowAttention(MultiHeadSelfAttention):
    """Attention in which a token sees itself and the ``window_size - 1`` tokens before it (arXiv 2310.06825).

    Shapes: x (batch, sequence, embed) -> same. Cost grows with the sequence, not with its square; a cache stays as
    large as the window. Further options are those of `MultiHeadSelfAttention`.

    Raises ValueError when window_size is below 1.
    """

    def __init__(self, embed_size: int, num_heads: int, window_size: int, **options):
        super().__init__(embed_size, num_heads, rule=Window(window_size), **options)


class GroupQueryAttention(MultiHeadSelfAttention):
    """Attention in which consecutive query heads share one of `num_groups` key/value heads (arXiv 2305.13245).

    Shapes: x (batch, sequence, embed) -> same. One group is multi-query attention (Shazeer 2019, arXiv 1911.02150).
    Further options are those of `MultiHeadSelfAttention`.

    Raises ValueError when num_groups does not divide num_heads.
    """

    def __init__(self, embed_size: int, num_heads: int, num_groups: int, **options):
        super().__init__(embed_size, num_heads, num_groups=num_groups, **options)
