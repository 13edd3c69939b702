"""Attention as pure arithmetic: no parameters and no state.

Axes, here and everywhere in the package:

========== ==========================================================
batch      independent sequences
sequence   tokens of one sequence; ``query`` and ``key`` when both meet
heads      query heads; ``heads = groups * share``
groups     key/value heads
share      query heads that read one key/value head
size       numbers per head
embed      numbers per token, ``heads * size``
========== ==========================================================
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

Rule = Callable[[Tensor], Tensor]
"""Which keys a query may see: ``distance = query position - key position`` -> True where it may."""


def causal(distance: Tensor) -> Tensor:
    """The rule of GPT-2: a token sees itself and what came before it (Vaswani et al. 2017, arXiv 1706.03762)."""
    return distance >= 0


def visible(query_positions: Tensor, key_positions: Tensor, rule: Rule = causal) -> Tensor:
    """Apply `rule` to every pair of positions.

    Positions are 1-D, (query,) and (key,). They need not start at 0: a query that comes after
    cached keys keeps its own position, and the rule stays right.

    Returns a boolean (query, key), True where the query may see the key.
    """
    return rule(query_positions[:, None] - key_positions[None, :])


def attend(query: Tensor, key: Tensor, value: Tensor, seen: Tensor) -> Tensor:
    """Scaled dot-product attention, ``softmax(query key^T / sqrt(size)) value``, over the keys in `seen`.

    query (batch, heads, query, size); key and value (batch, groups, key, size) with `groups` dividing
    `heads`, consecutive query heads sharing one key/value head; seen (query, key), boolean, at least one
    True in each row. Returns (batch, heads, query, size).

    Equation 1 of Vaswani et al. 2017, arXiv 1706.03762; groups as in Ainslie et al. 2023, arXiv 2305.13245.
    """
    groups = key.shape[1]
    query = rearrange(query, "batch (groups share) query size -> batch groups share query size", groups=groups)
    scores = torch.einsum("bgsqd, bgkd -> bgsqk", query, key) / query.shape[-1] ** 0.5
    weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
    mixed = torch.einsum("bgsqk, bgkd -> bgsqd", weights, value)
    return rearrange(mixed, "batch groups share query size -> batch (groups share) query size")


def attend_fused(
    query: Tensor, key: Tensor, value: Tensor, query_positions: Tensor, key_positions: Tensor, rule: Rule = causal
) -> Tensor:
    """The same as `attend` in torch's fused kernel, which never writes the scores to memory.

    query_positions (query,) and key_positions (key,) are consecutive and end at the same token, so that the
    kernel needs no mask for a whole text, nor for its newest token alone.
    """
    newest_alone = len(query_positions) == 1
    whole_text = len(query_positions) == len(key_positions)
    maskless = rule is causal and (newest_alone or whole_text)
    seen = None if maskless else visible(query_positions, key_positions, rule)
    return F.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=seen,
        is_causal=maskless and not newest_alone,
        enable_gqa=query.shape[1] != key.shape[1],
    )
