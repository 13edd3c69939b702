"""What stands in for an answer that is not written yet: the reference, in the interface of the exercise.

A stand-in that is made of parts is made of the learner's own where those are there.
"""

import math
from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref import checkpoints
from gpt2_ref.model import (  # noqa: F401 - some stand in as they are
    GPT2LayerNorm,
    GPT2OutputLayer,
    GroupQueryAttention,
    KVCache,
    MultiHeadSelfAttention,
    PositionWiseFeedForward,
    RotaryPositionalEncoding,
    SlidingWindowAttention,
    Window,
    attend,
    attention_pattern,
    block,
    generation,
    gpt2,
    induction_score,
    logit_lens,
    sample_next_token,
    visible,
)

NAMES = (
    "softmax",
    "GPT2LayerNorm",
    "causal_attention",
    "MultiHeadSelfAttention",
    "PositionWiseFeedForward",
    "GPT2Block",
    "GPT2OutputLayer",
    "GPT2",
    "load_checkpoint",
    "sample_next_token",
    "generate",
    "CachedSelfAttention",
    "sliding_window_mask",
    "SlidingWindowAttention",
    "GroupQueryAttention",
    "RotaryPositionalEncoding",
    "TransformerBlock",
    "ConfigurableGPT2",
    "cross_entropy",
    "train_step",
    "learning_rate",
    "attention_pattern",
    "induction_score",
    "logit_lens",
)


def best(name: str) -> object:
    """The learner's own piece of this name, or else the one that stands in for it."""
    import my_gpt2  # here, because my_gpt2 imports this file

    return getattr(my_gpt2, name) if my_gpt2.is_own(name) else globals()[name]


def softmax(scores: Tensor) -> Tensor:
    """Probabilities along the last axis."""
    return scores.softmax(dim=-1)


def causal_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """query, key, value (batch, heads, sequence, head_size) -> same shape as value."""
    positions = torch.arange(query.shape[-2], device=query.device)
    return attend(query, key, value, visible(positions, positions))


class TransformerBlock(block.TransformerBlock):
    """The block around an attention, with the best layer norm and feed-forward layer there are."""

    def __init__(self, embed_size: int, hidden_size: int, attention: nn.Module):
        super().__init__(embed_size, hidden_size, attention)
        self.attention_norm = best("GPT2LayerNorm")(embed_size)
        self.feed_forward_norm = best("GPT2LayerNorm")(embed_size)
        self.feed_forward = best("PositionWiseFeedForward")(embed_size, hidden_size)


class GPT2Block(TransformerBlock):
    """The block around the best attention there is."""

    def __init__(self, embed_size: int, num_heads: int, hidden_size: int):
        super().__init__(embed_size, hidden_size, best("MultiHeadSelfAttention")(embed_size, num_heads))


class GPT2(gpt2.GPT2):
    """The model around the best block and layer norm there are."""

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        num_heads: int,
        hidden_size: int,
        num_layers: int,
        context_size: int = 1024,
    ):
        super().__init__(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=context_size)
        self.blocks = nn.ModuleList(best("GPT2Block")(embed_size, num_heads, hidden_size) for _ in self.blocks)
        self.final_norm = best("GPT2LayerNorm")(embed_size)


class ConfigurableGPT2(gpt2.GPT2):
    """The model around the attention that it is given and the best block and layer norm there are."""

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        num_heads: int,
        hidden_size: int,
        num_layers: int,
        context_size: int = 1024,
        attention: Callable[[int, int], nn.Module] | None = None,
        learned_positions: bool = True,
    ):
        attention = attention or best("MultiHeadSelfAttention")
        super().__init__(
            vocab_size,
            embed_size,
            num_heads,
            hidden_size,
            num_layers,
            context_size=context_size,
            attention=attention,
            learned_positions=learned_positions,
        )
        for number, built in enumerate(self.blocks):
            self.blocks[number] = best("TransformerBlock")(embed_size, hidden_size, built.attention)
        self.final_norm = best("GPT2LayerNorm")(embed_size)


def sliding_window_mask(length: int, window_size: int) -> Tensor:
    """(length, length), True where a query (row) may see a key (column)."""
    return visible(torch.arange(length), torch.arange(length), Window(window_size))


def load_checkpoint(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copy a checkpoint into the course's own GPT2. Raises ValueError for a GPT2 whose names it cannot know."""
    try:
        checkpoints.load_tensors(model, tensors)
    except ValueError as error:
        raise ValueError(
            "the course's load_checkpoint knows the names in the course's own GPT2 only; yours needs the one that "
            f"you write in lesson 04 ({error})"
        ) from None


def generate(
    model: nn.Module,
    input_ids: Tensor,
    max_length: int = 50,
    num_return_sequences: int = 1,
    temperature: float = 0.7,
    top_k: int | None = None,
) -> Tensor:
    """Continue each prompt, every token computed anew at each step, because a learner's model has no cache."""
    return generation.generate(
        model, input_ids, max_length, num_return_sequences, temperature, top_k, use_cache=False, progress=False
    )


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """logits (..., vocab), targets (...) -> the mean of -log softmax at the targets, one number."""
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


def train_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    input_ids: Tensor,
    targets: Tensor,
    max_norm: float = 1.0,
) -> float:
    """Move the parameters once, with clipped gradients; the loss of this batch before that."""
    optimizer.zero_grad()
    loss = best("cross_entropy")(model(input_ids), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


def learning_rate(step: int, num_steps: int, warmup_steps: int, peak: float, final: float = 0.0) -> float:
    """The rate of a step, counted from 0: a line up to the peak, half a cosine down to `final`, which then stays."""
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    done = (step - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2


class CachedSelfAttention(MultiHeadSelfAttention):
    """Attention that hands its cache back: (x (batch, new, embed), cache) -> (same shape as x, cache)."""

    def __init__(self, embed_size: int, num_heads: int):
        super().__init__(embed_size, num_heads)

    def forward(self, x: Tensor, cache: KVCache | None = None) -> tuple[Tensor, KVCache]:
        cache = self.new_cache() if cache is None else cache
        return super().forward(x, cache), cache
