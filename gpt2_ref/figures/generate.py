"""The pictures of lesson 05: what the dials do to a distribution, what is drawn, and what the model is shown.

What a sampler draws depends on chance and on the machine. Texts and titles therefore say whether the shares are
within what chance allows, and give the drawn shares themselves only where they are not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gpt2_ref.figures.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, describe, figure, headline
from gpt2_ref.figures.look_inside import visible_text
from gpt2_ref.model.generation import require_sampling

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Sampler = Callable[[Tensor, float, int | None, float | None], Tensor]
"""``(logits (batch, vocab), temperature, top_k, top_p)`` -> ids (batch,)."""

PALE, LIGHT = "#eef0f2", "#9ecae1"
DEVIATIONS = 5
"""How many standard deviations of chance a drawn share may lie from the exact one."""


def exact(logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    """The probability of each token, (vocab,) -> (vocab,) in float64: temperature, then top-k, then top-p.

    No two logits may be equal where a limit falls between them. Raises ValueError for limits that make no sense.
    """
    require_sampling(temperature, top_k, top_p)
    if logits.dim() != 1:
        raise ValueError(f"logits has shape {tuple(logits.shape)}; it must be one row, (vocab,)")
    ordered, order = logits.double().sort(descending=True)
    if temperature == 0:
        chosen = torch.eye(1, len(ordered), dtype=torch.float64)[0]
    else:
        chosen = (ordered / temperature).softmax(dim=0)
        if top_k is not None:
            chosen[top_k:] = 0
            chosen /= chosen.sum()
        if top_p is not None:
            chosen[chosen.cumsum(dim=0) - chosen >= top_p] = 0
            chosen /= chosen.sum()
    return torch.zeros_like(chosen).scatter(0, order, chosen)


def distributions(words: Sequence[str], shares: Mapping[str, Tensor]) -> "Figure":
    """Some distributions over the same words, side by side.

    shares: title -> (words,), the probability of each word. Raises ValueError when a length does not match.
    """
    for title, share in shares.items():
        require_words(words, share, title)
    drawing, _ = figure(7, 2.5, columns=len(shares))
    top = max(share.max().item() for share in shares.values())
    for axes, (title, share) in zip(drawing.axes, shares.items(), strict=True):
        draw_bars(axes, words, share.tolist(), [BLUE] * len(words))
        axes.set_ylim(0, top * 1.15)
        headline(axes, title)
        if axes is not drawing.axes[0]:
            axes.set_yticklabels([])
    drawing.axes[0].set_ylabel("probability")
    return describe(drawing, " ".join(f"{title}: {in_words(words, share)}." for title, share in shares.items()))


def two_cuts(rows: Mapping[str, tuple[Sequence[str], Tensor]], top_k: int, top_p: float) -> "Figure":
    """What top-k and what top-p keep of each distribution: kept words in colour, cut ones in grey.

    rows: title -> (words, logits (words,)). Raises ValueError when a length does not match.
    """
    drawing, _ = figure(7, 2.3 * len(rows), rows=len(rows), columns=2)
    facts = []
    for place, (title, (words, logits)) in enumerate(rows.items()):
        require_words(words, logits, title)
        shares = exact(logits)
        cuts = {f"top_k = {top_k}": exact(logits, top_k=top_k), f"top_p = {top_p:g}": exact(logits, top_p=top_p)}
        for axes, (cut, kept) in zip(drawing.axes[2 * place :], cuts.items(), strict=False):
            colors = [BLUE if share > 0 else GREY for share in kept]
            draw_bars(axes, words, shares.tolist(), colors, rotated=True)
            axes.set_ylim(0, shares.max().item() * 1.2)
            number_kept, total = int((kept > 0).sum()), shares[kept > 0].sum().item()
            headline(axes, f"{title}, {cut}: keeps {number_kept}")
            facts.append(f"{title}, {cut}: keeps {number_kept} of {len(words)} words with {share_text(total)} together")
        drawing.axes[2 * place].set_ylabel("probability")
    return describe(drawing, "; ".join(facts) + ".")


def drawn(
    sample: Sampler,
    logits: Tensor,
    words: Sequence[str],
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    draws: int = 4000,
    shown: int | None = None,
) -> "Figure":
    """How often the learner's sampler draws each word, as dots on the exact probabilities.

    logits (vocab,), one word for each. All draws are one call with a batch of `draws` equal rows; the random state
    is as before afterwards. With `shown`, only so many of the most likely words get a bar, and the others share one.
    Raises TypeError or ValueError when the sampler returns anything but ids (draws,).
    """
    require_words(words, logits, "logits")
    wanted = exact(logits, temperature, top_k, top_p)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        ids = sample(logits.repeat(draws, 1), temperature, top_k, top_p)
    require_ids(ids, draws, len(words))
    shares = ids.bincount(minlength=len(words)).double() / draws
    possible = f"{int((wanted > 0).sum()):,} of {len(words):,} tokens can come"
    if shown is not None and shown < len(words):
        likeliest = logits.argsort(descending=True, stable=True)[:shown]
        others = f"{len(words) - shown:,} others"
        words = [*(visible_text(words[place], quoted=False) for place in likeliest.tolist()), others]
        shares, wanted = (together(share, likeliest) for share in (shares, wanted))
    off = beyond_chance(shares, wanted, draws)

    drawing, axes = figure(7, 3.2)
    places = range(len(words))
    axes.bar(places, wanted.tolist(), color=LIGHT, width=0.7, label="exact probability")
    for place, share in zip(places, wanted.tolist(), strict=True):
        axes.annotate(
            share_text(share),
            (place, max(share, shares[place].item())),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=INK if share > 0 else GREY,
        )
    colors = [RED if wrong else ORANGE for wrong in off.tolist()]
    axes.scatter(places, shares.tolist(), color=colors, s=40, zorder=3, label="share of your draws")
    axes.set_xticks(places, words, rotation=0 if shown is None else 30)
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(0, max(wanted.max().item(), shares.max().item()) * 1.18)
    axes.set_ylabel("probability")
    axes.legend(frameon=False, loc="upper right" if shown is None else "upper center")
    verdict = furthest_off(words, shares, wanted, off) if off.any() else f"{possible}, all as often as they should"
    headline(axes, f"{draws:,} draws: {verdict}", color=RED if off.any() else INK)
    dials = f"Temperature {temperature:g}, top_k {top_k or 'none'}, top_p {f'{top_p:g}' if top_p else 'none'}"
    return describe(drawing, f"{dials}. Exact probabilities: {in_words(words, wanted)}. {draws:,} draws: {verdict}.")


def together(shares: Tensor, chosen: Tensor) -> Tensor:
    """The shares at some places, (vocab,) -> (chosen + 1,), and last the sum of all others."""
    return torch.cat([shares[chosen], shares.index_fill(0, chosen, 0).sum(dim=0, keepdim=True)])


def beyond_chance(shares: Tensor, wanted: Tensor, draws: int) -> Tensor:
    """Which shares of `draws` draws lie further from the probability than chance explains; (vocab,) boolean."""
    # The standard deviation says too little about a token that is expected less than once: a few draws more.
    allowed = DEVIATIONS * ((wanted * (1 - wanted) / draws).sqrt() + (wanted > 0) / draws)
    return (shares - wanted).abs() > allowed


def furthest_off(words: Sequence[str], shares: Tensor, wanted: Tensor, off: Tensor) -> str:
    worst = int(((shares - wanted).abs() * off).argmax())
    wrong = f"“{words[worst]}” {share_text(shares[worst].item())} instead of {share_text(wanted[worst].item())}"
    return f"{int(off.sum())} of {len(words)} bars differ, {wrong}"


def next_tokens(logits: Mapping[str, Tensor], tokens: Sequence[str], shown: int = 8, top_p: float = 0.9) -> "Figure":
    """The most likely next tokens of some texts, side by side, and how many of all tokens it takes to reach `top_p`.

    logits: name of the text -> (vocab,), one for each of the tokens. Raises ValueError when a length does not match.
    """
    for name, row in logits.items():
        require_words(tokens, row, name)
    drawing, _ = figure(7, 0.75 + 0.27 * shown, columns=len(logits))
    facts = []
    for axes, (name, row) in zip(drawing.axes, logits.items(), strict=True):
        shares = exact(row)
        best = shares.argsort(descending=True, stable=True)[:shown].tolist()
        heights = shares[best].tolist()
        kept = int((exact(row, top_p=top_p) > 0).sum())
        axes.barh(range(len(best)), heights, color=BLUE, height=0.7)
        for place, share in enumerate(heights):
            axes.text(share, place, f" {percent(share)}", va="center", fontsize=8, color=INK)
        axes.set_yticks(range(len(best)), [visible_text(tokens[token], quoted=False) for token in best], fontsize=9)
        axes.set_ylim(len(best) - 0.4, -0.6)
        axes.set_xlim(0, 1.3 * max(heights))
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(f"{name}\n{top_p:.0%} in {kept:,} of {len(tokens):,}", loc="left", fontsize=9, color=INK)
        pairs = zip(best, heights, strict=True)
        listed = ", ".join(f"{visible_text(tokens[token])} {percent(share)}" for token, share in pairs)
        facts.append(f"{name}: {listed}; {kept:,} of {len(tokens):,} tokens have {top_p:.0%} together")
    return describe(drawing, ". ".join(facts) + ".")


def what_the_model_sees(
    generate: Callable[..., Tensor], prompt_length: int = 5, max_length: int = 14, context_size: int = 8
) -> "Figure":
    """Each call that the learner's `generate` makes to a model: what it shows, and what it only keeps.

    The model counts: after the id 7 it expects 8. So with a prompt 0, 1, 2, ... every id is its own place in the
    text. It raises ValueError for more than `context_size` ids. Raises TypeError or ValueError when generate returns
    no tensor of ids (1, length).
    """
    model = Counting(max_length + 1, context_size)
    result = generate(model, torch.arange(prompt_length)[None], max_length, 1, 0)
    if not isinstance(result, Tensor):
        raise TypeError(f"generate returned {type(result).__name__}; it must return a tensor")
    if result.dim() != 2 or len(result) != 1:
        raise ValueError(f"generate returned shape {tuple(result.shape)}; it must be (1, {max_length})")
    complete = result[0].tolist() == list(range(max_length))
    longest = max(map(len, model.seen), default=0)
    verdict = f"the model sees at most {longest} tokens, the result keeps " + (
        f"all {max_length}" if complete else f"{result.shape[1]} of {max_length}"
    )

    drawing, axes = figure(7, 0.55 + 0.3 * (len(model.seen) + 1))
    for step, ids in enumerate(model.seen):
        draw_text_row(axes, step, range(max(ids) + 1), seen=set(ids), new=max(ids) + 1)
    draw_text_row(axes, len(model.seen) + 0.4, result[0].tolist(), seen=set(), new=None)
    axes.set_yticks(
        [*range(len(model.seen)), len(model.seen) + 0.4],
        [*(f"step {step + 1}" for step in range(len(model.seen))), "result"],
    )
    axes.set_xlim(-0.6, max(max_length, result.shape[1]) - 0.4)
    axes.set_ylim(len(model.seen) + 1, -0.6)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    headline(axes, verdict[0].upper() + verdict[1:], color=INK if complete else RED)
    steps = "; ".join(f"step {step + 1} sees {span(ids)}" for step, ids in enumerate(model.seen))
    return describe(
        drawing, f"{len(model.seen)} steps, context_size {context_size}: {verdict}. Places in the text: {steps}."
    )


class Counting(nn.Module):
    """A model that is sure that after the id n comes n + 1, and keeps what it was shown in `seen`."""

    def __init__(self, vocab_size: int, context_size: int):
        super().__init__()
        self.vocab_size = vocab_size
        self.context_size = context_size
        self.sureness = nn.Parameter(torch.tensor(10.0))  # a parameter, for those who ask a model for its device
        self.seen: list[list[int]] = []

    def forward(self, ids: Tensor) -> Tensor:
        if ids.shape[1] > self.context_size:
            raise ValueError(f"{ids.shape[1]} tokens are more than the context of {self.context_size}")
        self.seen.append(ids[0].tolist())
        following = (ids + 1).clamp(max=self.vocab_size - 1)
        return self.sureness * nn.functional.one_hot(following, self.vocab_size)


def trade_off(temperatures: Sequence[float], shares: Mapping[str, Sequence[float]]) -> "Figure":
    """Shares, one line each, over the temperature a text was written with.

    shares: name of the line -> a number from 0 to 1 for each temperature. Raises ValueError when lengths differ or a
    share is not in 0 to 1.
    """
    for name, values in shares.items():
        if len(values) != len(temperatures) or not all(0 <= value <= 1 for value in values):
            raise ValueError(f"{name} is {list(values)}; give {len(temperatures)} shares from 0 to 1")
    drawing, axes = figure(7, 3)
    for (name, values), color in zip(shares.items(), (BLUE, ORANGE, GREEN), strict=False):
        axes.plot(temperatures, values, marker="o", color=color, linewidth=2)
        axes.annotate(name, (temperatures[-1], values[-1]), xytext=(10, 0), textcoords="offset points", va="center")
        for place, (temperature, value) in enumerate(zip(temperatures, values, strict=True)):
            # A number stands on the side of its line that is away from the others.
            highest = value >= max(others[place] for others in shares.values())
            axes.annotate(
                f"{value:.0%}",
                (temperature, value),
                xytext=(0, 6 if highest else -14),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=INK,
            )
    axes.set_ylim(-0.12, 1.14)
    axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
    axes.set_xticks(list(temperatures), [f"{temperature:g}" for temperature in temperatures])
    axes.set_xlim(temperatures[0] - 0.08, temperatures[-1] + 0.35 * (temperatures[-1] - temperatures[0]))
    axes.set_xlabel("temperature")
    headline(axes, ", ".join(f"{name}: {values[0]:.0%} to {values[-1]:.0%}" for name, values in shares.items()))
    facts = "; ".join(
        f"{name}: "
        + ", ".join(f"{value:.0%} at {temperature:g}" for temperature, value in zip(temperatures, values, strict=True))
        for name, values in shares.items()
    )
    return describe(drawing, f"By temperature. {facts}.")


def live_text() -> Callable[[str], None]:
    """A place in the notebook's output; the returned function writes a text there, in place of the one before."""
    from IPython.display import display

    place = display({"text/plain": "..."}, raw=True, display_id=True)

    def write(text: str) -> None:
        if place is not None:  # outside a notebook nothing can be written over
            place.update({"text/plain": text}, raw=True)

    return write


