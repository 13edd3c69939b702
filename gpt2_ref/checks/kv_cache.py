"""Lesson 06: CachedSelfAttention."""

import contextlib
import functools
import inspect
import itertools
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from gpt2_ref.checks.attention import (
    EMBED,
    HEADS,
    MODULE_MISTAKES,
    Reach,
    module_gradient,
    module_values,
    reach,
    right_size,
    sees_whom,
    side_by_side,
)
from gpt2_ref.checks.attention_oracle import self_attention
from gpt2_ref.checks.engine import HALF_PRECISION, HALVES, Exercise, Probe, all_close, error, judge, tolerance
from gpt2_ref.checks.guesses import likely_weights
from gpt2_ref.checks.kv_cache_oracle import CACHE_MISTAKES, LATER_MISTAKES, in_chunks
from gpt2_ref.checks.learner import (
    SEED,
    Blank,
    Trial,
    Wrong,
    belongings_kept,
    check_result,
    check_signature,
    first_difference,
    globals_of,
    is_empty,
    no_trace,
    summary,
)
from gpt2_ref.checks.roles import Unreadable, Weights, find_roles, randomise, trained

# Calling a module that returns a result and a cache


@dataclass(frozen=True)
class InChunks:
    """A module as a function ``(x, lengths) -> result`` that is fed x piece by piece.

    lengths (batch, chunks): how many tokens each chunk has, the same in every row.
    """

    module: nn.Module


