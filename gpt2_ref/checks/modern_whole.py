"""The second exercise of lesson 10: ConfigurableGPT2."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial, wraps

import torch
from torch import Tensor, nn

from gpt2_ref.checks import gpt2_whole
from gpt2_ref.checks.attention import shortened
from gpt2_ref.checks.engine import Exercise, Mistake, Probe, all_close, error, judge
from gpt2_ref.checks.given_attention import GivenAttention, Maker, is_registered, other_givens
from gpt2_ref.checks.gpt2_anatomy import Table, silence, tables
from gpt2_ref.checks.gpt2_oracle import (
    CHAIN_MISTAKES,
    ENDS_MISTAKES,
    OUTPUT_MISTAKES,
    Ends,
    layer_norm,
    model_logits,
)
from gpt2_ref.checks.gpt2_trial import LogitsTrial
from gpt2_ref.checks.gpt2_whole import SIZES, some_ids
from gpt2_ref.checks.learner import Trial, Wrong, first_difference
from gpt2_ref.checks.roles import flat, randomise
from gpt2_ref.model import (
    GroupQueryAttention,
    MultiHeadSelfAttention,
    RotaryPositionalEncoding,
    SlidingWindowAttention,
)

Property = Callable[[Trial], None]
LONG = SIZES.context + 8
"""More tokens than a model of SIZES has learned positions for."""

# GPT2, when no option is given


def as_gpt2(looks: Property) -> Property:
    """A property of GPT2, told of this exercise's class."""

    @wraps(looks)
    def as_told(trial: Trial) -> None:
        try:
            looks(trial)
        except Wrong as wrong:
            if wrong.slug in NO_TABLE and table_when_off(trial):
                wrong = Wrong(
                    "positions-switched-round",
                    expected="a position table with learned_positions=True, and none with False",
                    yours="a position table with learned_positions=False, and none with True",
                )
            own = f"{trial.name}("
            wrong.facts = tuple((label, re.sub(r"\bGPT2\(", own, text)) for label, text in wrong.facts)
            raise wrong from wrong.__cause__

    return as_told


NO_TABLE = ("no-positions", "positions-not-learned", "unused-parameters", "wrong-parameter-count")


def table_when_off(trial: Trial) -> bool:
    """Whether the position table is there with learned_positions=False and not without."""
    try:
        on, off = (
            trial.construct(*SIZES.arguments(), context_size=SIZES.context, learned_positions=learned)
            for learned in (True, False)
        )
    except Wrong:
        return False
    found = [bool(tables(model, SIZES.context, SIZES.embed)) for model in (on, off)]
    return found == [False, True]


# Attentions made by the check

