# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 · Rotary positions
#
# **You turn queries and keys by their positions, so that attention sees how far apart two words are, and no table
# of positions is left that could end.**
#
# | | |
# |---|---|
# | time | 45 minutes |
# | you need | attention from lesson 02, the learned positions of lesson 04; sine and cosine |
# | you will have | `RotaryPositionalEncoding`, as in Llama and Mistral |

# %%
import math

import torch
from ipywidgets import IntSlider, SelectionSlider
from torch import nn

from gpt2_ref import check, hint, progress
from gpt2_ref.figures import rotary as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your attention from lesson 02. Where it is missing, the course's own stands in, and a line says so.

# %%
from my_gpt2 import causal_attention

# %% [markdown]
# ## Why: an address says nothing about distance
#
# Attention alone does not know where a word stands. GPT-2 tells it with a table: a learned row for each of 1,024
# positions, added to the word's row. That has two weak points. The first: the table ends.

# %%
position_rows = nn.Embedding(1024, 16)
try:
    position_rows(torch.tensor([1024]))
except IndexError as error:
    print("position 1024:", error)

# %% [markdown]
# A longer table would not help by itself. A row that no text in training was long enough to reach has learned
# nothing.
#
# The second: in a text it mostly matters *how far apart* two words are. `kite` looks for a colour a few words back, at
# place 4 as at place 400. We take two words at distance 3, `red` and `kite`, and move both along the text. With rows
# of positions that are random, as a table is before training, what score do they get?

# %%
torch.manual_seed(0)
red, kite = torch.randn(2, 16)
rows = torch.randn(64, 16)  # a row for each position
to_query, to_key = torch.randn(2, 16, 16) / 4

sixty_places = torch.arange(60)
kite_asks = (kite + rows[sixty_places + 3]) @ to_query
red_offers = (red + rows[sixty_places]) @ to_key
by_table = (kite_asks * red_offers).sum(dim=-1) / 16**0.5

show(pictures.score_by_place({"rows added": by_table}))

# %% [markdown]
# The same two words, the same distance, and any score. Multiplied out, the score of
# $\texttt{kite} + \texttt{row}_{m}$ with $\texttt{red} + \texttt{row}_{n}$ has four products, and three of them hold an
# absolute place. Training can make the rows work together, but it has to teach each row its part: nothing in
# the design makes place 400 behave like place 4.
#
# We want a score that depends on the two words and on the distance, and on nothing else.

# %% [markdown]
# ## What: turn, and only the difference remains
#
# Take two numbers as an arrow in the plane. Turning the arrow $(a, b)$ by an angle $\alpha$ makes it
#
# $$
# (a \cos\alpha - b \sin\alpha, \;\; b \cos\alpha + a \sin\alpha)
# $$
#
# The dot product of two arrows is their lengths times the cosine of the angle *between* them. Turn both by the same
# angle, and it stays as it was. So let an arrow turn by 30° for each position:
#
# - a query at position $m$ is turned by $m \cdot 30°$, a key at position $n$ by $n \cdot 30°$;
# - the angle between them has changed by $(m - n) \cdot 30°$: the distance, whatever the place.
#
# **By hand**, with the query $(2, 0)$ and the key $(1, 0)$:
#
# | | query turned | key turned | dot product |
# |---|---|---|---|
# | query at 3, key at 1 | by 90°: $(0, 2)$ | by 30°: $(0.866, 0.5)$ | $0 \cdot 0.866 + 2 \cdot 0.5 = 1$ |
# | query at 4, key at 2 | by 120°: $(-1, 1.732)$ | by 60°: $(0.5, 0.866)$ | $-0.5 + 1.5 = 1$ |
#
# Both are $2 \cdot 1 \cdot \cos 60°$. In code, and further away:


# %%
def turn_arrow(arrow, angle):
    """(2,), radians -> (2,)"""
    a, b = arrow
    cosine, sine = math.cos(angle), math.sin(angle)
    return torch.tensor([a * cosine - b * sine, b * cosine + a * sine])


