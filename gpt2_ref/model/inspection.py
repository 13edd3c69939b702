"""Looking inside a GPT-2: where its heads look, what it would say after each layer, what a head is worth."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from einops import repeat
from torch import Tensor

from gpt2_ref.model.functional import visible
from gpt2_ref.model.gpt2 import GPT2


def streams(model: GPT2, input_ids: Tensor) -> list[Tensor]:
    """The stream before the first block and after each block: num_layers + 1 tensors (batch, sequence, embed)."""
    seen = []
    hooks = [block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0])) for block in model.blocks]
    hooks.append(model.final_norm.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0])))
    try:
        model.hidden(input_ids)
    finally:
        for hook in hooks:
            hook.remove()
    return seen


def attention_pattern(model: GPT2, input_ids: Tensor, layer: int) -> Tensor:
    """How much each token attends to each token, in every head of one layer.

    Shapes: input_ids (batch, sequence) -> (batch, heads, query, key). Each row is 0 where the query may not look
    and adds up to 1.

    The softmax of equation 1 of Vaswani et al. 2017, arXiv 1706.03762. Raises IndexError when the model has no
    such layer.
    """
    if not 0 <= layer < len(model.blocks):
        raise IndexError(f"layer = {layer}; the model has layers 0 to {len(model.blocks) - 1}")
    block = model.blocks[layer]
    attention = block.attention
    normed = block.attention_norm(streams(model, input_ids)[layer])
    query, key = attention.split_heads(attention.query(normed)), attention.split_heads(attention.key(normed))
    positions = torch.arange(input_ids.shape[1], device=input_ids.device)
    if attention.rotary is not None:
        query, key = attention.rotary(query, positions), attention.rotary(key, positions)
    share = query.shape[1] // key.shape[1]
    key = repeat(key, "batch groups sequence size -> batch (groups share) sequence size", share=share)
    scores = query @ key.transpose(-2, -1) / attention.head_size**0.5
    return scores.masked_fill(~visible(positions, positions, attention.rule), float("-inf")).softmax(dim=-1)


def logit_lens(model: GPT2, input_ids: Tensor) -> Tensor:
    """The logits that the model would give if it ended after 0, 1, 2, ... blocks.

    Shapes: input_ids (batch, sequence) -> (num_layers + 1, batch, sequence, vocab). The last are the model's own.

    The last layer norm and the output layer read the stream early (nostalgebraist 2020, "Interpreting GPT: the
    logit lens").
    """
    return torch.stack([model.output(model.final_norm(stream)) for stream in streams(model, input_ids)])


def induction_score(pattern: Tensor, period: int) -> Tensor:
    """How much of its attention a head gives to the token that came next the last time.

    The text repeats its first `period` tokens over and over. From the second pass on, the token at i has a twin at
    i - period, and what followed the twin stands at i - period + 1: the score is the mean attention from i to there.

    Shapes: pattern (..., query, key) -> (...), from 0 to 1.

    Olsson et al. 2022, arXiv 2209.11895. Raises ValueError when the text is not longer than `period`.
    """
    if not 1 <= period < pattern.shape[-1]:
        raise ValueError(f"period = {period}; it must be from 1 to {pattern.shape[-1] - 1}, below the text's length")
    return pattern.diagonal(1 - period, dim1=-2, dim2=-1)[..., 1:].mean(dim=-1)


@contextmanager
def without_heads(model: GPT2, heads: Mapping[int, Sequence[int]]) -> Iterator[GPT2]:
    """The model with some heads switched off: what they gathered is 0. ``heads`` is layer -> numbers of its heads.

    Raises IndexError when the model has no such layer or head.
    """
    hooks = []
    try:
        for layer, numbers in heads.items():
            if not 0 <= layer < len(model.blocks):
                raise IndexError(f"layer = {layer}; the model has layers 0 to {len(model.blocks) - 1}")
            attention = model.blocks[layer].attention
            num_heads = attention.query.out_features // attention.head_size
            if wrong := [number for number in numbers if not 0 <= number < num_heads]:
                raise IndexError(f"head = {wrong[0]}; layer {layer} has heads 0 to {num_heads - 1}")
            kept = attention.query.weight.new_ones(num_heads)
            kept[list(numbers)] = 0
            mask = kept.repeat_interleave(attention.head_size)
            hooks.append(attention.output.register_forward_pre_hook(lambda _, inputs, mask=mask: (inputs[0] * mask,)))
        yield model
    finally:
        for hook in hooks:
            hook.remove()
