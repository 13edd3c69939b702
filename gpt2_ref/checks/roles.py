"""Finding the query, key, value and output weights in a learner's attention, whatever they are called.

Fused or separate, one head at a time, transposed, raw parameters of any shape: what a single number does to
the result tells its role. With one token, attention passes the value through; with two, the second token's
result also depends on one score per head. Derivatives of these two results by every number show:

=========  ===========================================================================================
output     with one token it moves one entry of the result; a bias moves it by the same for every token
value      with one token it moves all entries, along a column of the output matrix
query      silent with one token; with two it moves the result along its head, through the second token
key        the same, through the difference of the two tokens (which no key bias changes: it stays silent)
=========  ===========================================================================================
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpt2_ref.checks.learner import gradients

SENSITIVITIES = {
    # An effect below this share of the largest one is rounding. A step that the answer takes in float32 blurs
    # the effects, and then some random weights can be read and some cannot.
    torch.float64: (1e-10, 1e-10, 1e-6, *[1e-5] * 4),
    torch.float32: (1e-5, 3e-5, *[1e-4] * 4),
}


class Unreadable(Exception):
    """The parameters do not act as those of softmax attention between linear projections."""


@dataclass(frozen=True)
class Weights:
    """Multi-head attention in canonical form; the last column of query, key and value is the bias.

    query, key, value (heads, size, embed + 1); output (embed, heads, size); output_bias (embed).
    """

    query: Tensor
    key: Tensor
    value: Tensor
    output: Tensor
    output_bias: Tensor


@dataclass(frozen=True)
class Roles:
    """For each entry of `Weights`, its place in the flat vector of all parameters; -1 where there is none."""

    query: Tensor
    key: Tensor
    value: Tensor
    output: Tensor
    output_bias: Tensor

    def read(self, module: nn.Module) -> Weights:
        """The weights that the module has now."""
        numbers = torch.cat([flat(module), torch.zeros(1)])
        return Weights(*(numbers[places] for places in vars(self).values()))

    def zero_the_rest(self, module: nn.Module) -> None:
        """Set every number without a role to 0, such as the biases of keys."""
        used = torch.cat([places.flatten() for places in vars(self).values()])
        numbers = torch.zeros_like(flat(module))
        numbers[used[used >= 0]] = flat(module)[used[used >= 0]]
        nn.utils.vector_to_parameters(numbers, trained(module))


def trained(module: nn.Module) -> list[nn.Parameter]:
    """The parameters that an optimiser would change; a frozen one is as good as a buffer."""
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def flat(module: nn.Module) -> Tensor:
    """All numbers of all trained parameters, in one vector of the default dtype."""
    vector = torch.cat([parameter.detach().flatten() for parameter in trained(module)])
    return vector.to(torch.get_default_dtype())


def randomise(module: nn.Module, std: float, generator: torch.Generator) -> None:
    """Fill every trained parameter with numbers from N(0, std^2)."""
    for parameter in trained(module):
        parameter.data.copy_(std * torch.randn(parameter.shape, generator=generator))


def find_roles(module: nn.Module, call: Callable[[Tensor], Tensor], embed_size: int) -> Roles:
    """The roles of the module's parameters. `call` runs it on x (1, sequence, embed). Raises Unreadable.

    One random setting of the weights can be an unlucky one, with a derivative too near to 0 to be seen.
    """
    for attempt, small in enumerate(SENSITIVITIES[torch.get_default_dtype()]):
        try:
            return Reading(module, call, embed_size, small, torch.Generator().manual_seed(attempt)).roles()
        except Unreadable as unreadable:
            reason = unreadable
    raise reason


class Reading:
    """One attempt at `find_roles`, with one random setting of the weights."""

    def __init__(self, module: nn.Module, call: Callable, embed_size: int, small: float, generator: torch.Generator):
        self.small = small
        randomise(module, embed_size**-0.5, generator)
        self.module, self.call, self.embed_size = module, call, embed_size
        self.numbers = flat(module)
        signs = torch.randn(3, embed_size, generator=generator).sign()
        self.first, self.second, mixture = signs * (0.5 + torch.rand(3, embed_size, generator=generator))
        self.mixture = mixture[None]

    def roles(self) -> Roles:
        """Value and output from one token, query and key from two."""
        alone = self.effects(self.second)
        outputs_moved = self.acts(alone).sum(0)
        value, columns = self.value_rows(alone, outputs_moved > 1)
        output, output_bias = self.output_entries(alone, outputs_moved == 1, value)
        scores = (outputs_moved == 0).nonzero()[:, 0]
        heads, strength = self.head_of(scores, value, columns)
        query, key = self.query_and_key_rows(scores, heads, strength)
        return Roles(query, key, value[heads.rows], output[:, heads.rows], output_bias)

    def effects(self, *tokens: Tensor, of: Tensor | None = None) -> Tensor:
        """(outputs, numbers): derivatives of the last token's result, or of the mixtures `of` its entries."""
        result = self.call(torch.stack(tokens)[None])[0, -1]
        mixtures = torch.eye(self.embed_size) if of is None else of
        return torch.stack([derivative(result, mixture, self.module) for mixture in mixtures])

    def acts(self, effects: Tensor) -> Tensor:
        """Where an effect is more than rounding."""
        return effects.abs() > self.small * effects.abs().max()

    def input_of(self, tokens: Callable[[Tensor], Sequence[Tensor]]) -> Tensor:
        """The input that each number multiplies; embed_size for a number that acts whatever the input.

        Each input gets a binary number, neither 0 nor all ones. Test b keeps only the inputs whose bit b is set,
        so the tests in which a number acts spell out the input's binary number; all ones mean all inputs.
        """
        bits = range((self.embed_size + 1).bit_length())
        last = 2 ** len(bits) - 2
        codes = last - torch.arange(self.embed_size)
        found = sum(
            self.acts(self.effects(*tokens(codes >> bit & 1), of=self.mixture))[0].long() << bit for bit in bits
        )
        one_input = (found <= last) & (found > last - self.embed_size)
        return torch.where(one_input, last - found, self.embed_size)

    def value_rows(self, alone: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Places of the value rows (embed, embed + 1), and the column of the output matrix behind each."""
        places = chosen.nonzero()[:, 0]
        inputs = self.input_of(lambda mask: [mask * self.second])[places]
        columns = alone[:, places] / homogeneous(self.second)[inputs]
        rows = cluster((self.mixture @ columns)[0], self.embed_size)
        table = fill((self.embed_size, self.embed_size + 1), (rows, inputs), places)
        one_of_each = torch.stack([(rows == row).nonzero()[0, 0] for row in range(self.embed_size)])
        return table, columns[:, one_of_each]

    def output_entries(self, alone: Tensor, chosen: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Places of the output matrix (embed, embed) and of its bias (embed)."""
        steady = (self.mixture @ alone - self.effects(self.first, of=self.mixture))[0].abs() < max(self.small, 1e-7)
        weights, biases = (chosen & ~steady).nonzero()[:, 0], (chosen & steady).nonzero()[:, 0]
        passed_on = with_bias(self.numbers, value) @ homogeneous(self.second)
        outputs = alone.abs().argmax(0)
        source = (alone.sum(0)[weights, None] - passed_on).abs().argmin(1)
        table = fill((self.embed_size, self.embed_size), (outputs[weights], source), weights)
        return table, fill((self.embed_size,), (outputs[biases],), biases)

    def head_of(self, scores: Tensor, value: Tensor, columns: Tensor) -> "tuple[Heads, Tensor]":
        """The head that each number in `scores` belongs to, and how strongly it moves that head's score."""
        gap = with_bias(self.numbers, value) @ homogeneous(self.first - self.second, 0.0)
        along = torch.linalg.solve(columns * gap, self.effects(self.first, self.second)[:, scores])
        if not len(scores):
            raise Unreadable("nothing moves a score")
        largest = along.abs().amax(0)
        loud = largest > self.small * largest.max()
        if not loud.any():
            raise Unreadable("nothing moves a score")
        members = along.abs() > largest / 2
        patterns, head = members[:, loud].unique(dim=1, return_inverse=True)
        sizes = patterns.sum(0)
        if not (sizes == sizes[0]).all() or not (patterns.sum(1) == 1).all():
            raise Unreadable("the heads do not divide the values among them")
        rows = torch.stack([pattern.nonzero()[:, 0] for pattern in patterns.T])
        heads = torch.full_like(scores, -1)
        heads[loud] = head
        return Heads(rows, heads), along.sum(0) / members.sum(0)

    def query_and_key_rows(self, scores: Tensor, heads: "Heads", strength: Tensor) -> tuple[Tensor, Tensor]:
        """Places of the query and key rows (heads, size, embed + 1); row r of one meets row r of the other."""
        key_input = self.input_of(lambda mask: [self.second + mask * self.first, self.second])[scores]
        query_input = self.input_of(lambda mask: [mask * self.second + self.first, mask * self.second])[scores]
        token, step = homogeneous(self.second), homogeneous(self.first - self.second, 0.0)
        is_key = key_input < self.embed_size
        tables = []
        for mine, inputs, factor in ((~is_key, query_input, token), (is_key, key_input, step)):
            rows_of_heads = []
            for head in range(len(heads.rows)):
                chosen = (mine & (heads.of_score == head)).nonzero()[:, 0]
                rate = strength[chosen] / factor[inputs[chosen]]
                rows = cluster(rate, heads.rows.shape[1])
                table = fill((heads.rows.shape[1], self.embed_size + 1), (rows, inputs[chosen]), scores[chosen])
                rates = torch.stack([rate[rows == row].mean() for row in range(len(table))])
                # Both rows of a pair have the same rate * factor: the product of their two results.
                product = rates * (with_bias(self.numbers, table) @ factor)
                rows_of_heads.append(table[product.argsort()])
            tables.append(torch.stack(rows_of_heads))
        return tables[0], tables[1]


@dataclass(frozen=True)
class Heads:
    """rows (heads, size): the value rows of each head; of_score: the head of each number that moves a score."""

    rows: Tensor
    of_score: Tensor


def derivative(result: Tensor, mixture: Tensor, module: nn.Module) -> Tensor:
    """Derivative of ``mixture . result`` by every number of every parameter, in one vector."""
    parameters = trained(module)
    pairs = zip(parameters, gradients(result, parameters, mixture), strict=True)
    found = [(torch.zeros_like(p) if gradient is None else gradient).flatten() for p, gradient in pairs]
    return torch.cat(found).to(torch.get_default_dtype())


def homogeneous(x: Tensor, last: float = 1.0) -> Tensor:
    """x with one more entry, the input of a bias."""
    return torch.cat([x, torch.tensor([last])])


def with_bias(numbers: Tensor, places: Tensor) -> Tensor:
    """The numbers at these places, 0 where there is none."""
    return homogeneous(numbers, 0.0)[places]


def cluster(numbers: Tensor, count: int) -> Tensor:
    """Label each number with its group, for `count` groups that lie apart."""
    if len(numbers) < count:
        raise Unreadable(f"{len(numbers)} numbers for {count} rows")
    order = numbers.argsort()
    starts = torch.zeros(len(numbers), dtype=torch.long)
    starts[numbers[order].diff().topk(count - 1).indices + 1] = 1
    labels = torch.empty_like(order)
    labels[order] = starts.cumsum(0)
    return labels


def fill(shape: tuple[int, ...], index: tuple[Tensor, ...], places: Tensor) -> Tensor:
    """A table of places; the last column may stay empty, every other entry is filled, none twice."""
    table = torch.full(shape, -1)
    table[index] = places
    weights = table[..., :-1] if len(shape) > 1 and shape[-1] > shape[-2] else table
    if (table >= 0).sum() != len(places) or (len(shape) > 1 and (weights < 0).any()):
        raise Unreadable("two parameters play one role")
    return table
