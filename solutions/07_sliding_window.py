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
# # 07 · Sliding-window attention
#
# **You let each token look back a fixed number of tokens. The cost then grows with the length of the text, not with
# its square, and a stack of layers still reaches far.**
#
# | | |
# |---|---|
# | time | 50 minutes |
# | you need | attention and its mask from lesson 02; for one section, the cache of lesson 06 |
# | you will have | `sliding_window_mask` and `SlidingWindowAttention`, and you know how far a stack of them sees |

# %%
import time

import torch
import torch.nn.functional as F
from ipywidgets import IntSlider
from torch import nn

import gpt2_ref
from gpt2_ref import check, hint, progress
from gpt2_ref.figures import sliding_window as pictures
from gpt2_ref.figures.canvas import explore, show
from gpt2_ref.figures.kv_cache import counted
from gpt2_ref.model.functional import Window, attend_window, visible

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your own pieces from lesson 02. Where one is missing, the course's own stands in, and a line says so.

# %%
from my_gpt2 import MultiHeadSelfAttention, causal_attention

# %% [markdown]
# ## Why: two things grow without end
#
# In causal attention a token sees itself and all earlier ones. In a text of n tokens that makes
# $1 + 2 + \dots + n = n (n + 1) / 2$ pairs of a query and a key, in every layer and every head. And the cache of
# lesson 06 keeps every token: 73,728 bytes each in the smallest GPT-2.

# %%
print(" tokens          pairs        cache")
for length in (1024, 2048, 16_384, 131_072):
    print(f"{length:7,} {length * (length + 1) // 2:14,} {length * 73_728 / 1e6:9,.0f} MB")

# %% [markdown]
# Twice the tokens, four times the pairs. At 131,072 tokens there are 8.6 billion of them, and the cache of **one** text
# is 19 times as large as the 498 MB of weights.
#
# The way out is a bet: most of what a token needs stands close by, and what stands further away can be handed on
# from layer to layer. This lesson makes the bet precise, and measures what it saves and how far it reaches.

# %% [markdown]
# ## What: the last few tokens, and no more
#
# A token sees the last $w$ tokens, **itself included**. $w$ is the *window size*. Query $i$ sees the keys
#
# $$
# i - w + 1, \; \dots, \; i
# $$
#
# and of those only the ones that exist. Everything else stays as it was: scores, softmax, mixing.
#
# **By hand**, five tokens and $w = 3$. Row = who asks, column = who is seen:

# %%
band = torch.tensor(
    [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [0, 1, 1, 1, 0],  # token 3 sees 1, 2 and 3
        [0, 0, 1, 1, 1],  # token 4 sees 2, 3 and 4
    ]
).bool()

# %% [markdown]
# The triangle of lesson 02 has become a band. For attention itself we need a function that takes any mask. This one
# is given. It is `causal_attention`, with the triangle handed in:


# %%
def masked_attention(query, key, value, seen):
    """query, key, value (batch, heads, sequence, head_size); seen (sequence, sequence) -> same shape as value"""
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
    return weights @ value


# %% [markdown]
# Give all five tokens the query 0. Then all scores are 0, all weights of a row are equal, and attention is the plain
# average of what is seen. The values are 6, 12, 30, 0 and 18. Token 3 sees 12, 30 and 0: $42 / 3 = 14$. Token 4 sees
# 30, 0 and 18: $48 / 3 = 16$.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** What comes out for the **first** token, whose value is 6?
#
# <details><summary>A. 2: a third of 6, as its window holds three places</summary>
#
# Tempting. But there are no tokens before it, and a place without a token has no score. A softmax shares a total of 1
# among the scores that are there.
#
# </details>
# <details><summary>B. 6: it sees only itself</summary>
#
# Right. Its window is cut off at the beginning of the text. One score is left, so its weight is 1.
#
# </details>
# <details><summary>C. nan: it sees nothing</summary>
#
# That happens if the window does not include the token itself: the first row of the mask is empty, and a softmax over
# nothing is not a number. So the window must include it.
#
# </details>

# %%
values = torch.tensor([6.0, 12.0, 30.0, 0.0, 18.0])[None, None, :, None]  # (1, 1, 5, 1)
zeros = torch.zeros(1, 1, 5, 1)

print("window 3:   ", masked_attention(zeros, zeros, values, band).flatten())
print("all earlier:", causal_attention(zeros, zeros, values).flatten())

