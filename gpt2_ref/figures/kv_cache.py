"""The pictures of lesson 06: what is computed again without a cache, and what a cache makes of it.

An attention with a cache, the learner's, is called as ``attention(x (batch, new, embed), cache) -> (result, cache)``.
What the cache is inside is the learner's affair: nothing here looks into it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from gpt2_ref.figures.attention import NOTHING, frame, label_line, number, require_shape, require_words
from gpt2_ref.figures.canvas import BLUE, HEAT, INK, ORANGE, RED, describe, figure, headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CachedAttention = Callable[[Tensor, object], tuple[Tensor, object]]
STILL = 1e-4
"""Below this a row of a stack of layers does not move: float32 rounds a little more in every layer."""
PALE, FAINT, LIGHT_BLUE = "#eef0f2", "#69707a", "#b7d5e8"


def counted(function: Callable, *inputs: object) -> tuple[object, int]:
    """The result of ``function(*inputs)``, and the multiply-adds of the matrix products in it.

    torch counts them as they are called: layers, ``@``, einsum and fused attention (with all its pairs, also those
    that the mask hides). Products of single numbers, as in a layer norm, are left out.
    """

    def fused(query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...], *_: object, **__: object) -> int:
        return sdpa_flop_count(query, key, value)

    on_cpu = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu  # torch knows the other devices' kernels only
    with FlopCounterMode(display=False, custom_mapping={on_cpu: fused}) as counter:
        result = function(*inputs)
    return result, counter.get_total_flops() // 2


def rows_that_move(cases: Mapping[str, Tensor], words: Sequence[str]) -> "Figure":
    """How far each row of each layer moves when the text changes, a table for each change.

    cases: what is done to the text -> (layers, words), the largest change in each row; nan where no row was before.
    """
    for table in cases.values():
        require_words(words, table.shape[-1:])
    layers = {len(table) for table in cases.values()}
    if len(layers) > 1:
        raise ValueError(f"the cases have {sorted(layers)} layers; they must have the same number")
    drawing, _ = figure(7, 0.9 + 0.38 * layers.pop() * len(cases) + 0.5 * len(cases), rows=len(cases))
    limit = max(STILL, *(table.nan_to_num(0).abs().max().item() for table in cases.values()))
    facts = []
    for axes, (change, table) in zip(drawing.axes, cases.items(), strict=True):
        there = ~table.isnan()
        moving = int((table.abs() >= STILL).sum())
        facts.append(f"{change}: {moving} of {int(there.sum())} rows move")
        draw_moves(axes, table, words, limit)
        headline(axes, facts[-1])
    return describe(drawing, "; ".join(facts) + ".")


def same_in_chunks(
    attention: CachedAttention, x: Tensor, words: Sequence[str], chunkings: Sequence[Sequence[int]]
) -> "Figure":
    """A text fed to the learner's attention in chunks: a row for each way to cut it, and how far it is from the whole.

    x (1, sequence, embed); a chunking lists the sizes of its chunks. Tokens whose result differs from that of the whole
    text at once are red. Raises ValueError when the chunks do not add up to the text.
    """
    require_text(x, words)
    for chunks in chunkings:
        if sum(chunks) != len(words) or min(chunks) < 1:
            raise ValueError(f"the chunks {list(chunks)} do not make {len(words)} tokens")
    whole, _ = call(attention, x, None)
    drawing, axes = figure(7, 0.9 + 0.5 * len(chunkings))
    gaps = []
    for row, chunks in enumerate(chunkings):
        gap = (in_chunks(attention, x, chunks) - whole)[0].abs().amax(dim=-1)
        gaps.append(worst(gap))
        draw_chunks(axes, row, chunks, differs=~(gap < NOTHING))
        differs = bool((~(gap < NOTHING)).any())
        axes.text(
            len(words) - 0.3,
            row,
            f"differs by {number(gaps[-1])}",
            va="center",
            color=RED if differs else INK,
        )
    axes.set_xlim(-0.5, len(words) + 1.6)
    axes.set_ylim(len(chunkings) - 0.5, -0.5)
    axes.set_xticks(range(len(words)), words)
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    same = sum(gap < NOTHING for gap in gaps)
    headline(
        axes,
        f"{same} of {len(chunkings)} ways to feed the text give the same result",
        color=INK if same == len(chunkings) else RED,
    )
    facts = "; ".join(
        f"chunks {', '.join(map(str, chunks))}: largest difference {number(gap)}"
        for chunks, gap in zip(chunkings, gaps, strict=True)
    )
    return describe(drawing, f"{same} of {len(chunkings)} ways to feed the text give the same result. {facts}.")


def one_step(
    attention: CachedAttention, x: Tensor, words: Sequence[str], prompt: int, step: int, cached: bool
) -> "Figure":
    """What one step of writing takes: rows, and pairs of a query and a key, read off from the learner's attention.

    x (1, sequence, embed): the text as it will be in the end. Step 1 reads the first `prompt` words; each later step
    reads one word more. `cached`: whether the step is given what the steps before it kept. A pair counts when the
    result of the query's row moves with the key's word. Raises IndexError when there is no such step.
    """
    require_text(x, words)
    steps = len(words) - prompt + 1
    if not 1 <= prompt <= len(words):
        raise ValueError(f"prompt is {prompt}; it must be from 1 to {len(words)} words")
    if not 1 <= step <= steps:
        raise IndexError(f"step is {step}; {len(words)} words with a prompt of {prompt} have the steps 1 to {steps}")
    end = prompt + step - 1
    remembers = cached and step > 1
    first = end - 1 if remembers else 0
    kept = [prompt] + [1] * (step - 2) if remembers else []
    pairs = reached(attention, x[:, :end], [*kept, end - first])
    expected = sum(row + 1 for row in range(first, end))
    later = int(pairs.triu(first + 1).sum())
    missing = expected - (int(pairs.sum()) - later)

    drawing, (left, right) = figure(7, 3.6, columns=2)
    left.get_gridspec().set_width_ratios([5, 4])
    draw_pairs(left, pairs, words, first, end)
    draw_rows(right, words, first, end)
    found = count(int(pairs.sum()), "pair") + " of query and key"
    fault = f"; {missing} missing" * bool(missing) + f"; {later} of later words" * bool(later)
    rows = f"{count(end - first, 'row')} computed, {first} cached"
    headline(left, found + fault, color=RED if fault else INK)
    headline(right, rows)
    way = "with" if cached else "without"
    return describe(drawing, f"Step {step} of {steps}, {way} the cache, {end} words: {rows}; {found}{fault}.")


def work(lengths: Sequence[int], without: Sequence[int], cached: Sequence[int]) -> "Figure":
    """Multiply-adds for one more token, by the length of the text, without a cache and with it."""
    drawing, axes = figure(7, 3)
    draw_lines(axes, lengths, {"without": without, "with the cache": cached})
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(lengths, [f"{length:,}" for length in lengths])
    axes.set_xlim(lengths[0] / 1.3, lengths[-1] * 4)
    axes.minorticks_off()
    axes.set_xlabel("tokens in the text")
    axes.set_ylabel("multiply-adds")
    ratio = without[-1] / cached[-1]
    headline(axes, f"One more token at {lengths[-1]:,} tokens: {number(ratio)} times the work without the cache")
    facts = "; ".join(
        f"{length:,} tokens: {slow:,} without, {fast:,} with"
        for length, slow, fast in zip(lengths, without, cached, strict=True)
    )
    return describe(drawing, f"Multiply-adds for one more token. {facts}.")


def milliseconds(lengths: Sequence[int], without: Sequence[float], cached: Sequence[float]) -> "Figure":
    """Measured time for one more token, by the length of the text."""
    drawing, axes = figure(7, 3)
    draw_lines(axes, lengths, {"without": without, "with the cache": cached})
    axes.set_xticks(lengths, [f"{length:,}" for length in lengths])
    axes.set_xlim(0, lengths[-1] * 1.35)
    axes.set_ylim(0, max(*without, *cached) * 1.1)
    axes.set_xlabel("tokens in the text")
    axes.set_ylabel("milliseconds")
    ratio = without[-1] / cached[-1]
    headline(axes, f"One more token at {lengths[-1]:,} tokens: {number(ratio)} times as fast with the cache")
    facts = "; ".join(
        f"{length:,} tokens: {slow:.2f} without, {fast:.2f} with"
        for length, slow, fast in zip(lengths, without, cached, strict=True)
    )
    return describe(drawing, f"Milliseconds for one more token. {facts}.")


def in_chunks(attention: CachedAttention, x: Tensor, chunks: Sequence[int]) -> Tensor:
    """The results for a text that is fed in chunks, each call with the cache of the one before, side by side."""
    cache, results = None, []
    for chunk in x.split(list(chunks), dim=1):
        result, cache = call(attention, chunk, cache)
        results.append(result)
    return torch.cat(results, dim=1)


def reached(attention: CachedAttention, x: Tensor, chunks: Sequence[int]) -> Tensor:
    """Which words move which rows of the last chunk: (last chunk, sequence), True where they do."""
    new = chunks[-1]
    before = in_chunks(attention, x, chunks)[0, -new:]
    moves = torch.zeros(new, x.shape[1], dtype=torch.bool)
    for word in range(x.shape[1]):
        changed = x.clone()
        changed[:, word] += 1
        moved = in_chunks(attention, changed, chunks)[0, -new:] - before
        moves[:, word] = ~(moved.abs().amax(dim=-1) < NOTHING)
    return moves


def call(attention: CachedAttention, x: Tensor, cache: object) -> tuple[Tensor, object]:
    """One call of the learner's attention. Raises TypeError or ValueError for what cannot be drawn."""
    with torch.no_grad():
        returned = attention(x, cache)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        raise TypeError(f"the attention returned {type(returned).__name__}; it must return (result, cache)")
    result, cache = returned
    require_shape("the attention", result, x.shape)
    return result, cache


