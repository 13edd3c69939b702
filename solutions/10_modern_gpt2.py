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
# # 10 · A modern GPT-2
#
# **You write one block and one model that take any attention, and get eight models from them. One of them attends
# exactly as Mistral does.**
#
# | | |
# |---|---|
# | time | 45 minutes |
# | you need | the block and the model of lessons 03 and 04; what lessons 07, 08 and 09 are about |
# | you will have | `TransformerBlock` and `ConfigurableGPT2`, and the price of each choice, measured on your machine |

# %%
import itertools
import time
from functools import partial
from pathlib import Path

import torch
import transformers
from ipywidgets import Checkbox, Dropdown
from torch import nn

import gpt2_ref
from gpt2_ref import check, hint, progress
from gpt2_ref.figures import modern_gpt2 as pictures
from gpt2_ref.figures.canvas import explore, show
from gpt2_ref.figures.gpt2 import count

torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # small tensors, and steadier times

# %% [markdown]
# This lesson uses nearly everything that you have written. Where a piece is missing, the course's own stands in, and a
# line says so.

# %%
from my_gpt2 import (
    GPT2LayerNorm,
    GroupQueryAttention,
    MultiHeadSelfAttention,
    PositionWiseFeedForward,
    RotaryPositionalEncoding,
    SlidingWindowAttention,
    causal_attention,
)

# %% [markdown]
# ## Why: four attentions, and one model
#
# You have full attention, a window, groups, and queries and keys that turn. But your `GPT2` knows only the first: its
# blocks say `MultiHeadSelfAttention(embed_size, num_heads)` by name.
#
# The quick way is a copy: a `WindowBlock` and a `WindowGPT2`, a `GroupBlock` and a `GroupGPT2`, and so on. Four
# attentions make four models, the same but for one line. A fault in one is then a fault in four, to be found four times
# and put right four times. And a window *with* groups is one more copy.
#
# How common is that? The library `transformers` keeps every model in a file of its own. We count those with their own
# copy of the function that turns queries and keys:

# %% tags=["timing"]
files = list(Path(transformers.__file__).parent.glob("models/*/modeling_*.py"))
copies = sum("def rotate_half(" in file.read_text(encoding="utf-8") for file in files)
assert copies > 100
print(f"{copies} of {len(files)} files define rotate_half")

# %% [markdown]
# More than a hundred copies. They do it on purpose, so that each model can be read in one file, and have tools that
# keep the copies equal. We have no such tools. We write one block and one model, and **hand in the part that differs**.

# %% [markdown]
# ## What: a part that is handed in
#
# What does a block have to know about its attention? It calls it with `x` of shape `(batch, sequence, embed_size)`
# and gets the same shape back. That is all. Window, groups, angles are the attention's own affair. So the block takes
# a finished module, and uses it:
#
# $$ \texttt{x} = \texttt{x} + \texttt{attention}(\texttt{norm}_1(\texttt{x})) $$
# $$ \texttt{x} = \texttt{x} + \texttt{feed\_forward}(\texttt{norm}_2(\texttt{x})) $$
#
# **By hand.** A token (3, 5), alone in its text, in a block around three very simple attentions. All three read the
# normalised token, (-1, 1):
#
# | attention returns | the stream after it | normalised: what feed-forward reads |
# |---|---|---|
# | nothing, (0, 0) | (3, 5) | mean 4, spread 1: (-1, 1) |
# | what it reads, (-1, 1) | (2, 6) | mean 4, spread 2: (-1, 1) |
# | twice that, (-2, 2) | (1, 7) | mean 4, spread 3: (-1, 1) |
#
# Feed-forward reads the same in all three rows, so it adds the same. What comes out of the three blocks differs by
# what attention has returned, and by nothing else. We will ask your block.

# %% [markdown]
# ### The model needs many, so it takes what makes them
#
# A block has one attention. A model of 12 layers has 12, each with weights of its own.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** We build *one* attention and hand the same module to 12 blocks. How many
# numbers can the 12 attentions learn, compared with 12 modules?
#
# <details><summary>A. The same: there are 12 blocks either way</summary>
#
# 12 blocks, but all of them use the very same matrices. A module is not copied when it is handed on.
#
# </details>
# <details><summary>B. A twelfth</summary>
#
# Right. There is one set of weights, used in 12 places. Nothing fails: the model runs and learns. (Some models share on
# purpose, to be small. Nobody should by accident.)
#
# </details>
# <details><summary>C. Twelve times as many: each block adds its own</summary>
#
# A block that is handed a module adds nothing to it. That is the point of handing it in.
#
# </details>