# %% [markdown]
# ### The mask from distances
#
# How do you write such a band for any length? Ask how far back each key stands: position of the query minus position
# of the key.

# %%
positions = torch.arange(5)
distance = positions[:, None] - positions[None, :]  # (5, 1) - (1, 5) -> (5, 5)
distance

# %% [markdown]
# On the diagonal the distance is 0: a token and itself. Below it are the earlier tokens, above it, negative, the later
# ones. Compare with `band`: which distances are seen? (The triangle was all distances from 0 up.)

# %% [markdown] tags=["predict"]
# **Predict.** Our eight words are `tom has a red kite and it is`. `red` is at position 3 and `is` at position 7. What
# is the smallest window in which `is` sees `red`?
#
# <details><summary>A. 3: three words stand between them</summary>
#
# A window of 3 holds `and`, `it` and `is` itself. It ends two words short of `red`.
#
# </details>
# <details><summary>B. 4: it is four words back</summary>
#
# The most common mistake with windows. The token itself takes one place, so a window of 4 reaches 3 back: `kite`,
# `and`, `it`, `is`.
#
# </details>
# <details><summary>C. 5: four words back, and itself</summary>
#
# Right. A window of w reaches w - 1 back.
#
# </details>

# %% [markdown]
# ## Exercise 1: `sliding_window_mask`
#
# About 5 minutes, two or three lines.
#
# - **Given**: `length`, the number of tokens, and `window_size`, 1 or more.
# - **Returned**: a boolean tensor of shape `(length, length)`.
# - **Must hold**: row i is `True` in the columns from i - window_size + 1 to i, as far as they exist, and
#   `False` elsewhere. `window_size` may be larger than `length`.
#
# Two boolean tensors are joined by `&`, each comparison in parentheses: `(a >= 1) & (a < 4)`. Stuck?
# `hint("sliding_window_mask")` in a new cell.


# %% name="mask-exercise" tags=["exercise"]
def sliding_window_mask(length, window_size):
    """Who sees whom: (length, length), True where query i (row) may see key j (column)."""
    ### BEGIN SOLUTION
    positions = torch.arange(length)
    distance = positions[:, None] - positions[None, :]
    return (distance >= 0) & (distance < window_size)
    ### END SOLUTION


# %% name="mask-check" tags=["check"]
check(sliding_window_mask)

# %% [markdown]
# ## See: the band
#
# Your mask for the eight words and a window of 4. `is` does not see `red`:

# %%
words = ["tom", "has", "a", "red", "kite", "and", "it", "is"]

show(pictures.mask(sliding_window_mask(8, 4), words, 4))

# %% [markdown]
# In lesson 02, `is` asked for a colour: the score of `red` was 4, those of the others 0. What is left of it in windows
# of different sizes?

# %%
scores = torch.zeros(8, 8)
scores[words.index("is"), words.index("red")] = 4

for window_size in (3, 4, 5, 8):
    masked = scores.masked_fill(~sliding_window_mask(8, window_size), float("-inf"))
    share = masked.softmax(dim=-1)[words.index("is"), words.index("red")].item()
    print(f"window {window_size}: {share:.2f} of the weight goes to red")

# %% [markdown]
# That is the price of the bet: in a window of 4 the answer is not there, however well it fits.
#
# And a window that covers the whole text must change nothing. Your mask in `masked_attention`, against **your**
# `causal_attention` of lesson 02:

# %%
torch.manual_seed(7)
query, key, value = torch.randn(3, 2, 4, 8, 16)  # each (2, 4, 8, 16)

for window_size in (7, 8, 1000):
    in_window = masked_attention(query, key, value, sliding_window_mask(8, window_size))
    gap = (in_window - causal_attention(query, key, value)).abs().max().item()
    print(f"window {window_size:4}, 8 tokens: the same: {gap < 1e-5}")

# %% [markdown]
# ## Exercise 2: `SlidingWindowAttention`
#
# About 10 minutes, about six lines. The layers and `split_heads` are those of lesson 02.
#
# - **Given**: `embed_size`, `num_heads` and `window_size`; `x` of shape `(batch, sequence, embed_size)`.
# - **Returned**: the same shape as `x`.
# - **Must hold**: query i sees the keys i - window_size + 1 to i. All else is as in `MultiHeadSelfAttention`. The text
#   may be shorter or longer than the window.
#
# The length of a text is known only in `forward`: `x.shape[1]`. Use `masked_attention`. Stuck?
# `hint("SlidingWindowAttention")`.