class CacheTrial(Trial):
    """A trial whose module returns (result, cache): the checks of attention see the result of one chunk alone."""

    def call(self, function: Callable, *inputs: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        if isinstance(function, InChunks):
            return self.feed(function.module, *inputs)
        if isinstance(function, nn.Module):
            return self.step(function, *inputs)[0]
        return super().call(function, *inputs, shape=shape)

    def feed(self, module: nn.Module, x: Tensor, lengths: Tensor) -> Tensor:
        """The results of all chunks, side by side: (batch, sequence, embed) -> same."""
        results, cache, cached, chunks = [], None, 0, lengths[0].tolist()
        for number, chunk in enumerate(x.split(chunks, dim=1), start=1):
            words = f"chunk {number} of {listed(chunks)}, with {tokens(cached)} cached: " if cached else ""
            result, cache = self.step(module, chunk, cache, cached=cached, words=words)
            results.append(result)
            cached += chunk.shape[1]
        return torch.cat(results, dim=1)

    def step(
        self, module: nn.Module, x: Tensor, *cache: object, cached: int = 0, words: str = ""
    ) -> tuple[Tensor, object]:
        """Give the module one chunk and the cache of the `cached` tokens before it; or raise Wrong.

        What is asked of every answer at every call: a result for the new tokens, and a cache; x is as before.
        """
        if getattr(type(module), "forward", nn.Module.forward) is not nn.Module.forward:
            takes_cache_second(module.forward, x)
        facts = {"input": f"{words}x of shape {tuple(x.shape)}, {x.dtype}"}
        before = x.detach().clone()
        try:
            came = self.run(module, x, *cache, facts=facts)
        except Wrong as wrong:
            raise explained(wrong, x.shape[1], cached) from wrong.__cause__
        if x.shape != before.shape or not torch.equal(x.detach(), before):
            raise Wrong("mutates-input", **facts)
        if came is None and is_empty(module):
            raise Blank(None, "not written yet")
        result, cache_now = pair(came, x, cached, facts)
        if isinstance(result, Tensor) and result.shape != x.shape:
            raise wrong_rows(result, x, cached, facts)
        check_result(result, tuple(x.shape), x.dtype, facts)
        return result, cache_now


def listed(chunks: Sequence[int]) -> str:
    """The lengths of chunks as text, many of them shortened."""
    return str(list(chunks)) if len(chunks) < 10 else f"[{chunks[0]}, {chunks[1]}, {chunks[2]}, ..., {chunks[-1]}]"


def tokens(number: int) -> str:
    return f"{number} token" + ("" if number == 1 else "s")


def takes_cache_second(forward: Callable, x: Tensor) -> None:
    """Raise Wrong unless `forward` can be called as forward(x), and with a cache as forward(x, cache)."""
    question = "What does forward get at the beginning of a text, and what with every later chunk?"
    for arguments in ((x,), (x, None)):
        try:
            check_signature(forward, arguments, {}, "forward-arguments", {"asked": "forward(x), forward(x, cache)"})
        except Wrong as wrong:
            wrong.question = question
            raise
    with contextlib.suppress(TypeError, ValueError):
        names = list(inspect.signature(forward).parameters)
        if "cache" in names[2:]:
            facts = {"yours": f"forward({', '.join(names)})", "because": "cache must be the second argument"}
            raise Wrong("forward-arguments", "", question, asked="forward(x, cache)", **facts)


def pair(came: object, x: Tensor, cached: int, facts: Mapping[str, str]) -> tuple[object, object]:
    """The result and the cache out of what forward returned; or raise Wrong."""
    expected = f"two things: result of shape {tuple(x.shape)}, and the cache"
    if isinstance(came, Tensor):
        raise Wrong("cache-not-returned", **facts, expected=expected, yours=f"a tensor of shape {tuple(came.shape)}")
    if came is None:
        raise Wrong("returns-none", **facts, expected=expected, yours="None")
    if not isinstance(came, tuple | list) or len(came) != 2:
        raise Wrong("not-a-pair", **facts, expected=expected, yours=summary(came))
    result, cache = came
    if isinstance(cache, Tensor) and cache.shape == x.shape:
        # At the first chunk a cache of x has the shape of a result.
        no_result = not isinstance(result, Tensor) or result.numel() == 2 * x.numel()
        if no_result or (cached and result.shape != x.shape):
            raise Wrong("results-swapped", **facts, expected=expected, yours=summary(came))
    return result, cache


def wrong_rows(result: Tensor, x: Tensor, cached: int, facts: Mapping[str, str]) -> Wrong:
    """The fault of a result of the wrong shape: how many rows it has tells some mistakes."""
    batch, new, embed = x.shape
    wanted = {"expected": f"shape {(batch, new, embed)}", "yours": f"shape {tuple(result.shape)}"}
    slug = "wrong-shape"
    if cached and result.dim() == 3 and (result.shape[0], result.shape[2]) == (batch, embed):
        left = max(new - cached, 0)
        told_by = {cached + new: "result-for-all-tokens", 1: "one-token-only", left: "expects-whole-text"}
        slug = told_by.get(result.shape[1], slug)
    return Wrong(slug, **facts, **wanted)


def explained(wrong: Wrong, new: int, cached: int) -> Wrong:
    """An error out of forward; named where its message tells that new and cached rows do not fit together."""
    text = str(wrong.__cause__)
    numbers = {int(digits) for digits in re.findall(r"\d+", text)}
    if wrong.slug != "raises":
        return wrong
    if not cached and "NoneType" in text:
        wrong.question = "At the beginning of a text there is no cache: it is None. Which line must ask for that first?"
    if not cached or new == 1:
        return wrong
    joins = "Sizes of tensors must match except in dimension" in text or "stack expects each tensor" in text
    if joins and {new, cached} <= numbers:
        return Wrong("joined-along-wrong-axis", **dict(wrong.facts))
    if new + cached in numbers and {new, cached} & numbers:
        question = (
            f"{tokens(cached)} cached and {new} new make {cached + new}. On this line something is {cached + new} long "
            f"and something else {new if new in numbers else cached}. The queries are those of the new tokens: and the "
            "keys, the values, the columns of the mask?"
        )
        return Wrong("rows-do-not-fit", "", question, **dict(wrong.facts))
    return wrong


# What the learner's class keeps for itself


@contextlib.contextmanager
def unspoilt(answer: object) -> Iterator[None]:
    """Give lists, dicts and objects back what they held: class attributes, defaults and globals of an answer."""
    kept = [(value, contents(value)) for value in containers(answer)]
    bindings = [(function.__globals__, dict(named_globals(function))) for function in functions_of(answer)]
    try:
        with belongings_kept(answer):
            yield
    finally:
        for value, content in kept:
            if isinstance(value, list):
                value[:] = content
            else:
                holder = value if isinstance(value, dict) else vars(value)
                holder.clear()
                holder.update(content)
        for world, names in bindings:
            world.update(names)


def contents(value: object) -> list | dict:
    return list(value) if isinstance(value, list) else dict(value if isinstance(value, dict) else vars(value))


def containers(answer: object) -> list[object]:
    """The lists, dicts and plain objects that outlive a call: where an answer can keep what it should not."""
    found = [value for owner in classes_of(answer) for value in vars(owner).values()]
    for function in functions_of(answer):
        found += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        found += named_globals(function).values()
    found = [value for value in found if is_container(value)]
    inside = [value for outer in found for value in values_of(outer) if is_container(value)]
    return list({id(value): value for value in (*found, *inside)}.values())


def values_of(value: object) -> list[object]:
    held = contents(value)
    return held if isinstance(held, list) else list(held.values())


def is_container(value: object) -> bool:
    if isinstance(value, list | dict):
        return True
    plain = hasattr(value, "__dict__") and not callable(value)
    return plain and not isinstance(
        value, type | types.ModuleType | nn.Module | Tensor | staticmethod | classmethod | property | torch.dtype
    )


def classes_of(answer: object) -> list[type]:
    """The module classes behind an answer, those of torch left out."""
    answer = getattr(answer, "func", answer)  # a functools.partial
    named = [answer] if inspect.isclass(answer) else [value for value in globals_of(answer) if inspect.isclass(value)]
    owners = [owner for value in named if issubclass(value, nn.Module) for owner in value.__mro__]
    return [owner for owner in dict.fromkeys(owners) if owner.__module__.partition(".")[0] not in ("torch", "builtins")]


def functions_of(answer: object) -> list[types.FunctionType]:
    methods = [value for owner in classes_of(answer) for value in vars(owner).values()]
    return [value for value in (answer, *methods) if isinstance(value, types.FunctionType)]


def named_globals(function: types.FunctionType) -> dict[str, object]:
    """The globals that a function uses and may rebind: data, not code."""
    world = function.__globals__
    return {
        name: world[name]
        for name in function.__code__.co_names
        if name in world and isinstance(world[name], list | dict | tuple | Tensor | None)
    }


def fresh(trial: Trial, embed_size: int = EMBED, num_heads: int = HEADS) -> nn.Module:
    """A new module, with the same weights every time."""
    torch.manual_seed(SEED)
    module = trial.construct(embed_size, num_heads)
    if not any(is_lazy(parameter) for parameter in module.parameters()):
        randomise(module, 0.6, torch.Generator().manual_seed(0))
    return module


# Properties

ANOTHER_RESULT = "the result of a text depends on the chunks that it comes in"


def starts_fresh(trial: CacheTrial) -> None:
    """A text that comes without a cache gets the same result, whatever the module has seen before."""
    x, other = torch.randn(2, 5, EMBED), torch.randn(3, 4, EMBED)

    def begin(module: nn.Module) -> Tensor:
        torch.manual_seed(SEED)
        return trial.step(module, x)[0].detach()

    with unspoilt(trial.answer):
        alone = begin(fresh(trial))
    with unspoilt(trial.answer):
        if not all_close(begin(fresh(trial)), alone):
            return  # something is random, which is told later
    with unspoilt(trial.answer):
        used = fresh(trial)
        begin(used)
        with contextlib.suppress(Wrong):
            trial.feed(used, other, as_lengths([3, 1], 3))
        remembered = other_result(lambda: begin(used), alone)
        shared = other_result(lambda: begin(fresh(trial)), alone)
    if shared is not None:
        raise Wrong("shared-cache", input="the first text of a new module, after another module has read one", **shared)
    if remembered is not None:
        raise Wrong("state-on-module", input="a new text without a cache, after another text", **remembered)


def other_result(call: Callable[[], Tensor], expected: Tensor) -> dict[str, str] | None:
    """How the result of a call differs from the expected one, or that it fails; None if it is the same."""
    try:
        came = call().detach()
    except Wrong as wrong:
        return {label: text for label, text in wrong.facts if label != "input"}
    if all_close(came, expected):
        return None
    return dict(zip(("expected", "yours"), first_difference(expected, came, tolerance()), strict=True))


def plain_chunks(trial: CacheTrial) -> None:
    """Called in float32 as the learner would: it takes None or nothing at the beginning, and chunks of any length."""
    with no_trace(torch.float32):
        module = trial.build(EMBED, HEADS)
        trial.step(module, torch.randn(1, 1, EMBED))
        for lengths in ([5, 3], [2, 1, 1]):
            trial.feed(module, torch.randn(2, sum(lengths), EMBED), as_lengths(lengths, 2))


def as_lengths(chunks: list[int], batch: int) -> Tensor:
    return torch.tensor([chunks] * batch)


def tried_in_chunks(embed_size: int) -> list[Probe]:
    def probe(batch: int, *chunks: int) -> Probe:
        x = torch.randn(batch, sum(chunks), embed_size)
        return Probe(f"x of shape {tuple(x.shape)} in chunks of {listed(chunks)}", (x, as_lengths(list(chunks), batch)))

    return [
        probe(2, 5, 3),
        probe(3, 1, 1, 1, 1, 1, 1),
        probe(2, 5, 1, 1, 1),
        probe(1, 3, 3, 2),
        probe(3, 1, 4, 3),
        probe(2, 8),
        probe(1, 2, 9, 1, 5),
    ]


def chunks_equal_whole(trial: CacheTrial) -> None:
    """In chunks of any lengths a text gets the result that it gets as a whole."""
    module = trial.construct(EMBED, HEADS)
    trial.step(module, torch.randn(1, 2, EMBED))
    weights = weights_of(trial, module)
    tried = tried_in_chunks(EMBED)

    def variant(**choices) -> Iterator[Tensor]:
        for probe in tried:
            x, lengths = probe.inputs
            if weights is None:
                yield trial.call(module, x).detach()
            else:
                yield in_chunks(x, lengths[0].tolist(), weights, **choices)

    def looks() -> Wrong:
        token, chunks = first_wrong_token(trial, module, tried, list(variant()))
        found = rounded(trial, module) or cut_off(trial, module) or sees_in_chunks(trial, module, chunks)
        found = found or Wrong(None, ANOTHER_RESULT)
        found.facts = (("token", token), *found.facts)
        return found

    mistakes = (*CACHE_MISTAKES, *LATER_MISTAKES) if weights is not None else ()
    judge(trial, InChunks(module), tried, variant, mistakes, (looks,), module)


def first_wrong_token(
    trial: CacheTrial, module: nn.Module, tried: list[Probe], right: list[Tensor]
) -> tuple[str, list[int]]:
    """The first wrong token of the first wrong text, with its place in its chunk; and the chunks of that text."""
    came = ((probe.inputs[1][0].tolist(), trial.call(InChunks(module), *probe.inputs).detach()) for probe in tried)
    pairs = ((chunks, mine, expected) for (chunks, mine), expected in zip(came, right, strict=True))
    chunks, mine, expected = next(pair for pair in pairs if not all_close(*pair[1:]))
    apart = ((mine - expected).abs() > tolerance() * expected.abs().max().clamp(min=1)) | ~mine.isfinite()
    token = apart.any(-1).any(0).nonzero()[0].item()
    begins = [0, *itertools.accumulate(chunks)]
    chunk = max(number for number, begin in enumerate(begins) if begin <= token)
    place = "the first of" if token == begins[chunk] else "in"
    return f"{token}: {place} chunk {chunk + 1}, with {begins[chunk]} cached before it", chunks


def weights_of(trial: CacheTrial, module: nn.Module) -> Weights | None:
    """Randomise the module and return the weights that it then has, None if they cannot be told.

    A guess at the usual places comes first: it keeps the rows of keys and values in the same order, so that one
    can be tried in place of the other.
    """
    x = torch.randn(2, 3, EMBED)
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    for parameter in trained(module):
        if parameter.dim() == 1:
            parameter.data.zero_()
    came = trial.call(module, x).detach()
    for guess in likely_weights(module, EMBED, HEADS):
        if all_close(came, self_attention(x, guess)):
            return guess
    try:
        roles = find_roles(module, lambda x: trial.call(module, x), EMBED)
    except Unreadable:
        roles = None
    randomise(module, 0.6, torch.Generator().manual_seed(0))
    if roles is None:
        return None
    roles.zero_the_rest(module)
    return roles.read(module)


def other_sizes(trial: CacheTrial) -> None:
    """The same for other embeddings and numbers of heads, and for texts that outgrow a small buffer."""
    for embed_size, num_heads, lengths in (
        (15, 3, [4, 1, 3]),
        (16, 8, [2, 5]),
        (64, 1, [3, 1, 2]),
        (4, 4, [1, 4]),
        (4, 1, [50, *[1] * 40, 50]),
    ):
        module = fresh(trial, embed_size, num_heads)
        x = torch.randn(2, sum(lengths), embed_size)
        whole = trial.call(module, x).detach()
        came = trial.feed(module, x, as_lengths(lengths, 2)).detach()
        if not all_close(came, whole):
            expected, yours = first_difference(whole, came, tolerance())
            built = f"{trial.name}({embed_size}, {num_heads})"
            words = f"x of shape {tuple(x.shape)} in chunks of {listed(lengths)}"
            facts = {"built": built, "input": words, "expected": expected, "yours": yours}
            begin = first_seen(trial, module, x, as_lengths(lengths, 2))
            if begin:
                where = f"tokens 0 to {begin - 1} do not move the result of token {x.shape[1] - 1}"
                raise Wrong("cache-cut-off", **facts, where=where)
            raise Wrong(None, ANOTHER_RESULT, **facts)


def own_caches(trial: CacheTrial) -> None:
    """Two texts that are read in turns, each with its own cache, do not meet; nor do two modules."""
    one, other = fresh(trial), fresh(trial)
    lengths = [3, 1, 2]
    texts = torch.randn(2, 6, EMBED), torch.randn(3, 6, EMBED)
    for modules, slug, words in (
        ((one, other), "shared-cache", "two modules read a text each, in turns"),
        ((one, one), "state-on-module", "two texts in turns, each with the cache that came back for it"),
    ):
        alone = [
            trial.feed(module, text, as_lengths(lengths, len(text))).detach()
            for module, text in zip(modules, texts, strict=True)
        ]
        for number, expected in enumerate(alone):
            differs = other_result(
                lambda modules=modules, number=number: in_turns(trial, modules, texts, lengths)[number], expected
            )
            if differs is not None:
                raise Wrong(slug, input=f"{words}, in chunks of {lengths}", **differs)


def in_turns(trial: CacheTrial, modules: tuple, texts: tuple[Tensor, ...], lengths: list[int]) -> list[Tensor]:
    """Feed both texts chunk by chunk, first one, then the other; their results."""
    caches, results, cached = [None, None], [[], []], 0
    for chunks in zip(*(text.split(lengths, dim=1) for text in texts), strict=True):
        for number, (module, chunk) in enumerate(zip(modules, chunks, strict=True)):
            result, caches[number] = trial.step(module, chunk, caches[number], cached=cached)
            results[number].append(result)
        cached += chunks[0].shape[1]
    return [torch.cat(pieces, dim=1) for pieces in results]


def work_per_token(trial: CacheTrial) -> None:
    """Remark on an answer that projects all tokens again for each new one."""
    module, cached = fresh(trial), 64
    _, cache = trial.step(module, torch.randn(1, cached, EMBED), None)
    with Products() as products:
        trial.step(module, torch.randn(1, 1, EMBED), cache, cached=cached)
    if products.numbers >= cached * EMBED:
        trial.notes.append(
            "right; but each new token computes the keys and values of all earlier ones again: keep those, not x"
        )


class Products(TorchFunctionMode):
    """Counts the numbers that come out of matrix products inside the block."""

    NAMES = ("linear", "matmul", "bmm", "mm", "addmm", "einsum", "conv1d", "baddbmm", "__rmatmul__")

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in self.NAMES and isinstance(result, Tensor):
            self.numbers += result.numel()
        return result


# Symptoms: what is said of a wrong answer that equals no known variant


def sees_in_chunks(trial: CacheTrial, module: nn.Module, chunks: list[int]) -> Wrong | None:
    """A fault if a token fed in these chunks is moved by a later one, or not by an earlier one."""
    chunks = chunks if sum(chunks) < 10 else [3, 3, 2]
    wrong = sees_whom(reach_in_chunks(trial, module, chunks))
    if wrong is not None:
        wrong.facts = (("reach", f"chunks of {chunks}, {dict(wrong.facts)['reach']}"), *wrong.facts[1:])
    return wrong


def reach_in_chunks(trial: CacheTrial, module: nn.Module, chunks: list[int]) -> Reach:
    lengths = as_lengths(chunks, 1)
    return reach(lambda x: trial.feed(module, x, lengths), torch.randn(1, sum(chunks), EMBED), axis=-2)


def cut_off(trial: CacheTrial, module: nn.Module) -> Wrong | None:
    """Whether every token, fed alone, sees itself and a fixed number of tokens before it."""
    length, shorter = 17, 12
    lost = [first_seen(trial, module, torch.randn(1, n, EMBED), as_lengths([1] * n, 1)) for n in (length, shorter)]
    kept = length - lost[0]
    if kept < 3 or lost[0] - lost[1] != length - shorter:
        return None
    found = reach_in_chunks(trial, module, [1] * shorter)
    right = torch.ones_like(found.moved).tril()
    if not torch.equal(found.moved, right & ~right.tril(-kept)):
        return None
    where = f"a token sees the last {kept} tokens, itself included"
    return Wrong("cache-cut-off", reach=side_by_side(found, right), where=where)


def first_seen(trial: CacheTrial, module: nn.Module, x: Tensor, lengths: Tensor) -> int:
    """The first token that moves the result of the last one, if all after it do."""
    last = trial.feed(module, x, lengths)[:, -1]
    begin, end = 0, x.shape[1] - 1
    while begin < end:
        middle = (begin + end) // 2
        changed = x.clone()
        changed[:, begin : middle + 1] += torch.randn(middle + 1 - begin, x.shape[2])
        if all_close(trial.feed(module, changed, lengths)[:, -1], last):
            begin = middle + 1
        else:
            end = middle
    return begin


def rounded(trial: CacheTrial, module: nn.Module) -> Wrong | None:
    """Whether the rows are kept in half precision."""
    x = torch.randn(2, 6, EMBED)
    off = error(trial.feed(module, x, as_lengths([4, 2], 2)), trial.call(module, x))
    if off < HALF_PRECISION and trial.dtypes & set(HALVES):
        return Wrong("low-precision", where=f"with a cache the result is off by {off:.1g} of its largest number")
    return None


def with_cache(check_property: Callable[[CacheTrial], None]) -> Callable[[Trial], None]:
    """A property of attention, looked at in a module that returns a cache as well."""

    @functools.wraps(check_property)
    def look(trial: Trial) -> None:
        with unspoilt(trial.answer):
            check_property(CacheTrial(**vars(trial)))

    return look


FIRST_CHUNK_MISTAKES = tuple(
    replace(mistake, hint="Which rows does the cache hold, and which of them does the mask hide from a new token?")
    if mistake.slug in ("sees-the-future", "misses-the-past")
    else mistake
    for mistake in MODULE_MISTAKES
)

EXERCISES = (
    Exercise(
        name="CachedSelfAttention",
        lesson="06_kv_cache",
        form="class",
        properties=tuple(
            with_cache(check_property)
            for check_property in (
                starts_fresh,
                plain_chunks,
                right_size,
                module_values,
                chunks_equal_whole,
                other_sizes,
                own_caches,
                module_gradient,
                work_per_token,
            )
        ),
        mistakes=(*FIRST_CHUNK_MISTAKES, *CACHE_MISTAKES),
        hints=(
            "The new tokens ask; everything so far is asked. Which of query, key and value do you need for the new "
            "tokens only, and which for all? Those are what the cache must hold.",
            "Project and split x as before. If there is a cache, put its keys in front of the new keys, and its values "
            "likewise. Attend with the new queries; return the result together with the longer keys and values.",
            "key = torch.cat([cache[0], key], dim=2), and the same for value. The mask has one row for each new token, "
            "one column for each token so far: torch.ones(new, total, dtype=torch.bool).tril(total - new).",
        ),
        needs=("causal_attention", "MultiHeadSelfAttention"),
    ),
)