arrow_query, arrow_key = torch.tensor([2.0, 0.0]), torch.tensor([1.0, 0.0])
step = math.radians(30)

for m, n in [(3, 1), (4, 2), (403, 401), (3, 2), (3, 3)]:
    score = turn_arrow(arrow_query, m * step) @ turn_arrow(arrow_key, n * step)
    print(f"query at {m:3}, key at {n:3}: {score.item():.3f}")

# %% [markdown] tags=["predict"]
# **Predict.** Suppose only queries are turned, and keys stay as they are. What does the score of a query at
# position $m$ and a key at position $n$ depend on?
#
# <details><summary>A. Still on the distance m - n</summary>
#
# The distance came from a difference of two angles. With one of them missing, $n$ enters nowhere: the model cannot
# tell where the key stands.
#
# </details>
# <details><summary>B. On m alone</summary>
#
# Right. The angle between them changes by $m \cdot 30°$, as if every key stood at position 0. We measure it below.
#
# </details>
# <details><summary>C. On neither</summary>
#
# It would be so if both were turned by the *same* angle. Here one is turned and the other is not.
#
# </details>

# %% [markdown]
# ### Several pairs, like the hands of a clock
#
# One pair is not enough. At 30° for each position, distance 12 is a full turn and looks like distance 0. A clock
# has the same problem, and more than one hand. So the numbers of a query or key are taken in pairs, and pair $i$
# turns by
#
# $$
# \texttt{position} \cdot \texttt{base}^{-2i/\texttt{head\_size}} \;\; \text{radians}
# $$
#
# `base` is 10,000 in the paper. Pair 0 turns fastest, by 1 radian (57°) for each position; the last pair hardly moves.
# For `head_size` 4 there are two pairs:

# %%
position_column = torch.tensor([0, 1, 2, 100])[:, None]  # (sequence, 1)
two_speeds = 10000.0 ** (-2 * torch.arange(2) / 4)  # (pairs,)
print("speeds", two_speeds)
print("angles, a row for each position:")
print(position_column * two_speeds)  # (sequence, pairs)

# %% [markdown]
# ### Which numbers make a pair?
#
# Any fixed choice will do, as the numbers of a head have no order of their own. Two are in use:
#
# | layout | pair 0 | pair 1 | pair $i$ | |
# |---|---|---|---|---|
# | adjacent | numbers 0, 1 | 2, 3 | $2i$ and $2i + 1$ | the paper, GPT-J |
# | halves | numbers 0, 2 | 1, 3 | $i$ and $i + \texttt{head\_size}/2$ | Llama in transformers, this course |
#
# (The numbers are for `head_size` 4.) Choose the one that you find easier. By hand in halves, `[1, 2, 0, 0]` at
# position 1: pair 0 is $(1, 0)$, turned by 1 radian to $(0.540, 0.841)$. Pair 1 is $(2, 0)$, turned by 0.01 to
# $(2.000, 0.020)$. Back in their places: `[0.540, 2.000, 0.841, 0.020]`.

# %%
print(turn_arrow((1.0, 0.0), 1.0), turn_arrow((2.0, 0.0), 0.01))

# %% [markdown]
# We turn from the first number of a pair to the second, as above. The other way round works as well, as long as all
# pairs and positions do the same: scores see differences only.
#
# ### Where
#
# - **Queries and keys**, not values. Their product is a score, and in a product only the difference is left. Values
#   are not multiplied with each other: a turned value would carry its absolute place into the result.
# - **In each head, after the heads are split.** Every head has its own pairs 0, 1, 2, ... of `head_size` numbers.
# - **In every layer**, inside attention. Nothing is added to the words at the bottom.

