"""From many key/value heads to few (Ainslie et al. 2023, arXiv 2305.13245)."""

import copy

import torch
from einops import reduce
from torch import nn

from gpt2_ref.model.errors import require_divides, require_positive
from gpt2_ref.model.gpt2 import GPT2


def group_heads(model: GPT2, num_groups: int) -> GPT2:
    """A copy of the model whose attention has `num_groups` key/value heads, each the mean of those it stands for.

    It needs some more training to be as good as before (section 2.1 of the paper); with as many groups as there were
    key/value heads nothing changes. Raises ValueError when num_groups does not divide their number.
    """
    grouped = copy.deepcopy(model)
    for block in grouped.blocks:
        attention = block.attention
        require_positive(num_groups=num_groups)
        require_divides(num_heads=attention.key.out_features // attention.head_size, num_groups=num_groups)
        attention.key = pooled(attention.key, attention.head_size, num_groups)
        attention.value = pooled(attention.value, attention.head_size, num_groups)
    return grouped


@torch.no_grad()
def pooled(projection: nn.Linear, head_size: int, num_groups: int) -> nn.Linear:
    """A projection to `num_groups` heads, each the mean of neighbouring heads of `projection`."""
    has_bias = projection.bias is not None
    result = nn.Linear(projection.in_features, num_groups * head_size, bias=has_bias).to(projection.weight)
    for mine, theirs in zip(result.parameters(), projection.parameters(), strict=True):
        mean = reduce(theirs, "(groups share size) ... -> groups size ...", "mean", groups=num_groups, size=head_size)
        mine.copy_(mean.flatten(0, 1))
    return result