# %% name="window-exercise" tags=["exercise"]
class SlidingWindowAttention(nn.Module):
    """Self-attention in which a token sees itself and the window_size - 1 tokens before it.

    x (batch, sequence, embed_size) -> same shape
    """

    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.window_size = window_size
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def split_heads(self, projected):
        """(batch, sequence, embed_size) -> (batch, heads, sequence, head_size)"""
        batch, sequence, _ = projected.shape
        return projected.view(batch, sequence, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x):
        # Project and split, mask, attend, merge, project.
        ### BEGIN SOLUTION
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x))
        value = self.split_heads(self.value(x))
        seen = sliding_window_mask(x.shape[1], self.window_size).to(x.device)
        mixed = masked_attention(query, key, value, seen)
        return self.output(mixed.transpose(1, 2).reshape(x.shape))
        ### END SOLUTION


# %% name="window-check" tags=["check"]
check(SlidingWindowAttention)

# %% [markdown]
# ## See: how far a stack reaches
#
# A model has many layers, and each works on what the one before has made. So the question is not what one layer
# sees, but how far a change travels.

# %% [markdown] tags=["predict"]
# **Predict.** The window is 3. `is`, at position 7, does not see `red`, at position 3. After how many layers can the
# row of `is` depend on `red`?
#
# <details><summary>A. Never: it is outside the window</summary>
#
# In one layer, yes. But `is` sees `and`, and after the first layer the row of `and` is made of `red`, `kite` and `and`.
#
# </details>
# <details><summary>B. 2</summary>
#
# Right. In the first layer `red` gets into the row of `and`, two further on. In the second, `is` reads the row of
# `and`, two further on again.
#
# </details>
# <details><summary>C. 4: one word a layer</summary>
#
# That would be a window of 2. With 3, each layer carries a change up to two words further.
#
# </details>

# %% [markdown]
# **Why, in general.** After one layer, row $i$ is made of the rows $i - (w - 1)$ to $i$. The oldest of them was made,
# one layer earlier, of rows that go back another $w - 1$. Each layer adds $w - 1$. So $L$ layers reach
#
# $$
# L \cdot (w - 1)
# $$
#
# tokens back. What surrounds attention in a block changes nothing in this: residual, layer norm and feed-forward
# handle each token alone.
#
# We measure it, on a stack of **your** attention, each layer in a residual stream as in lesson 03: change a token, and
# see whether the last row moves. The first token from the left that moves it tells the reach.


# %%
def stack_of(num_layers, window_size):
    """Layers of your attention with random weights, large enough for small effects to be seen."""
    torch.manual_seed(7)
    layers = [SlidingWindowAttention(16, 4, window_size).eval() for _ in range(num_layers)]
    for layer in layers:
        layer(torch.zeros(1, 1, 16))  # lazy layers have parameters only from their first call on
        for parameter in layer.parameters():
            nn.init.normal_(parameter, std=0.25)
    return layers


def through(layers, x):
    for layer in layers:
        x = x + layer(x)
    return x


def reach(run, x):
    """How many tokens back a change still moves the last row of run(x); x (1, sequence, embed_size)"""
    with torch.no_grad():
        before = run(x)[0, -1]
        for place in range(x.shape[1]):
            changed = x.clone()
            changed[0, place] += 10
            if (run(changed)[0, -1] - before).abs().max() > 1e-5:
                return x.shape[1] - 1 - place


# %%
torch.manual_seed(7)
story = torch.randn(1, 20, 16)

print("reach, measured   1 layer  2 layers  3 layers  4 layers")
for window_size in (1, 2, 3, 5):
    measured = []
    for depth in (1, 2, 3, 4):
        layers = stack_of(depth, window_size)
        measured.append(reach(lambda x, layers=layers: through(layers, x), story))
        assert measured[-1] == depth * (window_size - 1)
    print(f"window {window_size}        " + "".join(f"{back:10}" for back in measured))

# %% [markdown]
# Each entry is the number of layers times $w - 1$. (The `assert` would have stopped the cell.) With a window of 1
# nobody learns anything of anybody, in any depth.
#
# And once the window covers the text, its size no longer matters. Your module is then full attention:

# %%
with torch.no_grad():
    whole = stack_of(1, 1000)[0](story)
    for window_size in (19, 20, 21):
        gap = (stack_of(1, window_size)[0](story) - whole).abs().max().item()
        print(f"20 tokens, window {window_size}: as with a window of 1000: {gap < 1e-5}")

# %% [markdown]
# The reach as a picture: 16 tokens, four layers, a window of 4. A cell is filled when the last result moves with it,
# the darker the more. A line joins two cells when a layer carries a change from the lower to the upper:

# %%
places = [str(place) for place in range(16)]

show(pictures.receptive_field(stack_of(4, 4), story[:, :16], places, 4))

# %% [markdown]
# The cone grows by three tokens with each layer downwards. It is called the *receptive field*. Towards its edge it
# gets paler: a single path leads to the last cell, and on each step of it the token shares its window with three
# others. **What can be reached is not yet heard well.** How much is made of it, training decides.
#
# Now with the words. Move the window and the number of layers. With a window of 4, from how many layers on does `is`
# know of `red`?


# %% tags=["widget"]
def draw(window, layers):
    mask, stack = sliding_window_mask(8, window), stack_of(layers, window)
    return pictures.window_and_layers(mask, stack, story[:, :8], words, window)


explore(
    draw,
    window=IntSlider(value=4, min=1, max=8, description="window"),
    layers=IntSlider(value=1, min=1, max=4, description="layers"),
)

# %% [markdown]
# A window of 3 and two layers, to look at without running anything. It is just enough:

# %%
show(pictures.window_and_layers(sliding_window_mask(8, 3), stack_of(2, 3), story[:, :8], words, 3))

# %% [markdown]
# ## What it costs
#
# Each of n queries sees $w$ keys, except the first $w - 1$, which see fewer. Together
#
# $$
# n \cdot w - \frac{w (w - 1)}{2}
# $$
#
# pairs, if the text is at least as long as the window. We count the `True`s of your mask:

# %%
print("tokens  all earlier  window 32   formula")
for length in (64, 128, 256, 512):
    in_window = sliding_window_mask(length, 32).sum().item()
    print(f"{length:6} {length * (length + 1) // 2:12,} {in_window:10,} {length * 32 - 32 * 31 // 2:9,}")