def share_text(share: float) -> str:
    """A probability with three decimals; 0 only for what cannot come."""
    return "0" if share == 0 else "<0.001" if share < 0.0005 else f"{share:.3f}"


def percent(share: float) -> str:
    return "<1%" if share < 0.005 else f"{share:.0%}"


def in_words(words: Sequence[str], shares: Tensor) -> str:
    return ", ".join(f"{word} {share_text(share)}" for word, share in zip(words, shares.tolist(), strict=True))


def span(ids: Sequence[int]) -> str:
    return f"{min(ids)} to {max(ids)}"


def draw_bars(
    axes: "Axes", words: Sequence[str], shares: Sequence[float], colors: Sequence[str], rotated: bool = False
) -> None:
    places = range(len(words))
    axes.bar(places, shares, color=colors, width=0.7)
    for place, share in zip(places, shares, strict=True):
        text = share_text(share) if len(words) < 7 else f"{share:.2f}"
        axes.annotate(text, (place, share), ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_xticks(places, words, rotation=35 if rotated else 0, fontsize=9)
    axes.tick_params(axis="x", length=0)


def draw_text_row(axes: "Axes", y: float, ids: Sequence[int], seen: set[int], new: int | None) -> None:
    """One text as a row of boxes: blue what the model sees, grey what is only kept, orange what it adds."""
    from matplotlib.patches import Rectangle

    for place, token in enumerate([*ids, *([] if new is None else [new])]):
        fill = ORANGE if token == new else BLUE if token in seen else PALE
        axes.add_patch(Rectangle((place - 0.5, y - 0.4), 1, 0.8, facecolor=fill, edgecolor="white"))
        axes.text(place, y, str(token), ha="center", va="center", fontsize=9, color="white" if fill == BLUE else INK)


def require_words(words: Sequence[str], shares: Tensor, name: str) -> None:
    if shares.shape != (len(words),):
        raise ValueError(f"{name} has shape {tuple(shares.shape)}; with {len(words)} words it must be ({len(words)},)")


def require_ids(ids: object, draws: int, vocab_size: int) -> None:
    """Raise unless `ids` is what a sampler returns for `draws` rows: whole numbers, (draws,), inside the vocabulary."""
    if not isinstance(ids, Tensor):
        raise TypeError(f"the sampler returned {type(ids).__name__}; it must return a tensor")
    if ids.shape != (draws,) or ids.is_floating_point():
        raise ValueError(f"the sampler returned {ids.dtype} of shape {tuple(ids.shape)}; it must be ids of ({draws},)")
    if not 0 <= ids.min() <= ids.max() < vocab_size:
        raise ValueError(f"the sampler drew ids from {ids.min()} to {ids.max()}; the vocabulary has {vocab_size}")
