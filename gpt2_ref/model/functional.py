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

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from gpt2_ref.model.errors import require_positive

Rule = Callable[[Tensor], Tensor]
"""Which keys a query may see: ``distance = query position - key position`` -> True where it may."""


def causal(distance: Tensor) -> Tensor:
    """The rule of GPT-2: a token sees itself and what came before it (Vaswani et al. 2017, arXiv 1706.03762)."""
    return distance >= 0


@dataclass(frozen=True)
class Window:
    """The rule of a sliding window: a token sees itself and the ``size - 1`` tokens before it.

    The causal half of Beltagy et al. 2020 (Longformer, arXiv 2004.05150), section 3.1; as in Mistral (Jiang et al.
    2023, arXiv 2310.06825). Raises ValueError when size is below 1.
    """

    size: int

    def __post_init__(self) -> None:
        require_positive(window_size=self.size)

    def __call__(self, distance: Tensor) -> Tensor:
        return (distance >= 0) & (distance < self.size)


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
    kernel needs no mask for a whole text, nor for its newest token alone. With a window, time grows with the
    number of queries only, and no memory is needed beyond the result.
    """
    num_queries, num_keys = len(query_positions), len(key_positions)
    if isinstance(rule, Window):
        if num_keys > rule.size:
            return attend_window(query, key, value, query_positions, key_positions, rule)
        rule = causal  # all keys lie inside the window
    if rule is causal and num_queries == 1:
        return fused(query, key, value)
    if rule is causal and num_queries == num_keys:
        return fused(query, key, value, is_causal=True)
    return fused(query, key, value, seen=visible(query_positions, key_positions, rule))


CHUNK = 64
"""Queries that are handled together in a window: few enough to share their keys, enough to keep a core busy."""


def attend_window(
    query: Tensor, key: Tensor, value: Tensor, query_positions: Tensor, key_positions: Tensor, rule: Window
) -> Tensor:
    """Attention in a window, chunk by chunk of queries against the slice of keys that they can see."""

    def chunks() -> Iterator[tuple[slice, Tensor]]:
        ahead = len(key_positions) - len(query_positions)
        for start in range(0, len(query_positions), CHUNK):
            queries = slice(start, start + CHUNK)
            end = min(start + CHUNK, len(query_positions))
            keys = slice(max(0, ahead + start - rule.size + 1), ahead + end)
            alone = end - start == 1  # its slice holds what it sees and nothing else
            seen = None if alone else visible(query_positions[queries], key_positions[keys], rule)
            yield queries, fused(query[:, :, queries], key[:, :, keys], value[:, :, keys], seen)

    if torch.is_grad_enabled() and (query.requires_grad or key.requires_grad or value.requires_grad):
        return torch.cat([mixed for _, mixed in chunks()], dim=2)
    result = torch.empty_like(query)
    for queries, mixed in chunks():
        result[:, :, queries] = mixed
    return result


def fused(query: Tensor, key: Tensor, value: Tensor, seen: Tensor | None = None, is_causal: bool = False) -> Tensor:
    """torch's kernel for grouped heads. A lone query's heads become the rows of one product with their group's keys."""
    heads, groups = query.shape[1], key.shape[1]
    if heads != groups and query.shape[2] == 1 and seen is None:
        rows = rearrange(query, "batch (groups share) 1 size -> batch groups share size", groups=groups)
        mixed = F.scaled_dot_product_attention(rows, key, value)
        return rearrange(mixed, "batch groups share size -> batch (groups share) 1 size")
    return F.scaled_dot_product_attention(
        query, key, value, attn_mask=seen, is_causal=is_causal, enable_gqa=heads != groups
    )