# %% [markdown] tags=["predict"]
# **Predict, before you write it.** A query goes through the rotation at position 0, and again at position 500. What
# do you know about the two results?
#
# <details><summary>A. At position 0 it is all zeros: the angle is 0</summary>
#
# The angle is 0, but it is an angle and not a factor. Turning by nothing leaves the arrow where it is: $\cos 0 = 1$.
#
# </details>
# <details><summary>B. At position 0 it is unchanged; at 500 it is longer</summary>
#
# The first half is right. But turning does not stretch: whatever the angle, each pair keeps its length.
#
# </details>
# <details><summary>C. At position 0 it is unchanged; at 500 it has the same length</summary>
#
# Right, and both are good tests of your code. Positions that are *added*, as in GPT-2, would pass neither.
#
# </details>

# %% [markdown]
# ## Exercise: `RotaryPositionalEncoding`
#
# About 10 minutes, about five lines.
#
# - **Given**: `x`, queries or keys of shape `(batch, heads, sequence, head_size)`; `positions`, of shape
#   `(sequence,)`, one for each row of `x`. They need not start at 0, nor be consecutive.
# - **Returned**: the turned `x`, the same shape.
# - **Must hold**: pair $i$ turns by position · base$^{-2i/\texttt{head\_size}}$; the two numbers of a pair are turned
#   together; batch and heads are all treated alike.
#
# Three tools:
#
# - `first, second = x.chunk(2, dim=-1)` are the two halves, and `torch.cat([first, second], dim=-1)` joins them again;
# - for adjacent pairs, `x[..., 0::2]` and `x[..., 1::2]` are every other number, and
#   `torch.stack([first, second], dim=-1).flatten(-2)` puts them back in turn;
# - a table `(sequence, pairs)` multiplies `(batch, heads, sequence, pairs)` as it is: torch repeats it over the axes in
#   front.
#
# Stuck? `hint("RotaryPositionalEncoding")` in a new cell.


# %% name="rotary-exercise" tags=["exercise"]
class RotaryPositionalEncoding(nn.Module):
    """Turn each pair of numbers of a head by an angle that grows with the position.

    x (batch, heads, sequence, head_size), positions (sequence,) -> same shape as x
    """

    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size = head_size
        self.base = base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2], device=x.device)
        # An angle for each position and pair; the two numbers of each pair; turn; put back.
        ### BEGIN SOLUTION
        pairs = torch.arange(self.head_size // 2, device=x.device)
        angles = positions[:, None] * self.base ** (-2 * pairs / self.head_size)
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)
        ### END SOLUTION


# %% name="rotary-check" tags=["check"]
check(RotaryPositionalEncoding)

# %% [markdown]
# ## See: your pairs turn
#
# Which numbers are a pair in *your* answer, and how fast do they turn? We find out from outside: each number goes in
# alone, at position 1, and comes out as two.

# %%
eight = RotaryPositionalEncoding(8)
print("pairs (first, second):", pictures.pairs_of(eight, 8))
print("radians per position: ", pictures.speeds_of(eight, 8))

# %% [markdown]
# Here they are as clocks (the hands go against the usual direction). Each hand begins at the right, at position 0, and
# the dots show where it has been. Below is the score of a query and a key that are equal, all numbers 1, by their
# distance, as a share of that at distance 0. Each pair gives the cosine of its angle, which is how far its hand points
# to the right, and the score is the mean of the four. Position 5:

# %%
show(pictures.clocks(eight, 8, 10000.0, position=5))

# %% [markdown]
# The fast hand makes the ripples, the slow hands tell far from near. Move the position, then the base. Which hand does
# the base not change?


# %% tags=["widget"]
def draw(position, base):
    return pictures.clocks(RotaryPositionalEncoding(8, base), 8, base, position)


explore(
    draw,
    position=IntSlider(value=5, min=0, max=64, description="position"),
    base=SelectionSlider(
        options=[(f"{base:,.0f}", base) for base in (10.0, 100.0, 10000.0, 500000.0)],
        value=10000.0,
        description="base",
    ),
)

