"""The first exercise of lesson 10: TransformerBlock."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from gpt2_ref.checks import block
from gpt2_ref.checks.attention import shortened
from gpt2_ref.checks.block_oracle import normalised
from gpt2_ref.checks.engine import Exercise, Mistake, all_close, gradient_reaches, tolerance
from gpt2_ref.checks.given_attention import GivenAttention, is_registered, joined, other_givens
from gpt2_ref.checks.gpt2_anatomy import Table, silence
from gpt2_ref.checks.gpt2_whole import layers_in_a_list
from gpt2_ref.checks.learner import Trial, Wrong, first_difference, gradients, no_trace
from gpt2_ref.checks.roles import flat, randomise
from gpt2_ref.model import GroupQueryAttention, MultiHeadSelfAttention, SlidingWindowAttention

EMBED, HEADS, HIDDEN = 24, 6, 37
SMALL = (8, 2, 5)


def attention(embed_size: int = EMBED, num_heads: int = HEADS) -> GivenAttention:
    return GivenAttention(MultiHeadSelfAttention(embed_size, num_heads))


def built(trial: Trial, given: GivenAttention, embed_size: int = EMBED, hidden_size: int = HIDDEN) -> nn.Module:
    """The learner's block around `given`, or the fault of one that cannot be built."""
    try:
        return trial.construct(embed_size, hidden_size, given)
    except Wrong as wrong:
        raise (misuse_of(given, "attention-taken-for-class") or wrong) from wrong.__cause__


def called(trial: Trial, module: nn.Module, given: GivenAttention, x: Tensor) -> Tensor:
    """What the block returns for x; what `given` got in this call is kept in it."""
    given.forget()
    try:
        return trial.call(module, x)
    except Wrong as wrong:
        raise (misuse_of(given, "attention-arguments") or wrong) from wrong.__cause__


def misuse_of(given: GivenAttention, slug: str) -> Wrong | None:
    """The fault of calling attention with something else than x."""
    if given.misuse is None:
        return None
    numbers = all(isinstance(value, int) for value in given.misuse)
    shown = ", ".join(f"tensor {tuple(v.shape)}" if isinstance(v, Tensor) else repr(v) for v in given.misuse)
    return Wrong(
        "attention-taken-for-class" if numbers else slug,
        expected="attention(x), in forward: one tensor of shape (batch, sequence, embed)",
        yours=f"attention({shown})",
    )


