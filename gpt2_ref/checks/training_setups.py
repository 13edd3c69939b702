"""What train_step is tried on: small models, optimisers and batches."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

VOCAB, EMBED, CONTEXT = 7, 4, 6


class Refused(ValueError):
    """What a Small model says to input that it cannot take."""


class Small(nn.Module):
    """A model that learns next tokens from the mean of the tokens so far; it notes how it was used.

    Shapes: input_ids (batch, sequence) -> logits (batch, sequence, vocab).

    tied    the output uses the table of the embedding
    idle    there is a parameter that plays no part, and the table of positions is frozen
    height  what the logits are multiplied by
    """

    def __init__(self, tied: bool = False, idle: bool = False, height: float = 1.0):
        super().__init__()
        drawn = functools.partial(torch.randn, generator=torch.Generator().manual_seed(1))
        self.embedding = nn.Parameter(drawn(VOCAB, EMBED))
        self.position = nn.Parameter(drawn(CONTEXT, EMBED) / 2, requires_grad=not idle)
        self.mix = nn.Parameter(drawn(EMBED, EMBED))
        self.bias = nn.Parameter(drawn(EMBED) / 2)
        self.output = self.embedding if tied else nn.Parameter(drawn(VOCAB, EMBED))
        if idle:
            self.idle = nn.Parameter(drawn(3))
        self.height = height
        self.modes: list[bool] = []

    def forward(self, input_ids: Tensor) -> Tensor:
        self.modes.append(self.training)
        if not isinstance(input_ids, Tensor) or input_ids.dim() != 2 or input_ids.is_floating_point():
            kind = type(input_ids).__name__
            given = f"shape {tuple(input_ids.shape)}, {input_ids.dtype}" if isinstance(input_ids, Tensor) else kind
            raise Refused(f"the model takes whole numbers of shape (batch, sequence); it was given {given}")
        if input_ids.shape[1] > CONTEXT:
            raise Refused(f"the model takes at most {CONTEXT} tokens; it was given {input_ids.shape[1]}")
        length = input_ids.shape[1]
        x = self.embedding[input_ids] + self.position[:length]
        x = x.cumsum(dim=1) / torch.arange(1, length + 1)[:, None]
        return self.height * (torch.tanh(x @ self.mix + self.bias) @ self.output.T)


def one_group(kind: Callable, **options: float) -> Callable[[nn.Module], torch.optim.Optimizer]:
    return lambda model: kind(model.parameters(), **options)


def two_groups(kind: Callable, **options: float) -> Callable[[nn.Module], torch.optim.Optimizer]:
    """The tables of the embedding and the positions learn at a rate of their own."""

    def build(model: nn.Module) -> torch.optim.Optimizer:
        tables = [model.embedding, model.position]
        others = [p for p in model.parameters() if all(p is not table for table in tables)]
        return kind([{"params": tables, "lr": options["lr"] / 4}, {"params": others}], **options)

    return build


@dataclass(frozen=True)
class Setup:
    """A model, an optimiser and batches for train_step to be tried on.

    words      for the learner
    optimizer  makes it for a model
    max_norm   None where it is not handed over
    model      options of Small
    leftover   whether gradients of an earlier batch are there at the beginning
    shapes     of the batches, (batch, sequence)
    slug       the mistake of an answer that is right on every setup before this one
    """

    words: str
    optimizer: Callable[[nn.Module], torch.optim.Optimizer]
    max_norm: float | None = 1.0
    model: Mapping[str, object] = field(default_factory=dict)
    leftover: bool = False
    shapes: Sequence[tuple[int, int]] = ((3, 5), (4, 2), (1, 3))
    slug: str | None = None

    @property
    def options(self) -> dict[str, float]:
        return {} if self.max_norm is None else {"max_norm": self.max_norm}

    def build(self) -> tuple[Small, torch.optim.Optimizer]:
        model = Small(**self.model).to(torch.get_default_dtype())
        if self.leftover:
            generator = torch.Generator().manual_seed(2)
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.grad = torch.randn(parameter.shape, generator=generator)
        return model, self.optimizer(model)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(3)
        for batch, sequence in self.shapes:
            ids = torch.randint(VOCAB, (batch, sequence + 1), generator=generator)
            yield ids[:, :-1].contiguous(), ids[:, 1:].contiguous()


SGD, ADAMW = torch.optim.SGD, torch.optim.AdamW
SETUPS = (
    Setup("SGD(lr=0.5), max_norm=100", one_group(SGD, lr=0.5), 100.0),
    Setup("SGD(lr=0.5), max_norm=0.1", one_group(SGD, lr=0.5), 0.1),
    Setup("SGD(lr=0.5), max_norm=2.5, a model with steep gradients", one_group(SGD, lr=0.5), 2.5, {"height": 9.0}),
    Setup("SGD(lr=0.5), max_norm=0.2, gradients of an earlier batch", one_group(SGD, lr=0.5), 0.2, leftover=True),
    Setup("SGD(lr=0.5), max_norm=100, tied weights", one_group(SGD, lr=0.5), 100.0, {"tied": True}, leftover=True),
    Setup("SGD(lr=0.1, momentum=0.9), max_norm=0.2, two groups", two_groups(SGD, lr=0.1, momentum=0.9), 0.2),
    Setup(
        "AdamW(lr=0.1), max_norm=0.1, gradients of an earlier batch",
        two_groups(ADAMW, lr=0.1, weight_decay=0.1),
        0.1,
        {"height": 3.0},
        leftover=True,
    ),
    Setup(
        "SGD(lr=0.5, momentum=0.5), max_norm=0.1, a model in which one parameter is frozen and one is not used",
        one_group(SGD, lr=0.5, momentum=0.5),
        0.1,
        {"idle": True, "tied": True},
        slug="gradient-missing",
    ),
    Setup(
        "SGD(lr=0.5), no max_norm given, a model with steep gradients",
        one_group(SGD, lr=0.5),
        None,
        {"height": 9.0},
        slug="other-defaults",
    ),
    Setup(
        "SGD(lr=100), max_norm=1.0, a model with logits near 0",
        one_group(SGD, lr=100.0),
        1.0,
        {"height": 1e-4},
        shapes=((3, 5), (1, 1)),
    ),
    Setup(
        "SGD(lr=0.5), max_norm=1.0, a model with logits up to 1000",
        one_group(SGD, lr=0.5),
        1.0,
        {"height": 800.0},
        shapes=((3, 5), (2, 1)),
        slug="impossible-token",
    ),
)


def flat(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
