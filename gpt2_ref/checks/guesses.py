"""Guesses at where a module keeps its attention weights, to name a mistake that hides their roles."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.named_by_guess import recognised_by
from gpt2_ref.checks.roles import Weights, trained


def recognised(
    came: list[Tensor], inputs: list[Tensor], guesses: Iterable[Weights], mistakes: Sequence[Mistake]
) -> Mistake | Weights | None:
    """`recognised_by` for full attention: the results `came` of these inputs."""

    def oracle(number: int, guess: Weights, **choices) -> Tensor:
        return self_attention(inputs[number], guess, **choices)

    return recognised_by(came, oracle, guesses, mistakes)


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