def draw_moves(axes: "Axes", table: Tensor, words: Sequence[str], limit: float) -> None:
    """A row for each layer and a column for each word; 0 is pale, what was not there before says "new"."""
    import matplotlib

    shades = matplotlib.colormaps[HEAT].with_extremes(bad=PALE)
    values = table.double()
    shown = values.masked_fill(values.abs() < STILL, float("nan")).numpy()
    axes.imshow(shown, cmap=shades, vmin=0, vmax=limit, aspect="auto")
    for row, line in enumerate(values.tolist()):
        for column, value in enumerate(line):
            still = abs(value) < STILL
            text = "new" if value != value else "0" if still else f"{value:.2f}"
            color = FAINT if still or value != value else "white" if value > limit / 2 else INK
            axes.text(column, row, text, ha="center", va="center", fontsize=9, color=color)
    axes.set_xticks(range(len(words)), words)
    axes.set_yticks(range(len(table)), [f"layer {layer + 1}" for layer in range(len(table))])
    grid(axes, len(table), len(words))


def draw_chunks(axes: "Axes", row: int, chunks: Sequence[int], differs: Tensor) -> None:
    from matplotlib.patches import Rectangle

    start = 0
    for chunk in chunks:
        corner = (start - 0.44, row - 0.32)
        axes.add_patch(Rectangle(corner, chunk - 0.12, 0.64, facecolor=LIGHT_BLUE, edgecolor="none"))
        for token in range(start, start + chunk):
            if differs[token]:
                axes.add_patch(Rectangle((token - 0.44, row - 0.32), 0.88, 0.64, facecolor=RED, edgecolor="none"))
        axes.text(start + (chunk - 1) / 2, row, str(chunk), ha="center", va="center", color=INK)
        start += chunk


