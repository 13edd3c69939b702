"""Guesses at where a module keeps its attention weights, to name a mistake that hides their roles."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.engine import Mistake, all_close, distance
from gpt2_ref.checks.roles import Weights, trained


def recognised(
    came: list[Tensor], inputs: list[Tensor], guesses: Iterable[Weights], mistakes: Sequence[Mistake]
) -> Mistake | Weights | None:
    """The mistake that explains the results under one of the guesses at the weights; the guess if they are right.

    Most mistakes leave the result for a single token right (the last of the inputs): they need to be tried only
    on guesses that explain it. The others are tried on every guess.
    """
    known = [(mistake, choices) for mistake in mistakes for choices in mistake.variants]
    single = inputs[-1]
    wrong_alone: list[bool] = []
    for guess in guesses:

        def variant(guess: Weights = guess, **choices) -> Iterator[Tensor]:
            return (self_attention(x, guess, **choices) for x in inputs)

        right = self_attention(single, guess)
        fits = all_close(came[-1], right)
        if fits and distance(came, variant, {}) < math.inf:
            return guess
        if not wrong_alone:
            wrong_alone = [not all_close(self_attention(single, guess, **choices), right) for _, choices in known]
        for (mistake, choices), wrong in zip(known, wrong_alone, strict=True):
            if (fits or wrong) and distance(came, variant, choices) < math.inf:
                return mistake
    return None


def likely_weights(module: nn.Module, embed_size: int, num_heads: int) -> Iterator[Weights]:
    """The usual ways in which parameters hold the weights, the most usual first; for naming mistakes only."""
    orders = ((0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0), (2, 1, 0))
    layouts = (
        (3, "part head size"),
        (3, "head part size"),
        (3, "head size part"),
        *((n, "part head size") for n in (2, 1, 0)),
    )
    sizes = {"part": 3, "head": num_heads, "size": embed_size // num_heads}
    for order, (place, layout), transposed in itertools.product(orders, layouts, (False, True)):
        tables = [as_rows(parameter.detach(), embed_size, transposed) for parameter in trained(module)]
        rows = torch.cat([table for table in tables if table is not None] or [torch.empty(0, embed_size)])
        if len(rows) != 4 * embed_size:
            continue
        chunks = rows.split(embed_size)
        projections = torch.cat([chunk for number, chunk in enumerate(chunks) if number != place])
        parts = rearrange(projections, f"({layout}) embed -> part head size embed", **sizes)
        query, key, value = F.pad(parts[list(order)], (0, 1))
        for output in (chunks[place], chunks[place].T):
            heads = rearrange(output, "out (head size) -> out head size", head=num_heads)
            yield Weights(query, key, value, heads, torch.zeros(embed_size))


def as_rows(weight: Tensor, embed_size: int, transposed: bool) -> Tensor | None:
    """A parameter as rows of embed_size inputs, None for a bias; `transposed` if square ones are (in, out)."""
    axes = [axis for axis, size in enumerate(weight.shape) if size == embed_size]
    if weight.dim() < 2 or not axes:
        return None
    return weight.movedim(axes[0] if transposed else axes[-1], -1).reshape(-1, embed_size)
