"""Models to generate with, the texts that follow from them, and the known ways to get other ones."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.generate_draws import in_words

# Models to generate with


class Refused(Exception):
    """A model was given what it cannot take. `slug` names the mistake, None where it has no name."""

    def __init__(self, text: str, slug: str | None = None):
        super().__init__(text)
        self.slug = slug


class Fake(nn.Module):
    """A model without layers: it notes what it is given and refuses what a real one cannot take.

    Shapes: input_ids (batch, sequence) -> logits (batch, sequence, vocab).
    """

    def __init__(self, vocab_size: int, context_size: int):
        super().__init__()
        self.context_size = context_size
        self.size = vocab_size
        self.scale = nn.Parameter(torch.ones(()))
        self.calls = 0
        self.trained = False
        self.tracked = False

    def forward(self, input_ids: Tensor) -> Tensor:
        self.calls += 1
        self.trained |= self.training
        self.tracked |= torch.is_grad_enabled()
        if not isinstance(input_ids, Tensor) or input_ids.dim() != 2 or not input_ids.numel():
            what = f"shape {tuple(input_ids.shape)}" if isinstance(input_ids, Tensor) else type(input_ids).__name__
            raise Refused(f"the model takes ids of shape (batch, sequence); it was given {what}")
        if input_ids.is_floating_point() or input_ids.dtype == torch.bool:
            raise Refused(f"the model takes whole numbers; it was given {input_ids.dtype}", "ids-not-whole")
        outside = input_ids[(input_ids < 0) | (input_ids >= self.size)]
        if outside.numel():
            given = outside[0].item()
            raise Refused(f"the model takes ids from 0 to {self.size - 1}; it was given {given}", "id-out-of-range")
        if (length := input_ids.shape[1]) > self.context_size:
            text = f"the model was given {length} tokens; its context_size is {self.context_size}"
            raise Refused(text, "context-overrun")
        return self.scale * self.logits(input_ids)

    def logits(self, input_ids: Tensor) -> Tensor:
        raise AssertionError("a Fake needs a rule")


class Counting(Fake):
    """After every text exactly one token stands out by `height`; which one depends on every token and its place."""

    def __init__(self, context_size: int, height: float = 40.0):
        super().__init__(VOCAB, context_size)
        self.height = height

    def logits(self, input_ids: Tensor) -> Tensor:
        places = torch.arange(1, input_ids.shape[1] + 1)
        state = ((input_ids + 1) * places).cumsum(dim=1) + 3 * input_ids
        likely = F.one_hot(state % self.size, self.size) + 0.5 * F.one_hot((state + 4) % self.size, self.size)
        return self.height * likely.to(self.scale.dtype)


VOCAB = 11


class Table(Fake):
    """The logits depend on the first token of the text alone: row 0 of the table for token 0, and so on."""

    def __init__(self, table: Tensor, context_size: int = 64):
        super().__init__(table.shape[-1], context_size)
        self.table = table

    def logits(self, input_ids: Tensor) -> Tensor:
        return self.table[input_ids[:, :1]].expand(-1, input_ids.shape[1], -1)


# What follows what


@dataclass(frozen=True)
class Text:
    """Prompts to continue with a Counting model.

    prompts  (batch, sequence)
    context  of the model
    height   of the likeliest logit
    options  what is handed over besides
    slug     the mistake of an answer that is right on every text before this one
    """

    prompts: Tensor
    context: int
    options: dict[str, float]
    height: float = 40.0
    slug: str | None = None

    @property
    def max_length(self) -> int:
        return int(self.options.get("max_length", 50))

    @property
    def copies(self) -> int:
        return int(self.options.get("num_return_sequences", 1))

    @property
    def words(self) -> str:
        prompts = f"prompts {self.prompts.tolist()}{in_words(self.options)}"
        return f"{prompts}\nand a model with context_size={self.context} that is sure of each next token"


def whole(ids: Tensor, context: int, _prompt_length: int) -> Tensor:
    return ids[:, -context:]


def continued(
    text: Text,
    *,
    fed: Callable = whole,
    at: Callable = lambda sequence, prompt_length: sequence - 1,
    repeated: Callable = lambda prompts, copies: prompts.repeat_interleave(copies, dim=0),
    given: Callable = lambda token: token,
) -> Tensor:
    """The oracle: the prompts and what follows, (batch * copies, max_length). The options are ways to get it wrong."""
    model = Counting(text.context, text.height)
    ids = repeated(text.prompts, text.copies)
    prompt_length = ids.shape[1]
    with torch.no_grad():
        while ids.shape[1] < text.max_length:
            seen = fed(ids, text.context, prompt_length)
            logits = model.logits(seen)[:, at(seen.shape[1], prompt_length)]
            ids = torch.cat([ids, given(logits.argmax(dim=-1))[:, None]], dim=1)
    return ids


def texts() -> list[Text]:
    """What generate is tried on where each token has only one that can follow."""
    two = torch.tensor([[3, 1, 4, 1], [9, 2, 6, 5]])
    return [
        Text(two, 64, {"max_length": 11, "temperature": 1.0}),
        Text(two, 64, {"max_length": 9, "num_return_sequences": 3, "temperature": 1.0}),
        Text(torch.tensor([[7, 2, 10]]), 64, {}, slug="other-defaults"),
        Text(two, 64, {"max_length": 5, "temperature": 1.0}),
        Text(two, 6, {"max_length": 15, "temperature": 1.0}),
        Text(torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]]), 5, {"max_length": 13, "top_k": 4}),
        Text(torch.tensor([[5], [8], [0]]), 3, {"max_length": 8, "num_return_sequences": 2}),
        Text(two, 6, {"max_length": 12, "temperature": 0.0}, height=0.1, slug="temperature-zero"),
        Text(two, 64, {"max_length": 9, "temperature": 0, "top_k": 3}, height=0.1, slug="temperature-zero"),
    ]


def last_token(ids: Tensor, _context: int, _prompt_length: int) -> Tensor:
    return ids[:, -1:]


def prompt_then_last_token(ids: Tensor, context: int, prompt_length: int) -> Tensor:
    return ids[:, -context:] if ids.shape[1] == prompt_length else ids[:, -1:]


def prompt_only(ids: Tensor, context: int, prompt_length: int) -> Tensor:
    return ids[:, :prompt_length][:, -context:]


def first_tokens(ids: Tensor, context: int, _prompt_length: int) -> Tensor:
    return ids[:, :context]


def without_the_last(ids: Tensor, context: int, _prompt_length: int) -> Tensor:
    return ids[:, :-1][:, -context:] if ids.shape[1] > 1 else ids


FOLLOWING_MISTAKES = (
    Mistake(
        "rows-tiled",
        "the rows of one prompt are not side by side",
        "For prompts A and B, three times each: is the order A A A B B B? What is the difference between repeat and "
        "repeat_interleave?",
        (
            {"repeated": lambda prompts, copies: prompts.repeat(copies, 1)},
            {"repeated": lambda prompts, copies: prompts[[0] * len(prompts) * copies] if copies > 1 else prompts},
        ),
    ),
    Mistake(
        "wrong-position",
        "the logits are not those of the last token",
        "The model gives logits for every position. Which position says what comes after the whole text?",
        (
            {"at": lambda sequence, prompt_length: 0},
            {"at": lambda sequence, prompt_length: max(sequence - 2, 0)},
            {"at": lambda sequence, prompt_length: min(prompt_length, sequence) - 1},
        ),
    ),
    Mistake(
        "no-history",
        "the model sees only the newest token",
        "This model has no memory between calls. What does it have to be given to know how the text began?",
        ({"fed": last_token}, {"fed": prompt_then_last_token}),
    ),
    Mistake(
        "new-tokens-not-fed",
        "the model never sees the newest token",
        "After a token was drawn, what should the model be given at the next step?",
        ({"fed": prompt_only}, {"fed": without_the_last}),
    ),
    Mistake(
        "keeps-the-beginning",
        "the model sees the first tokens of a long text, not the last ones",
        "A text is longer than the context. Which tokens matter for what comes next: ids[:, :n] or ids[:, -n:]?",
        ({"fed": first_tokens},),
    ),
    Mistake(
        "crops-too-much",
        "the model sees fewer tokens than fit its context",
        "With a context of 6, how many tokens of a longer text may the model see?",
        (
            {"fed": lambda ids, context, prompt_length: ids[:, -(context - 1) :]},
            {"fed": lambda ids, context, prompt_length: ids[:, -(context // 2) :]},
            {"fed": lambda ids, context, prompt_length: ids[:, -((context + 1) // 2) :]},
            {"fed": lambda ids, context, prompt_length: ids[:, -(context // 2) :] if ids.shape[1] >= context else ids},
            {"fed": lambda ids, context, prompt_length: ids[:, -(context // 2) :] if ids.shape[1] > context else ids},
            {"fed": lambda ids, context, prompt_length: ids[:, -(context - 1) :] if ids.shape[1] >= context else ids},
        ),
    ),
    Mistake(
        "one-token-for-all-rows",
        "every row gets the token of the first row",
        "How many tokens are drawn at each step, and which row does each belong to?",
        ({"given": lambda token: token[:1].expand_as(token)},),
    ),
)