# %% [markdown]
# Pair 0: $\texttt{base}^0 = 1$, so it turns by 1 radian whatever the base. The base sets how slow the slowest hands
# are: with 10 all four go round before position 64, with 500,000 the last two hardly leave their place.
#
# ### The distance decides
#
# A random query and a random key, with the key at 0, at 100 and at 1,000. Three curves of scores, by distance:

# %%
torch.manual_seed(4)
one_query, one_key = torch.randn(2, 16)
sixteen = RotaryPositionalEncoding(16)

show(pictures.score_by_distance(sixteen, one_query, one_key, starts=[0, 100, 1000]))

# %% [markdown]
# And the two words from the beginning, at distance 3, at 60 places. Now the position is not added to the words; their
# query and key are turned:

# %%
kite_turned = sixteen((kite @ to_query).expand(1, 1, 60, 16), sixty_places + 3)
red_turned = sixteen((red @ to_key).expand(1, 1, 60, 16), sixty_places)
by_turning = (kite_turned * red_turned).sum(dim=-1)[0, 0] / 16**0.5

show(pictures.score_by_place({"rows added": by_table, "turned": by_turning}))

# %% [markdown]
# ### Near words first
#
# With 32 pairs, as in a head of 64 numbers, the ripples of many hands partly cancel out. What is left of the score when
# query and key are equal, by distance, for two bases:

# %%
bases = {"base 10,000": 10000.0, "base 500,000": 500000.0}
rotations = {name: RotaryPositionalEncoding(64, base) for name, base in bases.items()}
show(pictures.fading(rotations, 64))

# %% [markdown]
# It fades with the distance, more slowly with a larger base. This is only where a model starts: its queries and keys
# are learned, and can put their weight on slow pairs to reach far, or on fast ones to pick one distance.

# %% [markdown]
# ## Into attention
#
# Two more calls before your attention, and it knows the order of the words:


# %%
def turned_attention(query, key, value, positions):
    return causal_attention(sixteen(query, positions), sixteen(key, positions), value)


def gap(one, other):
    return f"{(one - other).abs().max().item():.3f}"


torch.manual_seed(5)
eight_words = torch.randn(3, 1, 2, 8, 16)  # query, key, value; 2 heads
shuffled = eight_words[..., [3, 0, 6, 5, 1, 4, 2, 7], :]  # the last word stays
here = torch.arange(8)

plain, with_turning = causal_attention(*eight_words), turned_attention(*eight_words, here)
print("the last word moves when the others are shuffled")
print("  no positions:", gap(causal_attention(*shuffled)[..., -1, :], plain[..., -1, :]))
print("  turned:      ", gap(turned_attention(*shuffled, here)[..., -1, :], with_turning[..., -1, :]))

# %% [markdown]
# Now shift the whole text: all positions 100 further on. And the question from above: what if other things are turned?

# %%
query, key, value = eight_words


def shift_moves(turns_key, turns_value):
    """How far the result moves when all positions grow by 100. Queries are turned in any case."""
    results = [
        causal_attention(
            sixteen(query, positions),
            sixteen(key, positions) if turns_key else key,
            sixteen(value, positions) if turns_value else value,
        )
        for positions in (here, here + 100)
    ]
    return gap(*results)


print("all positions + 100, the result moves by")
print("  queries and keys turned:  ", shift_moves(True, False))
print("  queries only:             ", shift_moves(False, False))
print("  queries, keys and values: ", shift_moves(True, True))

# %% [markdown]
# ### With a cache, positions go on
#
# Lesson 06 feeds the new tokens only. They stand behind the cached ones, and `positions` says so. The cache keeps
# keys *after* they are turned: a word's place does not change, so a key is turned once.