def plain(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        given = attention()
        try:
            called(trial, built(trial, given), given, torch.randn(2, 5, EMBED))
        except Wrong as wrong:
            if wrong.slug == "raises" and takes_hidden_first(trial):
                asked = f"{trial.name}({EMBED}, {HIDDEN}, attention) for x that ends in {EMBED}"
                wrong = Wrong("constructor-arguments", asked=asked, yours="takes the hidden size first")
            raise wrong from None


def takes_hidden_first(trial: Trial) -> bool:
    """Whether the block works when its two sizes are given the other way round."""
    given = attention()
    try:
        called(trial, built(trial, given, HIDDEN, EMBED), given, torch.randn(2, 5, EMBED))
    except Wrong:
        return False
    return True


def uses_the_given(trial: Trial) -> None:
    """The attention that the block is given is part of it, and is called once for x."""
    given = attention()
    before = flat(given).clone()
    module = built(trial, given)
    if not all(parameter.requires_grad for parameter in given.own()):
        raise Wrong("detached", "the attention that it is given can no longer be trained", WHO_TRAINS)
    if not torch.equal(flat(given), before) and DRAWN_AGAIN not in trial.notes:
        trial.notes.append(DRAWN_AGAIN)
    x = torch.randn(2, 5, EMBED)
    called(trial, module, given, x)
    copies = other_givens(module, [given])
    if not given.given:
        if copies:
            raise Wrong("attention-copied", where="the attention that was given is never called; a copy of it is")
        inside = is_registered(module, given)
        raise Wrong(
            "attention-ignored",
            expected="attention(x) is called in forward",
            yours="the attention is kept, but never called" if inside else "it is neither kept nor called",
        )
    if not is_registered(module, given):
        raise Wrong(
            "attention-not-registered",
            expected="attention's parameters among block.parameters()",
            yours=shortened([name for name, _ in module.named_parameters()]) or "no parameter",
        )
    tokens = sum(each.shape[:-1].numel() for each in given.given)
    if tokens > x.shape[:-1].numel():
        raise Wrong(
            "attention-called-twice",
            input=f"x with {x.shape[:-1].numel()} tokens",
            yours=f"attention was called {len(given.given)} times, with {tokens} tokens in all",
        )
    if joined(given.given, x.shape) is None:
        raise reads_wrong(given, x.shape, input=f"x of shape {tuple(x.shape)}")


WHO_TRAINS = "Which line sets requires_grad, and who is to decide what is trained?"
DRAWN_AGAIN = "right; it changes the weights of the attention that it is given: weights loaded before are lost"


def reads_wrong(given: GivenAttention, shape: tuple[int, ...], **facts: str) -> Wrong:
    got = ", ".join(str(tuple(part.shape)) for part in given.given)
    same = got == str(tuple(shape))
    return Wrong(
        "attention-reads-wrong",
        **facts,
        expected=f"attention gets the layer norm of x, shape {tuple(shape)}",
        yours="it gets something else" if same else f"it gets shape {got}",
    )


def right_size(trial: Trial) -> None:
    """Not more numbers than two layer norms and a feed-forward layer have, and all of them known to the block."""
    given = attention()
    module = built(trial, given)
    x = torch.randn(2, 5, EMBED)
    called(trial, module, given, x)
    numbers = len(flat(module)) - len(flat(given))
    expected = (
        f"{2 * EMBED * HIDDEN} learnable numbers in two matrices, {4 * EMBED} in two layer norms, "
        f"{HIDDEN} + {EMBED} in biases, and attention's own"
    )
    facts = {"built": f"{trial.name}({EMBED}, {HIDDEN}, attention)", "expected": expected}
    if where := layers_in_a_list(module):
        raise Wrong("wrong-parameter-count", "some of its layers are not part of it", IN_A_LIST, **facts, where=where)
    if numbers <= 2 * EMBED * HIDDEN + HIDDEN + 8 * EMBED:
        return
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    slopes = gradients(called(trial, module, given, x), list(named.values()))
    idle = [name for name, slope in zip(named, slopes, strict=True) if slope is None]
    four = 8 * EMBED**2
    if numbers - four in {norms * EMBED + biases for norms in range(7) for biases in (0, 4 * EMBED)}:
        slug = "hidden-size-ignored"
    else:
        slug = "unused-parameters" if idle else "wrong-parameter-count"
    where = {"where": f"nothing depends on {shortened(idle)}"} if slug == "unused-parameters" else {}
    raise Wrong(slug, **facts, yours=f"{numbers} besides attention's", **where)


IN_A_LIST = "Layers in a Python list are not found by parameters(). Which container of torch's keeps them?"


def adds_what_attention_returns(trial: Trial) -> None:
    """With a silent feed-forward layer, what comes out is made of x and of attention's result as they are.

    Which of the known forms of a block it is, right or wrong, is judged later.
    """
    given = attention()
    module = built(trial, given)
    x, result = 2 * torch.randn(2, 2, 5, EMBED) + 1
    called(trial, module, given, x)
    reads_normalised = all_close(given.given[0], normalised(x))
    silence(module, [Table(parameter, False) for parameter in given.own()])
    given.act = lambda x: 3 * result[: len(x), : x.shape[1]]
    came = called(trial, module, given, x).detach()
    added = joined(given.returned, x.shape)
    if not all_close(called(trial, module, given, x).detach(), came):
        raise Wrong("nondeterministic", input=f"x of shape {tuple(x.shape)}")
    terms = [x, added, normalised(x), normalised(x + added), normalised(normalised(x) + added)]
    terms += [] if reads_normalised else [normalised(added)]
    table = torch.stack([term.flatten() for term in terms], dim=1)
    weights = torch.linalg.lstsq(table, came.flatten()[:, None]).solution
    if (table @ weights - came.flatten()[:, None]).abs().max() > 0.02:
        words = f"x of shape {tuple(x.shape)}; attention returns numbers of its own, the feed-forward layer 0"
        wanted, yours = first_difference(x + added, came, tolerance())
        raise Wrong("attention-result", input=words, expected=wanted, yours=yours)


def right_block(trial: Trial) -> None:
    """Around causal attention, it is a right GPT-2 block with the weights that it has."""
    given = attention()
    module = built(trial, given)

    def around(embed_size: int, num_heads: int, hidden_size: int) -> nn.Module:
        return trial.answer(embed_size, hidden_size, attention(embed_size, num_heads))

    try:
        block.judge_block(trial, module, module, EMBED, HEADS, HIDDEN)
        sizes = (EMBED, HEADS, HIDDEN)
        block.same_in_float32(replace(trial, answer=around), module, sizes, torch.randn(2, 5, EMBED))
    except Wrong as wrong:
        if wrong.slug in VAGUE:
            any_attention(trial)
        raise with_its_part(wrong) from wrong.__cause__


VAGUE = (None, "batch-mixing", "sees-the-future", "misses-the-past")
"""What may be told better once attention is another one."""


def with_its_part(wrong: Wrong) -> Wrong:
    """The same fault, with the part that it lies in where the exercise itself has no record of the mistake."""
    if wrong.slug is not None and not wrong.title and TRANSFORMER_BLOCK.mistake(wrong.slug) is None:
        known = next((mistake for mistake in block.BLOCK_MISTAKES if mistake.slug == wrong.slug), None)
        if known is not None:
            wrong.title = f"its feed-forward layer is not right: {known.title}"
            wrong.question = wrong.question or known.hint
    return wrong


# Any attention


def any_attention(trial: Trial) -> None:
    """Whatever attention returns is added to x, and what it reads is x normalised. The block itself mixes nothing."""
    for embed_size, num_heads, hidden_size in ((EMBED, HEADS, HIDDEN), SMALL):
        given = attention(embed_size, num_heads)
        module = built(trial, given, embed_size, hidden_size)
        called(trial, module, given, torch.randn(1, 2, embed_size))
        randomise(module, 0.6, torch.Generator().manual_seed(0))
        for words, act in acts(embed_size, num_heads):
            judge_first_half(trial, module, given, words, act)
        judge_second_half(trial, module, given, embed_size)


def acts(embed_size: int, num_heads: int) -> list[tuple[str, Callable[[Tensor], Tensor]]]:
    """What attention may do, and how it is told."""
    matrix, whatever = torch.randn(embed_size, embed_size), torch.randn(3, 4, embed_size)
    return [
        ("attention returns numbers of its own", lambda x: whatever[: len(x), : x.shape[1]]),
        ("attention returns its input", lambda x: x),
        ("attention multiplies its input by a matrix", lambda x: x @ matrix),
        ("attention turns the text round", lambda x: x.flip(1)),
        ("attention has a window of 3", SlidingWindowAttention(embed_size, num_heads, 3).forward),
        ("attention has 2 groups", GroupQueryAttention(embed_size, num_heads, 2).forward),
    ]


def judge_first_half(
    trial: Trial, module: nn.Module, given: GivenAttention, words: str, act: Callable[[Tensor], Tensor]
) -> None:
    """Raise Wrong unless the block gives for x what it gives for x + attention's result when attention is silent."""
    x = 3 * torch.randn(3, 4, act_size(module, given))
    given.act = act
    came = called(trial, module, given, x).detach()
    read, added = (joined(parts, x.shape) for parts in (given.given, given.returned))
    facts = {"input": f"x of shape {tuple(x.shape)}; {words}"}
    if read is None or not scaled_and_shifted(normalised(x), read):
        raise reads_wrong(given, x.shape, **facts)
    given.act = torch.zeros_like
    expected = called(trial, module, given, x + added).detach()
    if not all_close(came, expected):
        wanted, yours = first_difference(expected, came, tolerance())
        raise Wrong("attention-result", **facts, expected=wanted, yours=yours)


def act_size(module: nn.Module, given: GivenAttention) -> int:
    return given.inner.query.in_features


def judge_second_half(trial: Trial, module: nn.Module, given: GivenAttention, embed_size: int) -> None:
    """Raise Wrong unless what the second half adds to a token depends on that token alone, and not on its size."""
    x = 10 * torch.randn(3, 4, embed_size)
    given.act = torch.zeros_like
    added = called(trial, module, given, x).detach() - x
    again = called(trial, module, given, 1000 * x + 7).detach() - (1000 * x + 7)
    other = x.clone()
    other[1, 2] = torch.randn(embed_size)
    moved = (called(trial, module, given, other).detach() - other - added).abs().amax(-1) > 1e-3
    moved[1, 2] = False
    words = f"x of shape {tuple(x.shape)}; attention returns 0"
    if moved.any():
        row, token = moved.nonzero()[0].tolist()
        raise Wrong("mixes-tokens", input=words, where=f"token 2 of text 1 moves token {token} of text {row}")
    if (added - again).abs().max() > 0.01 * added.abs().max().clamp(min=1.0):
        raise Wrong("layer-norm-missing", "what the feed-forward half adds depends on the size of x", input=words)


def scaled_and_shifted(normal: Tensor, came: Tensor) -> bool:
    """Whether every place of `came` is one place of `normal`, the same one, times a number, plus a number."""
    x, y = (tensor.flatten(0, -2) for tensor in (normal, came))
    x_mean, y_mean = x.mean(0), y.mean(0)
    slope = ((x - x_mean) * (y - y_mean)).sum(0) / (x - x_mean).square().sum(0)
    return all_close((x - x_mean) * slope + y_mean, y)


def new_block(trial: Trial) -> None:
    """A new block works as it is, and every parameter takes part."""
    given = attention()
    module = built(trial, given)
    result = called(trial, module, given, torch.randn(2, 4, EMBED))
    if not result.isfinite().all():
        raise Wrong("not-finite", input="a new module with its own weights")
    named = {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}
    gradient_reaches(result, named, slug="unused-parameters")


GIVEN_MISTAKES = (
    Mistake(
        "attention-taken-for-class",
        "attention is called as if it were a class",
        "Is attention here something that builds a module, or a module that has been built already?",
    ),
    Mistake(
        "attention-arguments",
        "attention is called with something else than x alone",
        "Which attentions of this course have a forward with more than x?",
    ),
    Mistake(
        "attention-ignored",
        "the attention that the block is given is not used",
        "If someone hands your block an attention that returns 0, what does your block do with it?",
    ),
    Mistake(
        "attention-copied",
        "a copy of the attention is used, not the attention itself",
        "If someone loads weights into the attention that they gave you, does your block see them?",
    ),
    Mistake(
        "attention-not-registered",
        "the attention is not part of the block",
        "An attribute that is a module is found by parameters(). Is one that lies in a list, or in a lambda?",
    ),
    Mistake(
        "attention-called-twice",
        "attention is called more than once",
        "How often does each half of the block run its part on the same tokens?",
    ),
    Mistake(
        "attention-reads-wrong",
        "attention does not read what it should",
        "Print what attention gets: is it x, of the same shape, with every token normalised?",
    ),
    Mistake(
        "attention-result",
        "what attention returns is not added to x as it is",
        "Let attention return whatever it likes, say 1 everywhere. What must the block do with it?",
    ),
    Mistake(
        "mixes-tokens",
        "one token changes the result of another, and attention is not the reason",
        "Attention may be the only part that looks at more than one token. Which other line does?",
    ),
)
OF_THE_BLOCK = (
    *block.FORM_AND_NORM_MISTAKES,
    *(m for m in block.BLOCK_MISTAKES if m.slug in ("relu", "shared-weight", "hidden-size-ignored")),
    *(m for m in block.BLOCK_MISTAKES if m.slug in ("wrong-parameter-count", "unused-parameters", "shared-layer-norm")),
)

TRANSFORMER_BLOCK = Exercise(
    name="TransformerBlock",
    lesson="10_modern_gpt2",
    form="class",
    properties=(plain, uses_the_given, right_size, adds_what_attention_returns, right_block, any_attention, new_block),
    mistakes=(*OF_THE_BLOCK, *GIVEN_MISTAKES),
    hints=(
        "It is the block of lesson 03, with one difference: it does not build its attention, it is handed one.",
        "__init__: keep the attention as an attribute; make two layer norms and a feed-forward layer. forward: the two "
        "lines of GPT2Block.",
        "self.attention = attention makes its parameters the block's own. In forward, self.attention is called with "
        "one tensor: the first layer norm's result.",
    ),
    needs=("GPT2LayerNorm", "PositionWiseFeedForward"),
)