# %%
one = MultiHeadSelfAttention(16, 2)  # embed_size, num_heads
same_twelve = nn.ModuleList(one for _ in range(12))
own_twelve = nn.ModuleList(MultiHeadSelfAttention(16, 2) for _ in range(12))

for layers in (same_twelve, own_twelve):
    for layer in layers:
        layer(torch.zeros(1, 1, 16))  # lazy layers have parameters only from their first call on
    print(f"{sum(parameter.numel() for parameter in layers.parameters()):6,} parameters")

# %% [markdown]
# So the model does not take an attention. It takes something that **makes** one whenever it is called:
# `attention(embed_size, num_heads)` returns a new module. Whatever else the module needs was chosen by whoever hands
# it in. Three ways to write such a thing:
#
# | | |
# |---|---|
# | a class that wants nothing more | `MultiHeadSelfAttention` |
# | a small function | `lambda embed_size, num_heads: SlidingWindowAttention(embed_size, num_heads, 8)` |
# | `partial`: a callable with some arguments filled in | `partial(SlidingWindowAttention, window_size=8)` |
#
# `partial(f, a=1)(x)` is `f(x, a=1)`, no more than that:

# %%
from_binary = partial(int, base=2)  # int("101", base=2), with the base filled in
print(from_binary("101"), from_binary("1111"))

# %% [markdown]
# ## Exercise 1: `TransformerBlock`
#
# About 5 minutes: your block of lesson 03, which is handed its attention instead of building it.
#
# - **Given**: `embed_size`, `hidden_size`, and `attention`, a module that was built by someone else. Beside it you
#   need `GPT2LayerNorm(embed_size)` twice and `PositionWiseFeedForward(embed_size, hidden_size)`.
# - **Returned** by `forward`: a new tensor of the same shape as `x`, `(batch, sequence, embed_size)`.
# - **Must hold**: the two equations above. `attention` is called with one tensor and nothing else, once for each `x`.
#   It is used as it is, no copy of it, and its parameters are among those of the block.
#
# Stuck? `hint("TransformerBlock")` in a new cell.


# %% name="block-exercise" tags=["exercise"]
class TransformerBlock(nn.Module):
    """A block around the attention that it is given.

    x (batch, sequence, embed_size) -> same shape
    """

    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        # Keep the attention; a feed-forward layer, and a layer norm for each.
        ### BEGIN SOLUTION
        self.attention_norm = GPT2LayerNorm(embed_size)
        self.attention = attention
        self.feed_forward_norm = GPT2LayerNorm(embed_size)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        ### END SOLUTION

    def forward(self, x):
        # Two additions to the stream.
        ### BEGIN SOLUTION
        x = x + self.attention(self.attention_norm(x))
        return x + self.feed_forward(self.feed_forward_norm(x))
        ### END SOLUTION


# %% name="block-check" tags=["check"]
check(TransformerBlock)

# %% [markdown]
# The three rows of the table above, in your block. All three begin with the same random weights, and we compare with
# the block whose attention returns nothing:


