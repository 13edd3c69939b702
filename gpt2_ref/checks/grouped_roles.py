"""Finding the weights of grouped attention, where a row of keys or values serves several query heads.

The idea is that of `roles`: what a single number does to the result tells its role. With one token, attention
passes the value through, and a value row moves the result along the sum of the columns of all its heads; which of
those heads a number of the output matrix belongs to shows with two tokens only, where each head mixes the two values
with a weight of its own:

=========  ===========================================================================================
output     alone it passes on v, with another token before it v + a (v' - v): v tells the value row, a the head
value      rows whose output numbers show the same a's belong to one group; those are its heads
query      moves the result along the columns of one head
key        moves the result along the columns of several heads: those that read it
=========  ===========================================================================================

Which head reads which keys and values is found, not assumed. The heads are numbered in the order in which their query
weights lie in the parameters, or their columns of the output matrix if the heads of a group stand together only there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gpt2_ref.checks.roles import (
    SENSITIVITIES,
    Reading,
    Roles,
    Unreadable,
    cluster,
    fill,
    homogeneous,
    with_bias,
)

ATTEMPTS = {**SENSITIVITIES, torch.float32: (1e-6, 3e-6, 1e-6, 1e-5, 3e-6, 1e-4)}
"""What is rounding, for one random setting of the weights after the other; float32 alone blurs little."""


@dataclass(frozen=True)
class GroupedRoles:
    """roles: for each query head the places of its weights; the rows of a key or value head come once for each reader.

    reads_keys, reads_values: the key head and the value head of each query head, numbered in the order in which
    they are first read.
    """

    roles: Roles
    reads_keys: tuple[int, ...]
    reads_values: tuple[int, ...]


def find_grouped_roles(module: nn.Module, call: Callable[[Tensor], Tensor], embed_size: int) -> GroupedRoles:
    """The roles of the module's parameters. `call` runs it on x (1, sequence, embed). Raises Unreadable."""
    for attempt, small in enumerate(ATTEMPTS[torch.get_default_dtype()]):
        try:
            generator = torch.Generator().manual_seed(attempt)
            return GroupedReading(module, call, embed_size, small, generator).grouped_roles()
        except Unreadable as unreadable:
            reason = unreadable
        except (IndexError, RuntimeError) as error:  # sizes that do not fit, a matrix that cannot be inverted
            reason = Unreadable(str(error))
    raise reason


