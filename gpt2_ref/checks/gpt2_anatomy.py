"""Finding the embedding tables, the last layer norm and the blocks in a learner's GPT-2, whatever they are called."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gpt2_ref.checks.gpt2_oracle import Ends, Layer, model_logits
from gpt2_ref.checks.learner import gradients
from gpt2_ref.checks.roles import trained


@dataclass(frozen=True)
class Sizes:
    """The arguments of a GPT2."""

    vocab: int
    embed: int
    heads: int
    hidden: int
    layers: int
    context: int

    def arguments(self) -> tuple[int, ...]:
        return self.vocab, self.embed, self.heads, self.hidden, self.layers

    def block(self) -> int:
        """The numbers of one block without the biases of its linear layers."""
        return 4 * self.embed**2 + 2 * self.embed * self.hidden + 4 * self.embed

    def biases(self) -> set[int]:
        """The numbers of biases that a block may have: of the five layers that give embed numbers, and of the sixth."""
        return {a * self.embed + b * self.hidden for a in range(6) for b in range(2)}


# Tables


@dataclass(frozen=True)
class Table:
    """A parameter that holds `rows` embeddings, in either orientation, perhaps with axes of length 1."""

    parameter: nn.Parameter
    transposed: bool

    def read(self) -> Tensor:
        """(rows, embed): the numbers themselves, not a copy."""
        table = self.parameter.data.squeeze()
        return table.T if self.transposed else table


def tables(model: nn.Module, rows: int, embed_size: int) -> list[Table]:
    """The trained parameters of the shape of a table with so many rows."""
    shapes = {(rows, embed_size): False, (embed_size, rows): True}
    squeezed = [(parameter, tuple(size for size in parameter.shape if size > 1)) for parameter in trained(model)]
    return [Table(parameter, shapes[shape]) for parameter, shape in squeezed if shape in shapes]


def silence(model: nn.Module, kept: list[Table]) -> list[nn.Parameter]:
    """Set every weight outside the kept tables to 0, and return these; layer norms stay as they are when new."""
    keep = {id(table.parameter) for table in kept}
    silenced = [
        parameter
        for parameter in trained(model)
        if id(parameter) not in keep and not ((parameter == 0) | (parameter == 1)).all()
    ]
    for parameter in silenced:
        parameter.data.zero_()
    return silenced


# The last layer norm


@dataclass(frozen=True)
class FinalNorm:
    """Where the numbers of the last layer norm are; `numbers` pairs a parameter and the index of one number in it.

    The first half of them are the scale, the second half the shift. A scale may be stored as scale - 1: what
    is written is a difference to the 1 and 0 of a new layer norm.
    """

    numbers: tuple[tuple[nn.Parameter, int], ...]

    def write(self, scale: Tensor, shift: Tensor) -> None:
        """Set scale and shift, once, in a model where they are 1 and 0."""
        for (parameter, index), difference in zip(self.numbers, torch.cat([scale - 1, shift]), strict=True):
            parameter.data.view(-1)[index] += difference


def find_final_norm(model: nn.Module, logits: Tensor, ids: Tensor, ends: Ends, kept: list[Table]) -> FinalNorm | None:
    """The numbers that act on the logits of a silenced model as the scale and shift of the last layer norm do.

    Their gradients, for a few random mixtures of the logits, are those of the oracle's scale and shift.
    """
    keep = {id(table.parameter) for table in kept}
    others = [parameter for parameter in trained(model) if id(parameter) not in keep]
    scale, shift = (vector.clone().requires_grad_() for vector in (ends.scale, ends.shift))
    right = model_logits(ids, Ends(ends.token, ends.position, scale, shift))
    wanted, found = [], []
    for weights in torch.randn(3, *logits.shape):
        wanted.append(torch.cat(torch.autograd.grad(right, (scale, shift), weights, retain_graph=True)))
        pairs = zip(others, gradients(logits, others, weights), strict=True)
        found.append(torch.cat([(torch.zeros_like(p) if slope is None else slope).flatten() for p, slope in pairs]))
    wanted, found = torch.stack(wanted), torch.stack(found)
    loud = found.abs().sum(0).nonzero()[:, 0]
    distances = (found[:, loud, None] - wanted[:, None]).abs().amax(0)
    fits = distances < 1e-4 * wanted.abs().max()
    if not (fits.sum(0) == 1).all():
        return None
    places = [(parameter, index) for parameter in others for index in range(parameter.numel())]
    return FinalNorm(tuple(places[loud[number]] for number in fits.long().argmax(0)))


# Blocks


def can_run(module: nn.Module) -> bool:
    """Whether a module is more than a container of others."""
    return type(module).forward is not nn.Module.forward


@dataclass
class Call:
    """One call of a block: how to call it again with another x, in the shapes of the oracle."""

    module: nn.Module
    arguments: tuple
    options: dict
    result: object = None

    def swapped(self, batch: int, sequence: int) -> bool:
        """Whether the block gets (sequence, batch, embed)."""
        return self.shape() == (sequence, batch) != (batch, sequence)

    def shape(self) -> tuple[int, ...]:
        """The first two axes of the stream."""
        return self.stream().shape[:2]

    def stream(self) -> Tensor:
        """The first tensor that the block was given."""
        return next(value for value in (*self.arguments, *self.options.values()) if is_stream(value))

    def with_stream(self, x: Tensor) -> tuple[tuple, dict]:
        """The arguments with another x in place of the stream."""
        stream = self.stream()
        arguments = tuple(x if value is stream else value for value in self.arguments)
        return arguments, {name: x if value is stream else value for name, value in self.options.items()}


def is_stream(value: object) -> bool:
    return isinstance(value, Tensor) and value.dim() == 3 and value.is_floating_point()


def first_stream(result: object) -> Tensor | None:
    """The tensor that a block returns, alone or as the first of several."""
    values = result if isinstance(result, tuple | list) else (result,)
    return next(filter(is_stream, values), None)


def block_modules(model: nn.Module, sizes: Sizes) -> list[nn.Module]:
    """The modules with as many numbers as one block, the outermost of each; those never called are still among them."""
    allowed = {sizes.block() + biases for biases in sizes.biases()}
    found = [m for m in model.modules() if can_run(m) and sum(p.numel() for p in m.parameters()) in allowed]
    inside = {part for module in found for part in module.modules() if part is not module}
    return [module for module in found if module not in inside]


@contextlib.contextmanager
def watched(modules: list[nn.Module]) -> Iterator[list[Call]]:
    """Collects the calls of these modules in which they are given a stream."""
    calls: list[Call] = []

    def before(module: nn.Module, arguments: tuple, options: dict) -> None:
        if any(map(is_stream, (*arguments, *options.values()))):
            calls.append(Call(module, arguments, dict(options)))

    def after(module: nn.Module, arguments: tuple, options: dict, result: object) -> None:
        for call in reversed(calls):
            if call.module is module and call.result is None:
                call.result = result
                return

    hooks = [module.register_forward_pre_hook(before, with_kwargs=True) for module in modules]
    hooks += [module.register_forward_hook(after, with_kwargs=True) for module in modules]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


def layer(call: Call, run: Callable, batch: int, sequence: int) -> Layer:
    """The block as a function of the stream alone; `run(module, arguments, options)` calls it."""
    swapped = call.swapped(batch, sequence)

    def block(x: Tensor) -> Tensor:
        x = x.expand(batch, sequence, -1)
        arguments, options = call.with_stream(x.transpose(0, 1) if swapped else x)
        result = first_stream(run(call.module, arguments, options))
        return result.transpose(0, 1) if swapped else result

    return block


@dataclass
class OneBlock:
    """The block of a model with one layer, run inside the model: whatever else it needs, the model hands it.

    `parts` holds the parameters of the block. Where no module is the block, the stream enters at the module that
    looks up the tokens, and is read where the last layer norm gets it.
    """

    run: Callable[[Tensor], Tensor]
    parts: nn.Module = field(default_factory=nn.Module)


def one_block(model: nn.Module, sizes: Sizes) -> OneBlock | None:
    """The block of a model with one layer; None if it cannot be run alone."""
    modules = block_modules(model, sizes)
    ids = torch.zeros(2, 3, dtype=torch.long)
    with watched(modules) as calls:
        model(ids)
    whole = [call for call in calls if set(call.shape()) == {2, 3} and first_stream(call.result) is not None]
    if len(whole) > 1 or (modules and not whole and idle(model, modules[0], ids)):
        return None
    if len(whole) == len(calls) == 1:
        return OneBlock(in_its_model(model, modules[0]), modules[0])
    return between_ends(model, sizes)


def idle(model: nn.Module, module: nn.Module, ids: Tensor) -> bool:
    """Whether a module's parameters take no part in the model's result."""
    return all(slope is None for slope in gradients(model(ids), list(module.parameters())))


def in_its_model(model: nn.Module, module: nn.Module) -> Layer:
    """The block as a function of the stream alone: a mask, say, it gets as the model makes it for such a text."""
    known: dict[tuple[int, ...], Call] = {}

    def run(x: Tensor) -> Tensor:
        shape = tuple(x.shape[:2])
        if shape not in known:
            with watched([module]) as calls, torch.no_grad():
                model(torch.zeros(shape, dtype=torch.long))
            known[shape] = calls[0]
        return layer(known[shape], lambda module, arguments, options: module(*arguments, **options), *shape)(x)

    return run


def between_ends(model: nn.Module, sizes: Sizes) -> OneBlock | None:
    """The block of a model that has none as a module, between the token embedding and the last layer norm."""
    kept = [*tables(model, sizes.vocab, sizes.embed), *tables(model, sizes.context, sizes.embed)]
    keep = {id(table.parameter) for table in kept}
    entries = [m for m in model.modules() if isinstance(m, nn.Embedding) and len(m.weight) == sizes.vocab]
    norms = [m for m in model.modules() if sum(p.numel() for p in m.parameters()) == 2 * sizes.embed]
    norms = [m for m in norms if can_run(m)]
    with watched(norms) as calls:
        model(torch.zeros(2, 3, dtype=torch.long))
    if len(entries) != 1 or len(kept) != 2 or not calls or any(set(call.shape()) != {2, 3} for call in calls):
        return None
    final = calls[-1].module
    swapped = calls[-1].swapped(2, 3)
    kept[1].read().zero_()
    mine = [p for p in trained(model) if id(p) not in keep | {id(p) for p in final.parameters()}]

    def run(x: Tensor) -> Tensor:
        def enter(module: nn.Module, arguments: tuple, result: Tensor) -> Tensor:
            return x if result.shape == x.shape else x.transpose(0, 1)

        hook = entries[0].register_forward_hook(enter)
        try:
            with watched([final]) as calls:
                model(torch.zeros(x.shape[:2], dtype=torch.long))
        finally:
            hook.remove()
        stream = calls[-1].stream()
        return stream.transpose(0, 1) if swapped else stream

    return OneBlock(run, nn.ParameterList(mine))