# %%
class Times(nn.Module):
    """An attention that hands back what it reads, times a number. It looks at no other token."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


def after_block(factor):
    torch.manual_seed(0)
    block = TransformerBlock(2, 8, Times(factor)).eval()  # embed_size, hidden_size, attention
    with torch.no_grad():
        return block(torch.tensor([[[3.0, 5.0]]]))[0, 0]


for factor in (0, 1, 2):
    by_attention = after_block(factor) - after_block(0)
    print(f"times {factor}:", [round(value, 3) + 0.0 for value in by_attention.tolist()])

# %% [markdown]
# ## See: one block, four attentions
#
# Your block around four attentions. A word is changed, and a square is filled where a row of the block's result moves:

# %%
words = ["tom", "has", "a", "red", "kite", "and", "it", "is"]
torch.manual_seed(1)
story = torch.randn(1, 8, 16)

attentions = {
    "none": Times(0),
    "full": MultiHeadSelfAttention(16, 4),
    "window of 3": SlidingWindowAttention(16, 4, 3),
    "2 groups": GroupQueryAttention(16, 4, 2),
}
blocks = {name: TransformerBlock(16, 64, attention).eval() for name, attention in attentions.items()}
show(pictures.seen_through(blocks, story, words))

# %% [markdown]
# Without attention each row is made of its own word: feed-forward and norms look at no other. The window cuts off what
# is far. The groups cut off nothing. They change what is *kept*, not who is seen.

# %% [markdown]
# ## Exercise 2: `ConfigurableGPT2`
#
# About 12 minutes: your `GPT2` of lesson 04 with two choices more. Five lines in `__init__`, six in `forward`.
#
# - **Given**: the sizes; `attention`, called as `attention(embed_size, num_heads)`, which makes one module each time;
#   `learned_positions`, yes or no.
# - **In `__init__`**: the token table; the position table with `context_size` rows, *only* with learned positions;
#   `num_layers` blocks, each a `TransformerBlock` around an attention of its own; the last `GPT2LayerNorm(embed_size)`.
# - **Given to `forward`**: `ids` of shape `(batch, sequence)`. **Returned**: logits `(batch, sequence, vocab_size)`.
# - **Must hold**: without the two options it is the GPT-2 of lesson 04, its output tied to the token table:
#   `x @ table.weight.T` will do. `learned_positions` is a choice of its own, whatever the attention. Without
#   them nothing is added for the place of a token, and a text may be of any length.
#
# Call `attention` with the two sizes *by position*: whoever writes a `lambda` may name them differently.
#
# Stuck? `hint("ConfigurableGPT2")`.


# %% name="model-exercise" tags=["exercise"]
class ConfigurableGPT2(nn.Module):
    """A GPT-2 whose attention and positions are chosen by whoever builds it.

    ids (batch, sequence) -> (batch, sequence, vocab_size)
    """

    def __init__(
        self,
        vocab_size,
        embed_size,
        num_heads,
        hidden_size,
        num_layers,
        context_size=1024,
        attention=MultiHeadSelfAttention,
        learned_positions=True,
    ):
        super().__init__()
        self.context_size = context_size
        # Token table, perhaps a position table, blocks, last layer norm.
        ### BEGIN SOLUTION
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList(
            TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)
        )
        self.final_norm = GPT2LayerNorm(embed_size)
        ### END SOLUTION

    def forward(self, ids):
        # Look up, perhaps add positions, blocks, norm, logits.
        ### BEGIN SOLUTION
        x = self.token_embedding(ids)
        if self.position_embedding is not None:
            x = x + self.position_embedding(torch.arange(ids.shape[1], device=ids.device))
        for block in self.blocks:
            x = block(x)
        return self.final_norm(x) @ self.token_embedding.weight.T
        ### END SOLUTION


# %% name="model-check" tags=["check"]
check(ConfigurableGPT2)

# %% [markdown]
# ## Four models from your own pieces
#
# Your rotation is not yet an attention. This class, which is given, puts it into one. Queries and keys turn; values do
# not, since their place has done its work when the weights are known:


# %%
class RotaryAttention(nn.Module):
    """Causal attention of several heads, whose queries and keys turn with their position."""

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.turn = RotaryPositionalEncoding(embed_size // num_heads)
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        parts = (project(x) for project in (self.query, self.key, self.value))
        query, key, value = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in parts)
        mixed = causal_attention(self.turn(query), self.turn(key), value)
        return self.output(mixed.transpose(1, 2).flatten(2))


# %% [markdown]
# One model class, four models. Your classes get their third number by position, because you chose its name:

# %%
yours = {
    "full": MultiHeadSelfAttention,
    "window of 8": lambda embed_size, num_heads: SlidingWindowAttention(embed_size, num_heads, 8),
    "2 groups": lambda embed_size, num_heads: GroupQueryAttention(embed_size, num_heads, 2),
    "rotary": RotaryAttention,
}
sizes = 100, 32, 4, 128, 3  # vocab, embed, heads, hidden, layers
ids = torch.randint(100, (2, 20))

for name, makes_one in yours.items():
    learned = name != "rotary"  # turned queries and keys know their places
    model = ConfigurableGPT2(*sizes, context_size=64, attention=makes_one, learned_positions=learned).eval()
    logits = model(ids)
    numbers = sum(parameter.numel() for parameter in model.parameters())
    print(f"{name:12} {tuple(logits.shape)}  {numbers:,} parameters")

# %% [markdown]
# (Other right answers have other numbers: without biases there are a few less.) Two groups instead of four heads save
# $2 \cdot 32 \cdot 16$ weights and $2 \cdot 16$ biases in each of the 3 layers. The rotary model has no table of 64
# positions.
#
# And what has no table has no end. A text of 200 tokens, for a `context_size` of 64:

# %%
longer = torch.randint(100, (1, 200))
for learned in (True, False):
    model = ConfigurableGPT2(*sizes, context_size=64, attention=RotaryAttention, learned_positions=learned).eval()
    try:
        came = f"logits {tuple(model(longer).shape)}"
    except (IndexError, RuntimeError, ValueError, AssertionError):
        came = "refused, there is no row 64 in the table"
    print(f"learned_positions={learned!s:5}  {came}")

# %% [markdown]
# It reads them, which is not yet understanding them: lesson 09 looked at positions that a model was not trained on.

# %% [markdown]
# ## Eight models from one class
#
# The three changes touch three different places:
#
# - the **window** decides *which keys* a query may see;
# - the **groups** decide *how many* keys and values are made, and who shares them;
# - the **rotation** changes queries and keys *before* they meet.
#
# None asks what the others do. So each can be chosen or not, $2 \cdot 2 \cdot 2 = 8$ models:
#
# | window | groups | rotary | who |
# |---|---|---|---|
# | | | | GPT-2 |
# | ✓ | | | GPT-3, in every other layer |
# | | ✓ | | StarCoder: one group, learned positions |
# | ✓ | ✓ | | none that we know of |
# | | | ✓ | Llama, and Llama 2 with 7 billion parameters |
# | ✓ | | ✓ | Phi-3-mini in its short version |
# | | ✓ | ✓ | Llama 2 with 70 billion, Llama 3 |
# | ✓ | ✓ | ✓ | Mistral 7B in its first version |
#
# Your attentions have one option each. The course's have all of them, in the one class that all its attentions
# are. It takes *your* rotation: `rotary` is called with `(x, positions)`, as yours is.


# %%
def attention_with(window, groups, rotary):
    """What ConfigurableGPT2 takes: (embed_size, num_heads) -> an attention with these choices."""

    def make(embed_size, num_heads):
        turn = RotaryPositionalEncoding(embed_size // num_heads) if rotary else None
        options = {"num_groups": groups, "rotary": turn}  # None: each head its own; no turning
        if window is None:
            return gpt2_ref.MultiHeadSelfAttention(embed_size, num_heads, **options)
        return gpt2_ref.SlidingWindowAttention(embed_size, num_heads, window, **options)

    return make


# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Which of the three choices changes the number of *parameters*, everything
# else being equal?
#
# <details><summary>A. Window and groups</summary>
#
# The groups do. But a window makes as many queries, keys and values as before. It only looks at fewer of them at a
# time.
#
# </details>
# <details><summary>B. Only the groups</summary>
#
# Right. Fewer heads for keys and values are narrower matrices. A window is a rule and a rotation is an angle that is
# computed: neither learns anything.
#
# </details>
# <details><summary>C. Groups and rotation: it has to know the angles</summary>
#
# The angles are computed from the position and the base. There is nothing to learn. (Leaving out the *learned*
# positions saves their table, but that is a switch of its own.)
#
# </details>

# %% [markdown]
# Now we ask each of the eight four questions, with your `ConfigurableGPT2` in one layer without learned positions, and
# a text of 12 tokens:
#
# - **sees**: how many tokens move the last row of the logits?
# - **order**: does the last row notice that two tokens before it are swapped?
# - **parameters** of the attention;
# - **kept**: how many numbers does its cache hold after the 12 tokens?


# %%
def last_row_moves(model, ids, changed):
    with torch.no_grad():
        before, after = model(ids)[0, -1], model(changed)[0, -1]
    return bool((after - before).abs().max() > 1e-5 * before.abs().max())


twelve = torch.arange(12)[None]
swapped = twelve[:, [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 9, 11]]
print("window  groups  rotary     sees  order  parameters  kept")

for window, groups, rotary in itertools.product((None, 4), (None, 2), (False, True)):
    choice = attention_with(window, groups, rotary)
    torch.manual_seed(0)
    model = ConfigurableGPT2(100, 32, 4, 128, 1, attention=choice, learned_positions=False).eval()
    sees = sum(last_row_moves(model, twelve, torch.where(torch.arange(12) == place, 50, twelve)) for place in range(12))
    order = last_row_moves(model, twelve, swapped)

    layer = choice(32, 4)
    cache = layer.new_cache()
    layer(torch.randn(1, 12, 32), cache)
    kept = cache.num_rows * (layer.key.out_features + layer.value.out_features)
    numbers = sum(parameter.numel() for parameter in layer.parameters())
    chosen = "  ".join(f"{value or '-':>6}" for value in (window, groups, "yes" if rotary else None))
    print(f"{chosen}  {sees:7}  {'yes' if order else 'no':>5}  {numbers:10,}  {kept:4}")

# %% [markdown]
# Read it column by column. What is seen depends on the window alone, the order on the rotation alone, the parameters
# on the groups alone. Only what is kept depends on two: the window says how many rows, the groups how wide they are,
# and they multiply: $12 / 4 \cdot 4 / 2 = 6$ times less.
#
# That is what *independent* is worth: three pieces, each tested alone, and eight models that work.

# %% [markdown]
# ## What each choice costs
#
# In the sizes of the smallest GPT-2, with a window of 1,024 tokens and 3 groups (4 query heads each, as in Mistral).
# A token leaves a key and a value for each group, in every layer, of 4 bytes a number. With a window, no more than its
# tokens are kept:


# %%
def cache_bytes(tokens, window, groups):
    """The cache of one text in the smallest GPT-2: 12 layers, 12 heads of 64 numbers."""
    rows = tokens if window is None else min(tokens, window)
    return rows * 2 * 12 * (groups or 12) * 64 * 4


gpt2_sizes = 50257, 768, 12, 3072, 12
eight = [(window, groups, rotary) for rotary in (False, True) for window in (None, 1024) for groups in (None, 3)]


def name_of(window, groups, rotary):
    names = [name for name, on in (("window", window), ("groups", groups), ("rotary", rotary)) if on]
    return " + ".join(names) or "GPT-2"


# %% [markdown]
# The picture counts the parameters of **your** model, on the device `meta`, which makes shapes without memory. To read
# 16,384 tokens, a model with learned positions needs that many rows in its table. The rotary ones have none:

# %%
price = {}
for window, groups, rotary in eight:
    options = {"attention": attention_with(window, groups, rotary), "learned_positions": not rotary}
    parameters = count(ConfigurableGPT2, *gpt2_sizes, context_size=16_384, **options)
    caches = cache_bytes(1, window, groups), cache_bytes(16_384, window, groups)
    price[name_of(window, groups, rotary)] = (parameters, *caches)

show(pictures.prices(price, 16_384))

# %% [markdown]
# From the first row to the last, the parameters fall by a sixth. The cache falls from 1.21 GB to 18.9 MB, 64 times
# less: 16 times by the window and 4 times by the groups. Modern attention is mostly about what has to be *kept*.
#
# ### Your choice
#
# Choose, and see the parameters of your model and the cache as a text grows. A cross is where the text has to end:


# %%
whole_gpt2 = count(ConfigurableGPT2, *gpt2_sizes)


def beside_gpt2(window, groups, rotary, learned_positions):
    options = {"attention": attention_with(window, groups, rotary), "learned_positions": learned_positions}
    name = [
        f"window {window:,}" if window else "no window",
        f"{groups} group" + "s" * (groups > 1),
        "rotary" if rotary else "not rotary",
        "learned positions" if learned_positions else "no learned positions",
    ]
    return pictures.choice(
        ", ".join(name),
        (whole_gpt2, count(ConfigurableGPT2, *gpt2_sizes, **options)),
        (lambda tokens: cache_bytes(tokens, None, None), lambda tokens: cache_bytes(tokens, window, groups)),
        (1024, 1024 if learned_positions else None),
        knows_order=rotary or learned_positions,
    )


show(beside_gpt2(1024, 3, True, False))

# %% tags=["widget"]
explore(
    beside_gpt2,
    window=Dropdown(options=[("none", None), ("256", 256), ("1,024", 1024), ("4,096", 4096)], description="window"),
    groups=Dropdown(options=[12, 6, 4, 3, 2, 1], description="groups"),
    rotary=Checkbox(value=False, description="rotary"),
    learned_positions=Checkbox(value=True, description="learned positions"),
)

# %% [markdown]
# Switch off both, rotary and learned positions: it still runs, and nothing tells it the order.
#
# ### And in time?
#
# Measured on this machine, in a small model of 2 layers, with a window of 128 and one group for 4 heads. Your
# `ConfigurableGPT2` reads a text of 4,096 tokens. One more token is written by the course's `GPT2`, which hands a cache
# through. The course's attention does a window in chunks (lesson 07), so that it saves work and not only memory.

# %% tags=["timing"]
small_sizes = 100, 128, 4, 512, 2
text = torch.randint(100, (1, 4096))
measured = {}

with torch.no_grad():
    for window, groups, rotary in eight:
        makes_one = attention_with(window and 128, groups and 1, rotary)
        options = {"attention": makes_one, "learned_positions": not rotary, "context_size": 8192}
        reads = ConfigurableGPT2(*small_sizes, **options).eval()
        reads(text[:, :64])
        start = time.perf_counter()
        reads(text)
        read = time.perf_counter() - start

        writes = gpt2_ref.GPT2(*small_sizes, **options).eval()
        cache, steps = writes.new_cache(), []
        writes(text, cache)
        for _ in range(30):
            start = time.perf_counter()
            writes(text[:, :1], cache)
            steps.append(time.perf_counter() - start)
        measured[name_of(window, groups, rotary)] = (1000 * read, 1000 * min(steps))

assert min(min(pair) for pair in measured.values()) > 0
show(pictures.times(measured, 4096))

# %% [markdown]
# Look for three things: what the window saves, in reading and in writing; what the groups save in writing, where all
# keys and values are fetched from memory again for every token; and what turning costs. In a model this small, calling
# the layers is a good part of the time.

# %% [markdown]
# ## The same as Mistral
#
# Is this what others mean by window, groups and rotation? We ask a Mistral. It is a small one of `transformers`, with
# random weights: one layer, 24 numbers a token, 6 heads, 2 groups, a window of 3. A *hook* is called when its
# attention has run, and keeps what went in and what came out:

# %%
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

torch.manual_seed(0)
settings = transformers.MistralConfig(
    vocab_size=11,
    hidden_size=24,
    intermediate_size=32,
    num_hidden_layers=1,
    num_attention_heads=6,
    num_key_value_heads=2,
    sliding_window=3,
    initializer_range=0.4,
    attn_implementation="eager",
)
mistral = transformers.MistralModel(settings).double().eval()
their_attention = mistral.layers[0].self_attn
captured = []


def keep(module, arguments, named_arguments, result):
    captured.append((named_arguments["hidden_states"], result[0]))


with torch.no_grad(), their_attention.register_forward_hook(keep, with_kwargs=True):
    mistral(torch.randint(11, (2, 9)))  # two texts of 9 tokens
went_in, came_out = captured[0]
print(tuple(went_in.shape), "->", tuple(came_out.shape))

# %% [markdown]
# Now ours, with the same three choices and the same weights. It is the course's, because only there the names of the
# matrices and the layout of the pairs are known. Mistral has no biases:


# %%
def as_mistral(window, rotary=True, adjacent=False):
    """The course's attention with Mistral's weights, what went in -> what comes out."""
    turn = gpt2_ref.RotaryPositionalEncoding(4, adjacent=adjacent) if rotary else None
    ours = gpt2_ref.SlidingWindowAttention(24, 6, window, num_groups=2, rotary=turn, bias=False).double()
    pairs = [
        (ours.query, their_attention.q_proj),
        (ours.key, their_attention.k_proj),
        (ours.value, their_attention.v_proj),
        (ours.output, their_attention.o_proj),
    ]
    with torch.no_grad():
        for mine, theirs in pairs:
            mine.weight.copy_(theirs.weight)
        return ours(went_in)


gap = (as_mistral(window=3) - came_out).abs().max().item()
print("largest difference below 0.00001:", gap < 0.00001)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** We leave out the rotation. Which of the 9 rows of a text are still right?
#
# <details><summary>A. None: every query and key was turned</summary>
#
# They were, but what counts is the *weights*. There is a row in which they cannot change.
#
# </details>
# <details><summary>B. The first</summary>
#
# Right. The first token sees itself alone. One score makes a weight of 1, turned or not. From the second row on, the
# scores are compared, and they differ.
#
# </details>
# <details><summary>C. The first three, as the window is 3</summary>
#
# That is so for a *window* that is wrong: as long as the text is shorter than both, no window cuts anything off. The
# rotation already counts where two keys are compared.
#
# </details>

# %%
ways = {
    "as Mistral": as_mistral(window=3),
    "window of 4": as_mistral(window=4),
    "no rotation": as_mistral(window=3, rotary=False),
    "other pairs": as_mistral(window=3, adjacent=True),
}
for name, result in ways.items():
    rows = ((result - came_out).abs().amax(dim=(0, 2)) < 0.00001).nonzero().flatten().tolist()
    print(f"{name:12} right in rows {rows}")

show(pictures.agreement(came_out, ways))

# %% [markdown]
# One key too many, no turning, or pairs of neighbours where Mistral pairs the halves of a head: each time all shapes
# fit, no error is raised, and most numbers are wrong. On the left they are the same. (Not to the last bit:
# `transformers` computes its angles in float32.)

# %% [markdown]
# ## In the wild
#
# - **Mistral 7B** ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)): 32 layers, 32 heads in 8 groups, a window of
#   4,096, rotary positions.
# - **Llama 2** ([Touvron et al. 2023](https://arxiv.org/abs/2307.09288)): rotary in all sizes, groups in the largest
#   ones, because of the cache. **Llama 3** ([2024](https://arxiv.org/abs/2407.21783)) has 8 groups in all sizes, and a
#   base of 500,000 for its angles.
# - **Two more changes** that these models share and this course does not build. *RMSNorm*
#   ([Zhang and Sennrich 2019](https://arxiv.org/abs/1910.07467)): a layer norm that subtracts no mean and has no shift.
#   *SwiGLU* ([Shazeer 2020](https://arxiv.org/abs/2002.05202)): a feed-forward layer that multiplies its hidden numbers
#   by a second set of them.
# - **In this repository**: `gpt2_ref/model/attention.py` is one class, and its variants fill in an option each.
#   `functional.py` has the rule of the window, `block.py` your `TransformerBlock`, and `gpt2.py` your
#   `ConfigurableGPT2` under the name `GPT2`.

# %% [markdown]
# ## Recap
#
# 1. A block needs to know nothing about its attention but its shape, so it is handed one. A model needs one for each
#    layer, so it is handed what makes them.
# 2. Window, groups and rotation touch three different places. Three pieces that are each right alone give eight
#    models.
# 3. A few parameters less, and far less to keep: in the cache, window and groups multiply. Here that made 64 times.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **Your rotation in Mistral.** In `as_mistral`, put `turn = RotaryPositionalEncoding(4)`, your own. Is it the same?
#
#    <details><summary>What you should see</summary>
#
#    It is if you pair the halves and turn as Mistral does, from the first number of a pair to the second. If you pair
#    neighbours, `gpt2_ref.swap_layout(weight, num_heads, to_adjacent=True)` reorders the rows of `q_proj` (6 heads) and
#    `k_proj` (2 heads) for you. If you turn the other way, negative positions would do.
#
#    </details>
#
# 2. **A window in every other layer**, as in GPT-3 and Gemma 2. `attention` is called once for each layer, in order.
#    Hand in something that returns another kind each time. Your model need not be touched.
#
#    <details><summary>One way</summary>
#
#    ```python
#    kinds = itertools.cycle([MultiHeadSelfAttention, yours["window of 8"]])
#    ConfigurableGPT2(*sizes, attention=lambda size, heads: next(kinds)(size, heads))
#    ```
#
#    </details>
#
# 3. **Hand in more.** Let `TransformerBlock` take its norm in the same way, `norm=GPT2LayerNorm`, and write an RMSNorm
#    for it: $\texttt{x} / \sqrt{\mathrm{mean}(\texttt{x}^2) + \texttt{eps}} \cdot \texttt{scale}$. Does
#    `check(TransformerBlock)` still pass?
#
# **Next**: lesson 11, training. The variants learn from the same text, and you see what each choice does to what is
# learned.
