"""Naming the mistake of a block whose weights cannot be read, by guesses at where they are.

Three settings are compared with each wrong form of the block: the feed-forward matrices alone (all else 0, layer
norms as they start), the attention matrices alone, and both.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from gpt2_ref.checks.block_oracle import BlockWeights, FeedForwardWeights, NormWeights, block, exact_gelu, pre_norm
from gpt2_ref.checks.block_roles import put
from gpt2_ref.checks.engine import Mistake, distance
from gpt2_ref.checks.guesses import likely_weights, recognised
from gpt2_ref.checks.roles import Weights, trained

Known = tuple[Mistake | None, Mapping[str, object]]
"""A mistake, None for none, with one choice of arguments that makes it."""


class Settings:
    """A block whose numbers start at `start`; its feed-forward matrices are told by their number of entries."""

    def __init__(self, module: nn.Module, call: Callable[[Tensor], Tensor], start: Tensor, sizes: tuple[int, int, int]):
        self.module, self.call = module, call
        self.embed_size, self.num_heads, self.hidden_size = sizes
        generator = torch.Generator().manual_seed(1)
        shape = (len(start),)
        self.drawn = 0.6 * torch.randn(shape, generator=generator, dtype=torch.float64).to(start)
        self.neutral = (start == 1).to(start)
        of_feed, of_attention = [], []
        for parameter in trained(module):
            entries = parameter.numel()
            feed = entries == self.embed_size * self.hidden_size
            vector = entries in (self.embed_size, self.hidden_size, 3 * self.embed_size, 2 * self.embed_size)
            of_feed.append(torch.full((entries,), feed))
            of_attention.append(torch.full((entries,), not feed and not vector and parameter.dim() > 1))
        self.of_feed, self.of_attention = torch.cat(of_feed), torch.cat(of_attention)
        shape = (2, 4, self.embed_size)
        x = torch.randn(shape, generator=generator, dtype=torch.float64).to(start)
        self.inputs = [x[:1, :1], 1 + 2 * x]

    def results(self, on: Tensor, inputs: Sequence[Tensor] | None = None) -> list[Tensor]:
        """What comes out when the numbers `on` are random and all others neutral."""
        put(self.module, torch.where(on, self.drawn, self.neutral))
        return [self.call(x).detach() for x in (self.inputs if inputs is None else inputs)]

    def feed_guesses(self) -> Iterator[FeedForwardWeights]:
        """The ways in which two parameters can hold the two matrices."""
        shape = (self.hidden_size, self.embed_size)
        matrices = [p.detach() for p in trained(self.module) if p.numel() == self.embed_size * self.hidden_size]
        if len(matrices) != 2:
            return
        for one, other in (matrices, matrices[::-1]):
            for expand, contract in itertools.product(as_matrix(one, shape), as_matrix(other, shape)):
                bias = torch.zeros(self.hidden_size, 1)
                yield FeedForwardWeights(torch.cat([expand, bias], 1), contract.T.clone(), torch.zeros(self.embed_size))

    def attention_guesses(self) -> Iterator[Weights]:
        chosen = [
            parameter
            for parameter, part in zip(
                trained(self.module), self.of_attention.split([p.numel() for p in trained(self.module)]), strict=True
            )
            if part.any()
        ]
        if chosen:
            yield from likely_weights(nn.ParameterList(chosen), self.embed_size, self.num_heads)

    def whole(self, attention: Weights | None, feed: FeedForwardWeights | None) -> BlockWeights:
        neutral = NormWeights(torch.ones(self.embed_size), torch.zeros(self.embed_size))
        return BlockWeights(neutral, attention, neutral, feed)


def as_matrix(weight: Tensor, shape: tuple[int, int]) -> list[Tensor]:
    """A parameter as a matrix of this shape: by its own axes if they tell, else in both orders."""
    axes = [size for size in weight.shape if size > 1]
    plain, turned = weight.reshape(shape), weight.reshape(shape[::-1]).T
    if axes == list(shape) and shape[0] != shape[1]:
        return [plain]
    return [turned] if axes == list(shape[::-1]) and shape[0] != shape[1] else [plain, turned]


USUAL_GUESSES = 24
"""So many of the guesses at attention's weights are tried with every wrong form: query, key and value in this order."""


def explained(
    settings: Settings, forms: Sequence[Mistake], feeds: Sequence[Mistake], attentions: Sequence[Mistake]
) -> Mistake | bool | None:
    """The mistake that explains the block's results in all three settings, as far as the weights can be guessed.

    True if the results are right, False if nothing explains them, None if there is no guess at the weights.
    """
    put(settings.module, torch.where(settings.of_feed | settings.of_attention, settings.drawn, settings.neutral))
    feed_guesses, attention_guesses = list(settings.feed_guesses()), list(settings.attention_guesses())
    alone = settings.results(settings.of_feed)
    candidates = [
        (known, feed)
        for feed in feed_guesses
        for known in combinations(forms, feeds)
        if fits(alone, settings, settings.whole(None, feed), known[1])
    ]
    candidates.sort(key=lambda candidate: candidate[0][0] is not None)
    attending, together = (
        settings.results(settings.of_attention),
        settings.results(settings.of_feed | settings.of_attention),
    )
    for number, attention in enumerate(attention_guesses):
        for (mistake, choices), feed in candidates if number < USUAL_GUESSES else candidates[:1]:
            if fits(attending, settings, settings.whole(attention, None), choices) and fits(
                together, settings, settings.whole(attention, feed), choices
            ):
                return True if mistake is None else mistake
    named = [mistake for (mistake, _), _ in candidates]
    if named and named[0] is not None:
        return named[0]
    tokens = [torch.nn.functional.layer_norm(x, x.shape[-1:]) for x in settings.inputs[::-1]]
    changes = [came - x for came, x in zip(settings.results(settings.of_attention, tokens), tokens, strict=True)]
    found = recognised(changes, tokens, attention_guesses, attentions)
    if isinstance(found, Mistake):
        return found
    return False if feed_guesses and attention_guesses else None


def combinations(forms: Sequence[Mistake], feeds: Sequence[Mistake]) -> Iterator[Known]:
    """No mistake; one mistake; a wrong form of the block with a wrong bend in it, of which the form is told."""
    bends = [(feed, dict(choices)) for feed in feeds for choices in feed.variants]
    usual = [{"bend": exact_gelu}, *(choices for feed in feeds for choices in feed.variants[:1])]
    yield None, {"form": pre_norm}
    yield None, {"form": pre_norm, "bend": exact_gelu}
    for mistake in forms:
        for choices in mistake.variants:
            yield mistake, choices
    yield from bends
    for mistake, bend in itertools.product(forms, usual):
        for choices in mistake.variants:
            if not choices.keys() & bend.keys():
                yield mistake, {**choices, **bend}


def fits(came: Sequence[Tensor], settings: Settings, weights: BlockWeights, choices: Mapping[str, object]) -> bool:
    def variant(**choices) -> Iterator[Tensor]:
        return (block(x, weights, **choices) for x in settings.inputs)

    return distance(came, variant, choices) < math.inf