KINDS = (
    partial(SlidingWindowAttention, window_size=3),
    partial(GroupQueryAttention, num_groups=2),
    lambda embed_size, num_heads: MultiHeadSelfAttention(
        embed_size, num_heads, rotary=RotaryPositionalEncoding(embed_size // num_heads)
    ),
)
IN_WORDS = "layer 0 attends to a window of 3, layer 1 with 2 groups, layer 2 with rotary positions"


@dataclass(frozen=True)
class Made:
    """A model with the attentions that it asked for."""

    trial: LogitsTrial
    model: nn.Module
    attentions: list[GivenAttention]


def made(trial: Trial, *kinds: Callable[[int, int], nn.Module], learned_positions: bool = True) -> Made:
    """The learner's model of other attentions than the default; or raise Wrong."""
    maker = Maker((SIZES.embed, SIZES.heads), *kinds)
    inner = LogitsTrial.of(trial, SIZES.vocab)
    options = {} if learned_positions else {"learned_positions": False}
    asked = f"{trial.name}({', '.join(map(str, SIZES.arguments()))}, attention=...)"
    try:
        model = inner.construct(*SIZES.arguments(), context_size=SIZES.context, attention=maker.attention, **options)
        inner.call(model, some_ids(2, 3))
    except Wrong as wrong:
        raise (misuse_of(maker) or failed(wrong, asked, learned_positions)) from wrong.__cause__
    refuse_lost_attention(model, maker, asked)
    return Made(inner, model, [given for given in maker.made if given.given])


def failed(wrong: Wrong, asked: str, learned_positions: bool) -> Wrong:
    """The fault of a model that is right without options and raises with them."""
    if wrong.slug != "raises":
        return wrong
    facts = {label: text for label, text in wrong.facts if label in ("error", "where")}
    if learned_positions:
        named = Wrong("default-attention-only", asked=asked, **facts)
    else:
        title = "it raises an error when learned_positions is False"
        question = "Without a position table, which line reads it all the same?"
        asked = asked.replace(")", ", learned_positions=False)")
        named = Wrong("raises", title, question, asked=asked, **facts)
    named.mixed_dtypes = wrong.mixed_dtypes
    return named


def misuse_of(maker: Maker) -> Wrong | None:
    """The fault of calling what makes attentions, or an attention, with other arguments than the exercise's."""
    expected = f"attention({SIZES.embed}, {SIZES.heads}): embed_size and num_heads, by position"
    if maker.misuse:
        slug = "attention-by-keyword" if maker.by_keyword else "attention-built-wrongly"
        return Wrong(slug, expected=expected, yours=maker.misuse)
    wrong = next((given for given in maker.made if given.misuse is not None), None)
    if wrong is None:
        return None
    expected = "the attention of a block is called with x alone"
    return Wrong("attention-arguments", expected=expected, yours=f"it was called with {len(wrong.misuse)} arguments")


def refuse_lost_attention(model: nn.Module, maker: Maker, asked: str) -> None:
    """Raise Wrong unless each layer has an attention of its own, made by what the model was given."""
    facts = {"asked": asked, "expected": f"attention({SIZES.embed}, {SIZES.heads}) is called {SIZES.layers} times"}
    count = len(maker.made)
    used = [given for given in maker.made if given.given]
    copies = other_givens(model, maker.made)
    if copies:
        raise Wrong("attention-copied", **facts, yours=f"it is called {times(count)}, and what it made is copied")
    if not used:
        yours = f"it is called {times(count)}, and what it makes is not used" if count else "it is never called"
        raise Wrong("attention-ignored", **facts, yours=yours)
    if count < SIZES.layers:
        often = len(used[0].given)
        raise Wrong("attention-shared", **facts, yours=f"it is called {times(count)}, and its module {times(often)}")
    if len(used) < SIZES.layers:
        raise Wrong("attention-shared", **facts, yours=f"of the {count} that it makes, {len(used)} is used")
    if not all(is_registered(model, given) for given in used):
        raise Wrong("attention-not-registered", **facts, yours="their parameters are not among model.parameters()")


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def with_attentions(trial: Trial) -> None:
    """With other attentions the model chains blocks around these, and is as before otherwise."""
    found = made(trial, *KINDS)
    ours = tables_of(found)
    takes_part(found)
    same_parts(trial, found)
    judge_attentions(found, ours, f"; all weights 0 but those of tables and attentions; {IN_WORDS}")


def tables_of(found: Made) -> tuple[Table, Table]:
    """The two tables of a model that has both."""
    tokens, positions = (tables(found.model, rows, SIZES.embed) for rows in (SIZES.vocab, SIZES.context))
    if len(tokens) == 1 and not positions:
        expected = f"a position table of shape ({SIZES.context}, {SIZES.embed}), whatever the attention"
        raise Wrong("positions-dropped", expected=expected, yours="with another attention there is none")
    if len(tokens) != 1 or len(positions) != 1:
        expected = "one token table, one position table"
        raise Wrong("wrong-parameter-count", expected=expected, yours=shapes_of(found.model))
    return tokens[0], positions[0]


def shapes_of(model: nn.Module) -> str:
    return shortened([f"{name} {tuple(parameter.shape)}" for name, parameter in model.named_parameters()])


def takes_part(found: Made) -> None:
    """Every parameter of a new model takes part."""
    idle = gpt2_whole.idle_parameters(found.trial, found.model)
    if idle:
        raise Wrong("unused-parameters", where=f"with another attention, nothing depends on {shortened(list(idle))}")


def same_parts(trial: Trial, found: Made) -> None:
    """Raise Wrong unless the blocks around other attentions have the right size, and are right if they differ."""
    sizes = SIZES
    of_attentions = sum(parameter.numel() for given in found.attentions for parameter in given.own())
    around = (sizes.vocab + sizes.context + 2) * sizes.embed
    numbers = len(flat(found.model)) - of_attentions - around
    one = 2 * sizes.embed * sizes.hidden + 4 * sizes.embed
    if numbers not in {sizes.layers * (one + a * sizes.embed + b * sizes.hidden) for a in range(2) for b in range(2)}:
        title = "with another attention, the rest of the model has the wrong number of parameters"
        expected = f"{sizes.layers} x {one} in the blocks besides attention's, and more for biases"
        raise Wrong("wrong-parameter-count", title, expected=expected, yours=f"{numbers}")
    own = set(map(type, found.trial.construct(*sizes.arguments(), context_size=sizes.context).modules()))
    inside = {part for given in found.attentions for part in given.modules()}
    if {type(part) for part in found.model.modules() if part not in inside} <= own:
        return
    with_causal = partial(trial.answer, attention=lambda *both: GivenAttention(MultiHeadSelfAttention(*both)))
    as_gpt2(gpt2_whole.right_blocks)(replace(trial, answer=with_causal))


def judge_attentions(found: Made, ours: tuple[Table, Table | None], setting: str, lengths: tuple = ()) -> None:
    """Compare with the oracle that chains x + attention(norm(x)), the feed-forward layers being silent.

    ours: the tables of tokens and of positions.
    """
    token, position = ours
    attentions = in_order(found)
    own = [Table(parameter, False) for given in attentions for parameter in given.own()]
    kept = [table for table in ours if table is not None]
    silence(found.model, [*kept, *own])
    for table in kept:
        table.read().copy_(torch.randn(table.read().shape))
    generator = torch.Generator().manual_seed(3)
    for given in attentions:
        randomise(given, 0.4, generator)
    scale, shift = torch.ones(SIZES.embed), torch.zeros(SIZES.embed)
    nowhere = torch.zeros(max(LONG, *lengths, 0), SIZES.embed)
    ends = Ends(token.read().clone(), position.read().clone() if position else nowhere, scale, shift)
    tried = [
        Probe(f"ids of shape {shape}{setting}", (some_ids(*shape),))
        for shape in ((2, 5), (3, 7), (1, 1), (4, 2), (2, SIZES.context), *((1, length) for length in lengths))
    ]

    def variant(**choices) -> Iterator[Tensor]:
        blocks = [partial(silent_block, given.inner) for given in attentions]
        for probe in tried:
            with torch.no_grad():
                yield model_logits(*probe.inputs, ends, blocks, **choices)

    mistakes = (*ENDS_MISTAKES, *CHAIN_MISTAKES, *OUTPUT_MISTAKES)
    symptoms = () if position else (lambda: knows_positions(found),)
    judge(found.trial, found.model, tried, variant, mistakes, symptoms, found.model)


def in_order(found: Made) -> list[GivenAttention]:
    """The attentions in the order in which the stream meets them."""
    order: list[GivenAttention] = []
    hooks = [given.register_forward_pre_hook(lambda given, _: order.append(given)) for given in found.attentions]
    try:
        found.trial.call(found.model, some_ids(1, 2))
    finally:
        for hook in hooks:
            hook.remove()
    return list(dict.fromkeys(order))


def silent_block(attention: nn.Module, x: Tensor) -> Tensor:
    """A block whose feed-forward layer adds nothing."""
    return x + attention(layer_norm(x))


# Without learned positions


def without_positions(trial: Trial) -> None:
    """No position table, no limit, and nothing but attention that knows where a token stands."""
    on, off = (made(trial, *KINDS, learned_positions=learned) for learned in (True, False))
    more = len(flat(on.model)) - len(flat(off.model))
    tokens = tables(off.model, SIZES.vocab, SIZES.embed)
    if tables(off.model, SIZES.context, SIZES.embed):
        slug = "learned-positions-ignored" if knows_positions(off) else "position-table-kept"
        (name,) = [n for n, p in off.model.named_parameters() if SIZES.context in p.shape][:1]
        raise Wrong(slug, expected="no position table with learned_positions=False", yours=f"{name} is there")
    if more != SIZES.context * SIZES.embed or len(tokens) != 1:
        expected = f"{SIZES.context} x {SIZES.embed} numbers fewer than with learned_positions=True"
        raise Wrong("wrong-parameter-count", expected=expected, yours=f"{more} numbers fewer")
    if (known := knows_positions(off)) is not None:
        raise known
    refuse_limit(off)
    refuse_limit(with_the_default(trial))
    takes_part(off)
    judge_attentions(
        off,
        (tokens[0], None),
        f"; learned_positions=False, all weights 0 but those of the token table and of attentions; {IN_WORDS}",
        (SIZES.context + 1, LONG),
    )


def with_the_default(trial: Trial) -> Made:
    """The model with its own attention, without learned positions."""
    inner = LogitsTrial.of(trial, SIZES.vocab)
    model = inner.construct(*SIZES.arguments(), context_size=SIZES.context, learned_positions=False)
    return Made(inner, model, [])


def knows_positions(found: Made) -> Wrong | None:
    """The fault of a model in which the place of a token matters although no attention asks for it."""
    for given in found.attentions:
        given.act = same_for_each_token
    try:
        logits = found.trial.call(found.model, torch.full((2, 6), 3)).detach()
    finally:
        for given in found.attentions:
            given.act = None
    expected = logits[:1, :1].expand(2, 6, -1)
    if all_close(logits, expected):
        return None
    wanted, yours = first_difference(expected, logits, 1e-6)
    words = "one token six times, learned_positions=False, attention that looks at no other token"
    return Wrong("positions-although-off", input=words, expected=f"the same logits everywhere, {wanted}", yours=yours)


def same_for_each_token(x: Tensor) -> Tensor:
    return 2 * x


def refuse_limit(found: Made) -> None:
    """Raise Wrong unless a text may be longer than context_size, and its beginning gets the same logits."""
    ids = some_ids(1, LONG)
    words = f"ids of shape (1, {LONG}), context_size={SIZES.context}, learned_positions=False"
    before = found.trial.call(found.model, ids[:, : SIZES.context]).detach()
    try:
        came = found.trial.call(found.model, ids).detach()
    except Wrong as wrong:
        if wrong.slug not in ("raises", "wrong-shape"):
            raise
        facts = {label: text for label, text in wrong.facts if label in ("error", "where", "yours")}
        raise Wrong("limit-kept", input=words, **facts) from wrong.__cause__
    begins = came[:, : SIZES.context]
    if not all_close(begins, before):
        raise Wrong("limit-kept", "a long text is not read from its beginning", input=words)
    later = found.trial.call(found.model, ids[:, :-1]).detach()
    if error(came[:, :-1], later) > 1e-4:
        raise Wrong("limit-kept", "more tokens than context_size change the logits of the tokens before", input=words)


# The record

OPTION_MISTAKES = (
    Mistake(
        "attention-ignored",
        "the attention that it is given is not used",
        "On which line of __init__ does the argument attention decide what is built?",
    ),
    Mistake(
        "attention-shared",
        "layers share one attention",
        "attention(embed_size, num_heads) makes one module. How many does a model of 3 layers need, each with weights "
        "of its own?",
    ),
    Mistake(
        "attention-copied",
        "what attention makes is copied, not used",
        "Why copy a module for all layers, when attention(embed_size, num_heads) makes a new one at every call?",
    ),
    Mistake(
        "attention-by-keyword",
        "attention is called with names that it may not have",
        "Someone hands in lambda size, heads: ... What happens with attention(embed_size=..., num_heads=...)?",
    ),
    Mistake(
        "attention-built-wrongly",
        "attention is not called with embed_size and num_heads",
        "Which two numbers does attention need, in which order? Whoever hands it in has chosen all the others.",
    ),
    Mistake(
        "attention-arguments",
        "the attention of a block is called with something else than x alone",
        "Which attentions of this course have a forward with more than x?",
    ),
    Mistake(
        "attention-not-registered",
        "the attentions are not part of the model",
        "Which container makes modules known to parameters(), so that an optimiser can train them?",
    ),
    Mistake(
        "default-attention-only",
        "it fails with another attention than its default",
        "attention can be a class, a function, or what partial makes. What else than calling it works with all three?",
    ),
    Mistake(
        "positions-dropped",
        "with another attention the learned positions are gone",
        "learned_positions is one switch and attention another. Which line ties them together?",
    ),
    Mistake(
        "positions-switched-round",
        "learned_positions works the wrong way round",
        "Read your if aloud: the table is made when learned_positions is what?",
    ),
    Mistake(
        "learned-positions-ignored",
        "learned positions are added although they are switched off",
        "Which two lines have to ask for learned_positions: where the table is made, and where else?",
    ),
    Mistake(
        "position-table-kept",
        "the position table is there although nothing reads it",
        "Without learned positions, what should the table's rows be trained for? Is it built at all?",
    ),
    Mistake(
        "positions-although-off",
        "with learned_positions=False the stream still knows where a token stands",
        "Which part alone may know positions when the learned ones are off?",
    ),
    Mistake(
        "limit-kept",
        "without learned positions there is still a limit on the length",
        "Why can a model with a position table not read more than context_size tokens? Is the reason still there?",
    ),
)

CONFIGURABLE_GPT2 = Exercise(
    name="ConfigurableGPT2",
    lesson="10_modern_gpt2",
    form="class",
    properties=(*map(as_gpt2, gpt2_whole.WHOLE_MODEL.properties), with_attentions, without_positions),
    mistakes=(*gpt2_whole.WHOLE_MODEL.mistakes, *OPTION_MISTAKES),
    hints=(
        "It is the GPT2 of lesson 04 with two lines changed in __init__ and one in forward. Which lines know about "
        "attention, and which about positions?",
        "__init__: each block is TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)); the "
        "position table is made only if learned_positions. forward: add positions only if there is a table.",
        "attention is called inside the comprehension that makes the blocks, once for each layer. Without a position "
        "table, set self.positions = None, and ask for that in forward.",
    ),
    needs=("TransformerBlock", "GPT2LayerNorm", "MultiHeadSelfAttention", "PositionWiseFeedForward", "GPT2OutputLayer"),
)