class GroupedReading(Reading):
    """One attempt at `find_grouped_roles`, with one random setting of the weights."""

    def grouped_roles(self) -> GroupedRoles:
        alone = self.effects(self.second)
        moved = self.acts(alone).sum(0)
        values = self.value_table(alone, moved > 1)
        output_table, output_bias, rows_of_heads = self.output_tables(alone, moved == 1, values)
        readers = self.columns_of(output_table, values[rows_of_heads])
        queries, keys, reads_keys = self.score_tables((moved == 0).nonzero()[:, 0], readers, rows_of_heads.shape[1])
        reads_values = rows_of_heads.unique(dim=0, return_inverse=True)[1]
        orders = [places.flatten(1).amin(1).argsort() for places in (queries[..., :-1], output_table.transpose(0, 1))]
        order = next((o for o in orders if in_one_piece(reads_keys[o]) and in_one_piece(reads_values[o])), orders[0])
        roles = Roles(queries[order], keys[order], values[rows_of_heads[order]], output_table[:, order], output_bias)
        return GroupedRoles(roles, numbered(reads_keys[order]), numbered(reads_values[order]))

    def value_table(self, alone: Tensor, chosen: Tensor) -> Tensor:
        """Places of the value rows (rows, embed + 1)."""
        places = chosen.nonzero()[:, 0]
        inputs = self.input_of(lambda mask: [mask * self.second])[places]
        number, rest = divmod(int((inputs < self.embed_size).sum()), self.embed_size)
        if rest or not number:
            raise Unreadable("the values are not made of whole rows")
        rates = (self.mixture @ alone)[0, places] / homogeneous(self.second)[inputs]
        return fill((number, self.embed_size + 1), (cluster(rates, number), inputs), places)

    def output_tables(self, alone: Tensor, chosen: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Places of the output matrix (embed, heads, size) and of its bias (embed), and the value rows of each head."""
        first = self.effects(self.first, of=self.mixture)[0]
        steady = ((self.mixture @ alone)[0] - first).abs() < max(self.small, 1e-7)
        weights, biases = (chosen & ~steady).nonzero()[:, 0], (chosen & steady).nonzero()[:, 0]
        outputs = alone.abs().argmax(0)
        bias_table = fill((self.embed_size,), (outputs[biases],), biases)

        entries = outputs[weights]
        second_value = alone.sum(0)[weights]
        first_value = first[weights] / self.mixture[0][entries]
        mixed = self.effects(self.first, self.second, of=self.mixture)[0][weights] / self.mixture[0][entries]
        both = torch.stack([first_value, second_value], dim=1)
        passed_on = torch.stack(
            [with_bias(self.numbers, values) @ homogeneous(x) for x in (self.first, self.second)], 1
        )
        rows = (both[:, None] - passed_on).abs().sum(-1).argmin(1)
        heads, number = apart((mixed - second_value) / (first_value - second_value), self.small)

        members = torch.zeros(number, len(values), dtype=torch.bool)
        members[heads, rows] = True
        size = int(members[0].sum())
        if not (members.sum(1) == size).all():
            raise Unreadable("the heads are not equally wide")
        rows_of_heads = torch.stack([member.nonzero()[:, 0] for member in members])
        place = torch.full(members.shape, -1)
        place[torch.arange(number)[:, None], rows_of_heads] = torch.arange(size)
        table = fill((self.embed_size, number * size), (entries, heads * size + place[heads, rows]), weights)
        return table.view(self.embed_size, number, size), bias_table, rows_of_heads

    def columns_of(self, output: Tensor, values: Tensor) -> Tensor:
        """(embed, heads): where the result goes when a head looks more at the first token."""
        gap = with_bias(self.numbers, values) @ homogeneous(self.first - self.second, 0.0)
        return torch.einsum("ehs, hs -> eh", with_bias(self.numbers, output), gap)

    def score_tables(self, scores: Tensor, readers: Tensor, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Places of the query and key rows (heads, size, embed + 1), and the key head that each head reads.

        Row r of a head's queries meets row r of its keys.
        """
        along = torch.linalg.lstsq(readers, self.effects(self.first, self.second)[:, scores]).solution
        largest = along.abs().amax(0)
        if not len(scores) or not largest.max() > 0:
            raise Unreadable("nothing moves a score")
        loud = largest > self.small * largest.max()
        key_input = self.input_of(lambda mask: [self.second + mask * self.first, self.second])[scores]
        query_input = self.input_of(lambda mask: [mask * self.second + self.first, mask * self.second])[scores]
        is_key = key_input < self.embed_size

        groups, reads_keys = together(along[:, loud & is_key].abs())
        token, step = homogeneous(self.second), homogeneous(self.first - self.second, 0.0)
        queries, keys = [], []
        keys_of = torch.full_like(scores, -1)
        keys_of[loud & is_key] = groups
        for head in range(readers.shape[1]):
            group = reads_keys[head]
            chosen = (keys_of == group).nonzero()[:, 0]
            # The rows of a key head keep one order for all heads that read it.
            rate = along[reads_keys == group][:, chosen].sum(0) / step[key_input[chosen]]
            table, rates = self.rows(scores, chosen, key_input, rate, along[head] / step[key_input], size)
            products = rates * (with_bias(self.numbers, table) @ step)
            keys.append(table)
            chosen = (loud & ~is_key & (along.abs().argmax(0) == head)).nonzero()[:, 0]
            rate = along[head] / token[query_input]
            table, rates = self.rows(scores, chosen, query_input, rate[chosen], rate, size)
            # Both rows of a pair have the same rate * factor: the product of their two results.
            mine = rates * (with_bias(self.numbers, table) @ token)
            queries.append(table[mine.argsort()[products.argsort().argsort()]])
        return torch.stack(queries), torch.stack(keys), reads_keys

    def rows(
        self, scores: Tensor, chosen: Tensor, inputs: Tensor, told_by: Tensor, rate: Tensor, size: int
    ) -> tuple[Tensor, Tensor]:
        """Places of the rows (size, embed + 1) that the chosen numbers make, and the mean rate of each row."""
        rows = cluster(told_by, size)
        table = fill((size, self.embed_size + 1), (rows, inputs[chosen]), scores[chosen])
        return table, torch.stack([rate[chosen][rows == row].mean() for row in range(size)])


def together(moved: Tensor) -> tuple[Tensor, Tensor]:
    """The group of each key number, and the group of each head, from how much each number moves each head.

    moved (heads, numbers). Two heads belong together if the same numbers move both.
    """
    moved = moved / moved.amax(1, keepdim=True)
    moved = moved / moved.amax(0)
    alike = torch.nn.functional.normalize(moved, dim=1)
    patterns, group_of_head = (alike @ alike.T > 0.1).unique(dim=0, return_inverse=True)
    if not (patterns.sum(0) == 1).all():
        raise Unreadable("the key heads do not divide the heads among them")
    return (patterns.to(moved) @ moved).argmax(0), group_of_head


def apart(numbers: Tensor, small: float) -> tuple[Tensor, int]:
    """Label each number with its group, for groups that lie apart by more than rounding; and how many there are."""
    order = numbers.argsort()
    starts = numbers[order].diff() > max(1e-7, 10 * small)
    labels = torch.empty_like(order)
    labels[order] = torch.cat([torch.zeros(1, dtype=torch.long), starts.long().cumsum(0)])
    return labels, int(starts.sum()) + 1


def in_one_piece(groups: Tensor) -> bool:
    """Whether the heads of each group stand side by side."""
    return int(groups.diff().count_nonzero()) == len(groups.unique()) - 1


def numbered(heads: Tensor) -> tuple[int, ...]:
    """The labels replaced by 0, 1, ... in the order in which they first come."""
    first_seen = list(dict.fromkeys(heads.tolist()))
    return tuple(first_seen.index(head) for head in heads.tolist())