def draw_pairs(axes: "Axes", pairs: Tensor, words: Sequence[str], first: int, end: int) -> None:
    """The table of queries and keys: computed in this step, in an earlier one, or not at all."""
    from matplotlib.patches import Rectangle

    for query in range(len(words)):
        for key in range(len(words)):
            now = first <= query < end and key < end and bool(pairs[query - first, key])
            earlier = query < first and key <= query
            fill = ORANGE if now else LIGHT_BLUE if earlier else PALE
            axes.add_patch(Rectangle((key - 0.46, query - 0.46), 0.92, 0.92, facecolor=fill, edgecolor="none"))
            if (now and key > query) or (first <= query < end and key <= query and not now):
                frame(axes, row=query, first=key, columns=1, color=RED)
    axes.set_xlim(-0.5, len(words) - 0.5)
    axes.set_ylim(len(words) - 0.5, -0.5)
    axes.set_xticks(range(len(words)), words, rotation=45)
    axes.set_yticks(range(len(words)), words)
    axes.set_xlabel("key of")
    axes.set_ylabel("query of")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def draw_rows(axes: "Axes", words: Sequence[str], first: int, end: int) -> None:
    """Query, key and value of each word: computed, read from the cache, or not there."""
    from matplotlib.patches import Rectangle

    for row in range(len(words)):
        for column, name in enumerate(("query", "key", "value")):
            fill, text, color = PALE, "", FAINT
            if first <= row < end:
                fill, text, color = ORANGE, "computed", INK
            elif row < first and name != "query":
                fill, text, color = LIGHT_BLUE, "cache", INK
            axes.add_patch(Rectangle((column - 0.47, row - 0.46), 0.94, 0.92, facecolor=fill, edgecolor="none"))
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color=color)
    axes.set_xlim(-0.5, 2.5)
    axes.set_ylim(len(words) - 0.5, -0.5)
    axes.set_xticks(range(3), ["query", "key", "value"])
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def draw_lines(axes: "Axes", lengths: Sequence[int], lines: Mapping[str, Sequence[float]]) -> None:
    for (name, values), color in zip(lines.items(), (ORANGE, BLUE), strict=True):
        if len(values) != len(lengths):
            raise ValueError(f"{name}: {len(values)} numbers for {len(lengths)} lengths; they must match")
        axes.plot(lengths, values, marker="o", color=color, linewidth=2)
        label_line(axes, name, lengths[-1], values[-1])


def grid(axes: "Axes", rows: int, columns: int) -> None:
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for edge in range(1, columns):
        axes.axvline(edge - 0.5, color="white", linewidth=1.5)
    for edge in range(1, rows):
        axes.axhline(edge - 0.5, color="white", linewidth=1.5)


def worst(gap: Tensor) -> float:
    """The largest difference; one that is not a number is the worst of all."""
    return gap.nan_to_num(float("inf")).max().item()


def count(many: int, thing: str) -> str:
    return f"{many} {thing}{'' if many == 1 else 's'}"


def require_text(x: Tensor, words: Sequence[str]) -> None:
    if x.dim() != 3 or len(x) != 1:
        raise ValueError(f"x has shape {tuple(x.shape)}; it must be (1, sequence, embed)")
    require_words(words, x.shape[1:2])