# %%
whole_key = sixteen(key)
in_two_parts = [sixteen(key[:, :, :5]), sixteen(key[:, :, 5:], torch.arange(5, 8))]
from_0_again = [sixteen(key[:, :, :5]), sixteen(key[:, :, 5:])]
print("positions go on:     ", gap(torch.cat(in_two_parts, dim=2), whole_key))
print("positions start at 0:", gap(torch.cat(from_0_again, dim=2), whole_key))

# %% [markdown]
# ## Beyond the trained length
#
# No table, so nothing ends. Say a model was trained on texts of 1,024 tokens. Here are 4,096, in a head of 64:

# %%
torch.manual_seed(6)
long_head = torch.randn(3, 1, 1, 4096, 64)
far = torch.arange(4096)
wide = rotations["base 10,000"]

with torch.no_grad():
    long_result = causal_attention(wide(long_head[0], far), wide(long_head[1], far), long_head[2])
print(tuple(long_result.shape), "all finite:", long_result.isfinite().all().item())

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** It runs. But has the model *met* the angles that it gets now? Of the 32
# pairs, how many go all the way round at least once within 1,024 positions?
#
# <details><summary>A. All 32: 1,024 is a large number</summary>
#
# The last pair turns by 10000^(-62/64) = 0.00013 radians for each position. Times 1,024, that is 0.137 radians, or 8
# degrees.
#
# </details>
# <details><summary>B. 18 of them</summary>
#
# Right. The other 14 have shown the model only a part of the circle. After position 1,023 they go on into the rest of
# it.
#
# </details>
# <details><summary>C. Only the first</summary>
#
# It goes round 163 times. Each pair is slower than the one before by a factor of 0.75 only, so it takes 18 of them to
# come below one turn.
#
# </details>

# %%
wide_speeds = pictures.speeds_of(wide, 64)
show(pictures.turns(wide_speeds, trained=1024, longer=4096))

# %% [markdown]
# A pair that has been round meets no new angle, however long the text. The orange ones do: at 4,096 tokens they stand
# where they never stood in training, and what the layers make of that was never corrected. So *runs* is computed here,
# and *is good* is not promised.
#
# Two ways out, for the slowest pair:

# %%
slowest = wide_speeds[-1].item()
slower = pictures.speeds_of(rotations["base 500,000"], 64)[-1].item()
print("largest angle of the slowest pair, in degrees")
print(f"  1,024 positions, as trained:     {math.degrees(1024 * slowest):.3g}")
print(f"  4,096 positions:                 {math.degrees(4096 * slowest):.3g}")
print(f"  4,096, each divided by 4:        {math.degrees(4096 / 4 * slowest):.3g}")
print(f"  4,096, base 500,000:             {math.degrees(4096 * slower):.3g}")

# %% [markdown]
# - **Position interpolation** ([Chen et al. 2023](https://arxiv.org/abs/2306.15595)): divide the positions. All angles
#   lie where training was. The price: neighbours are now a quarter of a position apart, which is new to the fast
#   pairs. The paper trains for up to 1,000 more steps, and takes Llama from 2,048 to 32,768 tokens.
# - **A larger base**: the fastest pair stays as it is, and each later one is slowed down more than the one before.
#   Llama 3 is trained with 500,000.
#
# Neither makes a model good at long texts without training on some.

# %% [markdown]
# ## In the wild
#
# - **The paper**: *RoFormer* ([Su et al. 2021](https://arxiv.org/abs/2104.09864)). Equation 15 is the rotation, with
#   adjacent pairs. Section 3.4.3 is about the fading that you drew.
# - **GPT-J** (2021) turns adjacent pairs, and only the first 64 of the 256 numbers of a head.
# - **Llama** ([Touvron et al. 2023](https://arxiv.org/abs/2302.13971)) and **Mistral**
#   ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)) turn whole heads, and have no learned positions. As Meta
#   released it, Llama turns adjacent pairs; for transformers, which turns halves, its weights were put in another
#   order.
# - **Llama 3** ([2024](https://arxiv.org/abs/2407.21783)): base 500,000.
# - **In this repository**: `gpt2_ref/model/rotary.py`. It computes the angles in float64, and `adjacent=True` is the
#   other layout.
#
# That other order is `gpt2_ref.swap_layout`. It reorders the rows of the query and key projections, so that the numbers
# of a pair come out where the other layout looks for them. Are the scores the same?