# %%
lengths = [256, 1024, 4096, 16_384, 65_536]
all_earlier = [n * (n + 1) // 2 for n in lengths]
window_256 = [n * 256 - 256 * 255 // 2 for n in lengths]

show(pictures.pairs(lengths, {"all earlier": all_earlier, "window 256": window_256}))

# %% [markdown]
# Four times the tokens make 16 times the pairs without a window, and 4 times with one: the cost is **linear** in the
# length, no longer quadratic.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** torch counts the multiply-adds of your two modules, for a text of 512
# tokens: full attention, and a window of 16. How many are left with the window?
#
# <details><summary>A. About a thirtieth: 16 keys instead of 512</summary>
#
# That is how many pairs are *used*. How many are *computed* depends on the code.
#
# </details>
# <details><summary>B. About a fifth: the projections stay, the pairs go</summary>
#
# The projections are a fifth of the work here, and they do stay. But do the pairs go? Look at the first line of
# `masked_attention`.
#
# </details>
# <details><summary>C. All, if it was written with a mask</summary>
#
# Right. `query @ key.transpose(-2, -1)` makes all the scores, and the mask then hides most of them. A mask decides what
# is used, not what is computed.
#
# </details>

# %%
torch.manual_seed(7)
full = MultiHeadSelfAttention(64, 4).eval()
windowed = SlidingWindowAttention(64, 4, 16).eval()

print("tokens  all earlier  window 16")
with torch.no_grad():
    for length in (128, 256, 512):
        text = torch.randn(1, length, 64)
        print(f"{length:6} {counted(full, text)[1]:12,} {counted(windowed, text)[1]:10,}")

# %% [markdown]
# (If your module counts less, you have found the next step by yourself. A 0 means that its products are made inside a
# module of torch, where the counter does not see them.)
#
# ### Chunks of queries, slices of keys
#
# To save work, do not make what is not needed. Take 64 queries at a time, a *chunk*. All that they can see lies in one
# slice of the keys: from the oldest key of the first query to the last query itself. That is
# $64 + w - 1$ keys, however long the text is. For 24 tokens, a window of 4 and chunks of 4:

# %%
show(pictures.computed(24, 4, 4))

# %% [markdown]
# Within the slice a mask is still needed, a small one: the last rows of **your** mask for as many tokens as the slice
# has keys.


# %%
def in_chunks(query, key, value, window_size, chunk=64):
    """masked_attention in a window, without the scores that nobody needs."""
    length, results = query.shape[2], []
    for start in range(0, length, chunk):
        end = min(start + chunk, length)
        first = max(0, start - window_size + 1)  # the oldest key that query `start` sees
        seen = sliding_window_mask(end - first, window_size)[start - first :]
        keys, values = key[:, :, first:end], value[:, :, first:end]
        results.append(masked_attention(query[:, :, start:end], keys, values, seen))
    return torch.cat(results, dim=2)


# %%
torch.manual_seed(7)
query, key, value = torch.randn(3, 1, 4, 512, 16)

print("tokens   all, then mask     chunks   largest difference below 1e-5")
for length in (128, 256, 512):
    text = [part[:, :, :length] for part in (query, key, value)]
    dense, dense_work = counted(masked_attention, *text, sliding_window_mask(length, 32))
    cut, cut_work = counted(in_chunks, *text, 32)
    print(f"{length:6} {dense_work:16,} {cut_work:10,}   {(dense - cut).abs().max().item() < 1e-5}")

# %% [markdown]
# The same numbers out, and twice the tokens make about twice the work.
#
# ### And in time?
#
# Measured on this machine, in torch's fused attention, one core, 4 heads of 32, a window of 128. `full` is plain causal
# attention. `full + mask` hands the same kernel the band as a mask. `chunks` is the course's own code, the idea
# of `in_chunks`. Your numbers will differ from those of any other machine.


# %% tags=["timing"]
def fastest(function, *inputs, **options):
    """The time of the fastest of five calls, in milliseconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        function(*inputs, **options)
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


torch.set_num_threads(1)  # one core: steadier times
lengths = [256, 512, 1024, 2048, 4096]
times = {"full + mask": [], "full": [], "chunks": []}
window = Window(128)

with torch.no_grad():
    for length in lengths:
        inputs = torch.randn(3, 1, 4, length, 32)
        positions = torch.arange(length)
        seen = visible(positions, positions, window)
        by_torch = F.scaled_dot_product_attention
        times["full + mask"].append(fastest(by_torch, *inputs, attn_mask=seen))
        times["full"].append(fastest(by_torch, *inputs, is_causal=True))
        times["chunks"].append(fastest(attend_window, *inputs, positions, positions, window))

assert min(map(min, times.values())) > 0
show(pictures.milliseconds(lengths, times))

# %% [markdown]
# The mask alone is usually the slowest of the three. When the kernel is told that attention is causal, it leaves out
# most of the later half of the pairs. A table of `True` and `False` it has to read, pair by pair. And for texts hardly
# longer than the window, chunks gain little or nothing.

# %% [markdown]
# ## A cache that stops growing
#
# When a text is written token by token, the next token sees $w - 1$ earlier ones. Older keys and values will never
# be read again, so they can go. The course's cache knows the reach of its attention and forgets. We feed it 1,000
# tokens, one at a time:

# %%
torch.manual_seed(7)
remembering = gpt2_ref.SlidingWindowAttention(16, 4, 32)  # embed_size, num_heads, window_size
text = torch.randn(1, 1000, 16)

cache, rows = remembering.new_cache(), []
with torch.no_grad():
    for token in text.split(1, dim=1):
        rows.append(remembering(token, cache))
        if cache.length in (10, 32, 33, 100, 1000):
            print(f"{cache.length:5} tokens, {cache.num_rows:3} rows in the cache")
    gap = (torch.cat(rows, dim=1) - remembering(text)).abs().max().item()
print("as the whole text at once, below 1e-5:", gap < 1e-5)

# %% [markdown]
# In the sizes of the smallest GPT-2, with a window of 256 in every layer, against the table of the beginning:

# %%
for length in (1024, 16_384, 131_072):
    everything, last_256 = length * 73_728 / 1e6, 256 * 73_728 / 1e6
    print(f"{length:7,} tokens: {everything:7,.1f} MB for all, {last_256:.1f} MB for the last 256")

# %% [markdown]
# Each layer forgets what is more than 255 tokens back, and still the stack reaches further: what was read in time has
# been handed on. (GPT-2 itself could not write 131,072 tokens: its table of positions ends at 1,024. Lesson 09 replaces
# it.)

# %% [markdown]
# ## In the wild
#
# - **Longformer** ([Beltagy et al. 2020](https://arxiv.org/abs/2004.05150)) reads long documents in a window, half of
#   it on each side, and lets a few chosen tokens see everything. Section 3.1 has the cost and the reach over layers.
# - **GPT-3** ([Brown et al. 2020](https://arxiv.org/abs/2005.14165), section 2.1) alternates full layers with layers
#   that see a band.
# - **Mistral 7B** ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)): a window of 4,096 in all of its 32 layers, a
#   theoretical reach of about 131 thousand tokens, and a cache that overwrites its oldest row.
# - **Gemma 2** ([2024](https://arxiv.org/abs/2408.00118)) alternates: one layer with a window, one without. **Gemma 3**
#   ([2025](https://arxiv.org/abs/2503.19786)) has five with a window of 1,024 for each one without. The layers without
#   see everything directly, the others keep the cache small.
# - **Attention sinks** ([Xiao et al. 2023](https://arxiv.org/abs/2309.17453)): models that were trained with full
#   attention fail when their cache drops the first tokens of the text. A softmax has to put its weight somewhere, and
#   such models have learned to leave on the first tokens what they do not need. Keeping the first four, beside the
#   window, repairs most of it.
# - **In this repository**: `SlidingWindowAttention` in `gpt2_ref/model/attention.py` differs from full attention in one
#   argument, the rule who sees whom. `Window` and `attend_window` are in `gpt2_ref/model/functional.py`, the cache that
#   forgets in `gpt2_ref/model/cache.py`.
#
# Does the window of others include the token itself? Mistral's paper says "positions between i - W and i", and that
# could be W + 1 tokens. We ask the code: a Mistral of two layers with a window of 3, and `reach` from above.

# %%
from transformers import Gemma2Config, Gemma3TextConfig, MistralConfig, MistralModel

small = {"vocab_size": 8, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
heads = {"num_attention_heads": 4, "num_key_value_heads": 4}
mistral = MistralModel(MistralConfig(**small, **heads, sliding_window=3)).eval()

torch.manual_seed(7)
for parameter in mistral.parameters():
    if parameter.dim() > 1:
        nn.init.normal_(parameter, std=0.25)
print("reach", reach(lambda x: mistral(inputs_embeds=x).last_hidden_state, story))

# %% [markdown]
# 4, which is $2 \cdot (3 - 1)$: they count as we do. In the sizes of the real ones:

# %%
sizes = MistralConfig()
back = sizes.num_hidden_layers * (sizes.sliding_window - 1)
print(f"mistral: {sizes.num_hidden_layers} layers, window {sizes.sliding_window:,}: {back:,} tokens back")
for kind in (Gemma2Config, Gemma3TextConfig):
    kinds = kind().layer_types
    print(f"{kind.model_type}: {kinds.count('sliding_attention')} of {len(kinds)} layers have a window")

# %% [markdown]
# ## Recap
#
# 1. In a window of w, query i sees the keys i - w + 1 to i: w tokens with itself, w - 1 back.
# 2. L layers reach L (w - 1) back, since each hands on what the one before has gathered. Reached is not yet heard
#    well.
# 3. Pairs grow with the length, not with its square, and the cache stays at w rows. A mask alone saves no work: chunks
#    of queries against slices of keys do.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **Save the work.** Replace `masked_attention` in your `SlidingWindowAttention` by `in_chunks`.
#    `check(SlidingWindowAttention)` accepts it. Then run the cell that compares your two modules again.
# 2. **A sink.** Let every token also see token 0: `seen[:, 0] = True`. Two layers, a window of 3, 20 tokens: which
#    tokens move the last row now? Predict first.
#
#    <details><summary>What you should see</summary>
#
#    Tokens 15 to 19, as before, and token 0. Nothing in between: token 0 sees only itself, so nothing of the tokens 1
#    to 14 gets into its row, and it has nothing of them to hand on.
#
#    </details>
#
# 3. **One full layer.** Put one layer with a window of 20 among three with a window of 3, in the way of Gemma 3. Does
#    it matter for `reach` where in the stack it stands? Predict first.
#
#    <details><summary>What you should see</summary>
#
#    19, wherever it stands. In one layer every token gets a line to all earlier ones; the other layers keep what is
#    there and carry it a little further.
#
#    </details>
#
# **Next**: lesson 08, grouped-query attention. The window makes the cache shorter; groups make each of its rows
# smaller.
