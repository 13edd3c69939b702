"""Finding the weights of a learner's block, and of its feed-forward layer, whatever they are called.

Both halves of a block are built alike: rows read the normalised stream, columns write to it. What a single number
does to the result of one half, the other half's weights being 0, tells its role:

=======  ===============================================================================================
column   it moves one entry of the result
bias     the same, by the same amount for every token
row      it moves all entries, along one of the columns
norm     it moves all entries along a direction of its own, which it shares with one other number: what
         the scale of a place does is what its shift does, times the normalised input
=======  ===============================================================================================

Then a scale of zeros and ones hides inputs from the rows, and shows which input each number multiplies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.checks.block_oracle import BlockWeights, FeedForwardWeights, NormWeights
from gpt2_ref.checks.roles import (
    SENSITIVITIES,
    Reading,
    Roles,
    Unreadable,
    cluster,
    derivative,
    flat,
    trained,
    with_bias,
)

EPS = 1e-5
TOKENS = 16
LOUD = 3.0
"""So many tokens, so far from 0, that every hidden unit is awake for one of them, should the bend be a ReLU."""


@dataclass(frozen=True)
class FeedForwardRoles:
    """Places of the entries of `FeedForwardWeights`; -1 where there is none."""

    expand: Tensor
    contract: Tensor
    bias: Tensor

    def read(self, numbers: Tensor) -> FeedForwardWeights:
        return FeedForwardWeights(*(with_bias(numbers, places) for places in vars(self).values()))


@dataclass(frozen=True)
class NormRoles:
    """Places of scale and shift; `offset` is added to the number that stands for a scale."""

    scale: Tensor
    shift: Tensor
    offset: float = 0.0

    def read(self, numbers: Tensor) -> NormWeights:
        return NormWeights(numbers[self.scale] + self.offset, numbers[self.shift])


@dataclass(frozen=True)
class BlockRoles:
    """The roles of the numbers of a block; `rest` are those without one, such as the biases of keys."""

    first: NormRoles
    attention: Roles
    second: NormRoles
    feed: FeedForwardRoles
    rest: Tensor

    def read(self, module: nn.Module) -> BlockWeights:
        """The weights that the module has now."""
        numbers = flat(module)
        return BlockWeights(
            self.first.read(numbers), self.attention.read(module), self.second.read(numbers), self.feed.read(numbers)
        )

    @property
    def shared_norm(self) -> bool:
        return torch.equal(self.first.scale, self.second.scale)

    def randomise(self, module: nn.Module, generator: torch.Generator, biases: bool = True) -> None:
        """Fill the module with random numbers: scales around 1, all others around 0; `biases`: also those."""
        numbers = 0.6 * torch.randn(len(flat(module)), generator=generator)
        for norm in {self.first, self.second} if not self.shared_norm else {self.first}:
            numbers[norm.scale] += 1 - norm.offset
        if not biases:
            numbers[self.rest] = 0.0
        put(module, numbers)


def put(module: nn.Module, numbers: Tensor) -> None:
    """Set all numbers of all trained parameters."""
    parameters = trained(module)
    for parameter, part in zip(parameters, numbers.split([p.numel() for p in parameters]), strict=True):
        parameter.data.copy_(part.view(parameter.shape))


def plain_tokens(count: int, embed_size: int, generator: torch.Generator) -> Tensor:
    """(count, 1, embed): sequences of one token that a layer norm with scale 1 and shift 0 leaves as it is."""
    x = torch.randn(count, 1, embed_size, generator=generator, dtype=torch.float64).to(torch.get_default_dtype())
    return F.layer_norm(x, (embed_size,), eps=0.0) * (1 - EPS) ** 0.5


@dataclass(frozen=True)
class Circuit:
    """One half of a block: columns (embed, hidden) write, reads are the numbers of the rows, of_row says of which.

    steady are biases of the result, each of one entry; others the numbers that act in another way.
    """

    columns: Tensor
    reads: Tensor
    of_row: Tensor
    steady: Tensor
    steady_entry: Tensor
    others: Tensor


class Bench:
    """A module, and what its numbers do to the last token of a result. `change` returns what the result adds to x."""

    def __init__(self, module: nn.Module, change: Callable[[Tensor], Tensor], size: int, small: float, seed: int):
        self.module, self.change, self.size, self.small = module, change, size, small
        self.generator = torch.Generator().manual_seed(seed)
        self.mixture = self.signs(size)[None]
        self.weights = [self.signs(TOKENS) for _ in range(2)]
        self.tokens = plain_tokens(TOKENS, size, self.generator)

    def signs(self, count: int) -> Tensor:
        """Random numbers that are not near 0."""
        drawn = torch.randn(2, count, generator=self.generator, dtype=torch.float64).to(torch.get_default_dtype())
        return drawn[0].sign() * (0.5 + drawn[1].abs())

    def numbers(self, std: float) -> Tensor:
        return std * torch.randn(len(flat(self.module)), generator=self.generator, dtype=torch.float64).to(
            torch.get_default_dtype()
        )

    def effects(self, x: Tensor, of: Tensor | None = None, weights: int = 0) -> Tensor:
        """(outputs, numbers): derivatives of the last tokens' change, weighted over the batch, entry by entry."""
        result = torch.einsum("b, be -> e", self.weights[weights][: len(x)], self.change(x)[:, -1])
        return torch.stack(
            [derivative(result, one, self.module) for one in (torch.eye(self.size) if of is None else of)]
        )

    def acts(self, effects: Tensor) -> Tensor:
        """Where an effect is more than rounding."""
        return effects.abs() > self.small * effects.abs().max()

    def inputs_of(self, effects_behind: Callable[[Tensor], Tensor]) -> Tensor:
        """The input that each number multiplies; `size` for a number that acts whatever inputs are hidden.

        `effects_behind(mask)` are the effects when the inputs are multiplied by the mask. Each input gets a binary
        number, neither 0 nor all ones; mask b keeps the inputs whose bit b is set.
        """
        bits = range((self.size + 1).bit_length())
        last = 2 ** len(bits) - 2
        codes = last - torch.arange(self.size)
        found = sum(self.acts(effects_behind((codes >> bit & 1).to(self.tokens)))[0].long() << bit for bit in bits)
        return torch.where((found <= last) & (found > last - self.size), last - found, self.size)

    def circuit(self, numbers: Tensor, hidden_size: int, off: Tensor) -> Circuit:
        """Sort the numbers of the half that is on, the module being set to `numbers`; those in `off` are not its."""
        put(self.module, numbers)
        effects = self.effects(self.tokens)
        acts = self.acts(effects)
        acts[:, off] = False
        single = acts.sum(0) == 1
        entry, strength, same = self.single_entry(effects)
        near = max(1e-9, 10 * self.small)
        writes = (single & ~same).nonzero()[:, 0]
        label = cluster(strength[writes], hidden_size)
        columns = full_table((self.size, hidden_size), (entry[writes], label), writes)
        reads = (acts.sum(0) > 1).nonzero()[:, 0]
        directions = F.normalize(numbers[columns], dim=0)
        alike = (directions.T @ F.normalize(effects[:, reads], dim=0)).abs()
        nearest, row = alike.max(0)
        along = nearest > 1 - near
        steady = (single & same).nonzero()[:, 0]
        return Circuit(columns, reads[along], row[along], steady, entry[steady], reads[~along])

    def single_entry(self, effects: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The entry that each number moves most, how strongly, and whether every token moves it by 1."""
        entry = effects.abs().argmax(0)
        strength = effects.gather(0, entry[None])[0]
        other = self.effects(self.tokens, weights=1).gather(0, entry[None])[0]
        off = (strength - self.weights[0].sum()).abs() + (other - self.weights[1].sum()).abs()
        return entry, strength, off < max(1e-9, 10 * self.small)

    def norm(self, numbers: Tensor, candidates: Tensor) -> NormRoles:
        """Scale and shift of the layer norm before the half that is on, among the candidates."""
        if len(candidates) != 2 * self.size:
            raise Unreadable(f"{len(candidates)} numbers for scale and shift")
        put(self.module, numbers)
        pair = self.tokens[:2]
        moved = torch.stack([self.effects(x[None], of=self.mixture)[0, candidates] for x in pair])
        ratios = moved[:, :, None] / moved[:, None, :]
        off = (ratios[..., None] - pair[:, 0][:, None, None, :]).abs().amax(0)
        best, where = off.flatten(0, 1).min(0)
        scale, shift = candidates[where // len(candidates)], candidates[where % len(candidates)]
        if best.max() > 0.05 or len(torch.cat([scale, shift]).unique()) != len(candidates):
            raise Unreadable("no scale and shift for every place")
        return NormRoles(scale, shift, self.offset(numbers, scale, shift))

    def offset(self, numbers: Tensor, scale: Tensor, shift: Tensor) -> float:
        """What is added to the numbers that stand for scales: with scale and shift 0 all tokens get the same."""
        for offset in (0.0, 1.0):
            silenced = numbers.clone()
            silenced[scale], silenced[shift] = -offset, 0.0
            put(self.module, silenced)
            change = self.change(self.tokens).detach()
            if (change - change[:1]).abs().max() <= max(1e-9, 10 * self.small):
                return offset
        raise Unreadable("a layer norm with scale and shift 0 lets something through")

    def behind(self, numbers: Tensor, norm: NormRoles) -> Callable[[Tensor], Tensor]:
        """Sets the module to `numbers`, its layer norm to a mask of inputs."""

        def hide(mask: Tensor) -> None:
            masked = numbers.clone()
            masked[norm.scale], masked[norm.shift] = mask - norm.offset, 0.0
            put(self.module, masked)

        return hide


def full_table(shape: tuple[int, int], index: tuple[Tensor, ...], places: Tensor, optional: bool = False) -> Tensor:
    """A table of places, every entry filled once; the last column may have gaps if it is optional."""
    table = torch.full(shape, -1)
    table[index] = places
    needed = table[:, :-1] if optional else table
    if (table >= 0).sum() != len(places) or (needed < 0).any():
        raise Unreadable("two parameters play one role, or none does")
    return table


class AttentionReading(Reading):
    """Query, key, value and output behind a layer norm, whose scale hides inputs. Only the numbers `allowed` count."""

    def __init__(self, bench: Bench, numbers: Tensor, norm: NormRoles, allowed: Tensor):
        self.bench, self.module, self.call = bench, bench.module, bench.change
        self.small, self.embed_size, self.mixture = bench.small, bench.size, bench.mixture
        self.first, self.second = bench.tokens[0, 0], bench.tokens[1, 0]
        self.hide, self.numbers, self.allowed = bench.behind(numbers, norm), numbers, allowed
        self.hide(torch.ones(self.embed_size))

    def effects(self, *tokens: Tensor, of: Tensor | None = None) -> Tensor:
        return super().effects(*tokens, of=of) * self.allowed

    def input_of(self, tokens: Callable[[Tensor], Sequence[Tensor]]) -> Tensor:
        nothing = tokens(torch.zeros(self.embed_size))
        asks_about_keys = len(nothing) == 2 and nothing[-1].any()

        def behind(mask: Tensor) -> Tensor:
            if asks_about_keys:  # the two tokens differ inside the mask only
                kept = mask.nonzero()[:, 0]
                other = self.second.clone()
                other[kept] = self.second[kept.roll(1)]
                return self.effects(other, self.second, of=self.mixture)
            self.hide(mask)
            pair = [self.first, self.second]
            return self.effects(*pair[-len(nothing) :], of=self.mixture)

        try:
            return self.bench.inputs_of(behind)
        finally:
            self.hide(torch.ones(self.embed_size))


def find_feed_forward_roles(
    module: nn.Module, call: Callable[[Tensor], Tensor], embed_size: int, hidden_size: int
) -> FeedForwardRoles:
    """The roles of a feed-forward layer's parameters. Raises Unreadable."""
    for attempt, small in enumerate(SENSITIVITIES[torch.get_default_dtype()]):
        bench = Bench(module, call, embed_size, small, attempt)
        try:
            numbers = bench.numbers(embed_size**-0.5)
            circuit = bench.circuit(numbers, hidden_size, torch.tensor([], dtype=torch.long))
            if len(circuit.others):
                raise Unreadable("numbers that are neither rows nor columns")
            return feed_forward_roles(
                bench, circuit, lambda mask, bench=bench: bench.effects(mask * bench.tokens, of=bench.mixture)
            )
        except Unreadable as unreadable:
            reason = unreadable
    raise reason


def feed_forward_roles(bench: Bench, circuit: Circuit, effects_behind: Callable[[Tensor], Tensor]) -> FeedForwardRoles:
    """The roles of a half whose numbers have been sorted."""
    inputs = bench.inputs_of(lambda mask: effects_behind(LOUD * mask))[circuit.reads]
    shape = (circuit.columns.shape[1], bench.size + 1)
    expand = full_table(shape, (circuit.of_row, inputs), circuit.reads, optional=True)
    everywhere = torch.ones_like(circuit.steady, dtype=torch.bool)
    return FeedForwardRoles(expand, circuit.columns, by_entry(circuit, everywhere, bench.size)[0])


def by_entry(circuit: Circuit, chosen: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Places of the chosen biases of a circuit: one or two for each entry of the result."""
    tables = torch.full((2, size), -1)
    for place, entry in zip(circuit.steady[chosen], circuit.steady_entry[chosen], strict=True):
        free = (tables[:, entry] < 0).nonzero()
        if not len(free):
            raise Unreadable("three biases for one entry of the result")
        tables[free[0, 0], entry] = place
    return tables[0], tables[1]


def find_block_roles(
    module: nn.Module, call: Callable[[Tensor], Tensor], embed_size: int, hidden_size: int
) -> BlockRoles:
    """The roles of a block's parameters. Raises Unreadable.

    The form of the block does not matter, as long as each half alone adds what it should to its input.
    """
    for attempt, small in enumerate(SENSITIVITIES[torch.get_default_dtype()]):
        bench = Bench(module, lambda x: call(x) - x, embed_size, small, attempt)
        try:
            return read_block(bench, hidden_size)
        except Unreadable as unreadable:
            reason = unreadable
    raise reason


@dataclass(frozen=True)
class Halves:
    """A block's numbers, the two settings in which one half is off, and what the other's numbers do there.

    of_feed: the places that are off when the feed-forward layer is.
    """

    numbers: Tensor
    of_feed: Tensor
    without_feed: Tensor
    attention: Circuit
    without_attention: Tensor
    feed: Circuit


def sort_halves(bench: Bench, hidden_size: int) -> Halves:
    """Sort the numbers of a block, with one random setting of the weights."""
    numbers = bench.numbers(bench.size**-0.5)
    of_feed = feed_forward_numbers(bench, numbers, hidden_size)
    without_feed, without_attention = numbers.clone(), numbers.clone()
    without_feed[of_feed] = 0.0
    attention = bench.circuit(without_feed, bench.size, off=of_feed)
    of_attention = torch.cat([attention.columns.flatten(), attention.steady])
    without_attention[of_attention] = 0.0
    feed = bench.circuit(without_attention, hidden_size, off=of_attention)
    return Halves(numbers, of_feed, without_feed, attention, without_attention, feed)


def lacks_scale_or_shift(
    module: nn.Module, call: Callable[[Tensor], Tensor], embed_size: int, hidden_size: int
) -> bool:
    """Whether a layer norm of a block does not have two learned numbers for each place. Raises Unreadable."""
    for attempt, small in enumerate(SENSITIVITIES[torch.get_default_dtype()]):
        try:
            halves = sort_halves(Bench(module, lambda x: call(x) - x, embed_size, small, attempt), hidden_size)
        except Unreadable as unreadable:
            reason = unreadable
        else:
            return any(len(half.others) < 2 * embed_size for half in (halves.attention, halves.feed))
    raise reason


def read_block(bench: Bench, hidden_size: int) -> BlockRoles:
    """One attempt at `find_block_roles`, with one random setting of the weights."""
    halves = sort_halves(bench, hidden_size)
    first = bench.norm(halves.without_feed, halves.attention.others)
    # Two layers in a row write to the stream: their biases cannot be told apart until both are on.
    biases = halves.attention.steady
    quiet = halves.without_feed.clone()
    quiet[biases] = 0.0
    allowed = torch.ones(len(quiet))
    allowed[torch.cat([halves.of_feed, biases, first.scale, first.shift])] = 0.0
    roles = AttentionReading(bench, quiet, first, allowed).roles()

    second = bench.norm(halves.without_attention, halves.feed.others)
    hide = bench.behind(halves.without_attention, second)

    def effects_behind(mask: Tensor) -> Tensor:
        hide(mask)
        return bench.effects(bench.tokens, of=bench.mixture)

    feed = feed_forward_roles(bench, halves.feed, effects_behind)
    put(bench.module, halves.numbers)
    mine, last = told_apart(bench, halves.attention)
    roles = Roles(roles.query, roles.key, roles.value, roles.output, mine)
    feed = FeedForwardRoles(feed.expand, feed.contract, last)
    used = torch.cat([places.flatten() for part in (first, roles, second, feed) for places in tensors_of(part)])
    unused = torch.ones(len(quiet), dtype=torch.bool)
    unused[used[used >= 0]] = False
    return BlockRoles(first, roles, second, feed, unused.nonzero()[:, 0])


def tensors_of(part: object) -> list[Tensor]:
    return [value for value in vars(part).values() if isinstance(value, Tensor)]


def feed_forward_numbers(bench: Bench, numbers: Tensor, hidden_size: int) -> Tensor:
    """Places of numbers without which the feed-forward layer adds the same to every token.

    Two tensors of embed x hidden numbers are its matrices. However they are stored, its last matrix moves one entry
    of the result, and all other numbers of a block move more.
    """
    sizes = [parameter.numel() for parameter in trained(bench.module)]
    matrices = [size == bench.size * hidden_size for size in sizes]
    if sum(matrices) == 2:
        of_matrix = torch.cat([torch.full((size,), matrix) for size, matrix in zip(sizes, matrices, strict=True)])
        return of_matrix.nonzero()[:, 0]
    put(bench.module, numbers)
    effects = bench.effects(bench.tokens)
    steady = bench.single_entry(effects)[-1]
    return ((bench.acts(effects).sum(0) == 1) & ~steady).nonzero()[:, 0]


def told_apart(bench: Bench, circuit: Circuit) -> tuple[Tensor, Tensor]:
    """Places of the biases of attention's output and of the feed-forward layer's, both halves being on."""
    single = bench.acts(bench.effects(bench.tokens)).sum(0)[circuit.steady] == 1
    (mine, more), (last, most) = (by_entry(circuit, chosen, bench.size) for chosen in (~single, single))
    if (more >= 0).any() or ((most >= 0) & (mine >= 0)).any():
        raise Unreadable("too many biases")
    if (most >= 0).any() and not moves_nothing_else(bench, last):
        last, most = most, last  # no gradient tells them apart, but their values do
    return torch.where(mine >= 0, mine, most), last


def moves_nothing_else(bench: Bench, biases: Tensor) -> bool:
    """Whether what is added to these biases, one for each entry or none, is added to the result and no more."""
    before, numbers = bench.change(bench.tokens).detach(), flat(bench.module)
    added = torch.where(biases >= 0, bench.mixture[0], 0.0)
    numbers[biases[biases >= 0]] += added[biases >= 0]
    put(bench.module, numbers)
    off = bench.change(bench.tokens).detach() - before - added
    return off.abs().max().item() < max(1e-9, 10 * bench.small)