# %%
import gpt2_ref

torch.manual_seed(7)
six_tokens = torch.randn(1, 6, 32)
projections = torch.randn(2, 32, 32) / 32**0.5  # of queries and of keys, (out, in)


def layout_scores(encoding, weights):
    """Four heads of 8, projected, split, turned, multiplied."""
    asks, offers = ((six_tokens @ weight.T).view(1, 6, 4, 8).transpose(1, 2) for weight in weights)
    return encoding(asks) @ encoding(offers).transpose(-2, -1)


in_halves = gpt2_ref.RotaryPositionalEncoding(8)
in_adjacent = gpt2_ref.RotaryPositionalEncoding(8, adjacent=True)
reordered = [gpt2_ref.swap_layout(weight, 4, to_adjacent=True) for weight in projections]
expected_scores = layout_scores(in_halves, projections)
print("adjacent, the same weights:", gap(layout_scores(in_adjacent, projections), expected_scores))
print("adjacent, reordered:       ", gap(layout_scores(in_adjacent, reordered), expected_scores))

# %% [markdown]
# A Llama checkpoint in the wrong layout loads without a complaint: every shape fits. Only its scores are wrong.
#
# Last, your rotation beside that of transformers. `their_order` lists the first numbers of your pairs and then the
# second, which is where transformers has them. (With halves, as in the solution, it is 0 to 15.)

# %%
from transformers import LlamaConfig
from transformers.models.llama import modeling_llama as llama

their_rotary = llama.LlamaRotaryEmbedding(LlamaConfig(hidden_size=32, num_attention_heads=2))
cosines, sines = their_rotary(six_tokens, torch.arange(50, 56)[None])  # positions 50 to 55

torch.manual_seed(8)
asked_of_both = torch.randn(2, 1, 2, 6, 16)  # queries and keys, 2 heads of 16
their_order = pictures.order_of(sixteen, 16)
theirs = llama.apply_rotary_pos_emb(*asked_of_both[..., their_order], cosines, sines)
for name, mine, their in zip(("queries", "keys"), asked_of_both, theirs, strict=True):
    print(f"{name:7} differ by", gap(sixteen(mine, torch.arange(50, 56))[..., their_order], their))

# %% [markdown]
# ## Recap
#
# 1. Pairs of a query and a key turn by an angle proportional to their positions; a dot product sees the difference of
#    the angles only, so the score depends on the distance.
# 2. Many speeds, from 1 radian for each position down to almost none, tell near from far. Position 0 changes nothing,
#    lengths stay, values are left alone.
# 3. Nothing ends at the trained length, but slow pairs meet angles there that were not met in training.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked, but for the first; for those who want more.
#
# 1. **Complex numbers.** A pair is also one complex number, and turning is one product: `torch.view_as_complex`,
#    `torch.polar(ones, angles)`, `torch.view_as_real`. `check(RotaryPositionalEncoding)` accepts it.
# 2. **Interpolation.** Give the rotation `positions / 4`. Which distance now has the score that distance 1 had? Predict
#    first.
#
#    <details><summary>What you should see</summary>
#
#    Distance 4. All curves of this lesson are drawn out to four times their width. (Your code may need positions that
#    are whole numbers, if it looks angles up in a table.)
#
#    </details>
# 3. **Some of the numbers.** As in GPT-J, turn only some of the numbers of a head and leave the others as they are.
#    What can a head do with numbers that never turn?
#
# **Next**: lesson 10 puts window, groups and rotation together, into a GPT-2 with attention to choose.
