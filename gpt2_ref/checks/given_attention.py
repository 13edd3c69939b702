"""Attention that the checks of lesson 10 hand to an answer: it keeps what it is given and what it returns."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn


class GivenAttention(nn.Module):
    """x (batch, sequence, embed) -> same, by the attention inside, or by `act` where one is set.

    `given` and `returned` hold one tensor for each call; `misuse` says how it was last called with anything else
    than x alone.
    """

    def __init__(self, inner: nn.Module | None = None, *_: object):
        super().__init__()
        self.inner = inner if isinstance(inner, nn.Module) else None
        self.act: Callable[[Tensor], Tensor] | None = None
        self.given: list[Tensor] = []
        self.returned: list[Tensor] = []
        self.misuse: tuple | None = None

    def __repr__(self) -> str:
        return "attention"

    def forward(self, *arguments: Tensor, **options: object) -> Tensor:
        values = [*arguments, *options.values()]
        if len(values) != 1 or not isinstance(values[0], Tensor) or options.keys() - {"x"}:
            self.misuse = self.misuse or tuple(values)
            shown = called_with("attention", arguments, options)
            raise TypeError(f"attention is a module and takes x alone; it was called as {shown}")
        (x,) = values
        result = (self.act or self.inner)(x)
        self.given.append(x.detach())
        self.returned.append(result.detach())
        return result

    def forget(self) -> None:
        self.given, self.returned = [], []

    def own(self) -> list[nn.Parameter]:
        """Its parameters."""
        return list(self.parameters())


class Partial(functools.partial):
    """What `partial` makes, shown in fewer words. Like it, it has neither a name nor what a class would have."""

    def __repr__(self) -> str:
        return "..."


Partial.__name__ = "partial"


class Maker:
    """Makes attentions as ``attention(embed_size, num_heads)`` does, each of the next kind, and keeps them.

    `attention` is what an answer is handed. `misuse` says how it was first called with other arguments.
    """

    def __init__(self, sizes: tuple[int, int], *kinds: Callable[[int, int], nn.Module]):
        self.sizes, self.kinds = sizes, kinds
        self.attention = Partial(self.make)
        self.made: list[GivenAttention] = []
        self.misuse = ""
        self.by_keyword = False

    def make(self, *arguments: object, **options: object) -> nn.Module:
        fits = all(isinstance(value, int) for value in arguments) and arguments == self.sizes
        if options or not fits:
            shown = called_with("attention", arguments, options)
            if not self.made and not self.misuse:  # the class may be tried again, with its sizes reversed
                self.misuse, self.by_keyword = shown, bool(options)
            raise TypeError(f"attention takes embed_size and num_heads by position; it was called as {shown}")
        self.made.append(GivenAttention(self.kinds[len(self.made) % len(self.kinds)](*self.sizes)))
        return self.made[-1]


def called_with(name: str, arguments: tuple, options: dict) -> str:
    """A call as it would be written."""
    texts = [*map(shortly, arguments), *(f"{key}={shortly(value)}" for key, value in options.items())]
    return f"{name}({', '.join(texts)})"


def shortly(value: object) -> str:
    if isinstance(value, Tensor):
        return f"tensor {tuple(value.shape)}"
    return repr(value) if isinstance(value, int | float | str | None) else type(value).__name__


def other_givens(module: nn.Module, mine: list[GivenAttention]) -> list[GivenAttention]:
    """Given attentions inside a module that are not `mine`: copies of them, or new ones of their class."""
    return [part for part in module.modules() if isinstance(part, GivenAttention) and all(part is not m for m in mine)]


def is_registered(module: nn.Module, attention: GivenAttention) -> bool:
    """Whether the attention's parameters are among the module's."""
    known = {id(parameter) for parameter in module.parameters()}
    return all(id(parameter) in known for parameter in attention.own())


def joined(parts: list[Tensor], shape: torch.Size) -> Tensor | None:
    """The calls' tensors as one of this shape; None if they do not make one."""
    if all(part.dim() == len(shape) and part.shape[1:] == shape[1:] for part in parts):
        whole = torch.cat(parts) if parts else None
        return whole if whole is not None and whole.shape == shape else None
    return None
