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
# # 08 · Grouped-query attention
#
# **You let several query heads share one set of keys and values, so that the cache shrinks and writing speeds up.**
#
# | | |
# |---|---|
# | time | 45 minutes |
# | you need | attention and its heads from lesson 02, the key/value cache from lesson 06 |
# | you will have | `GroupQueryAttention`, as in Llama and Mistral, and a GPT-2 converted to it |

# %%
import copy
import random
import time

import torch
import torch.nn.functional as F
from ipywidgets import SelectionSlider
from torch import nn

from gpt2_ref import GPT2, check, group_heads, hint, load_tokenizer, progress, training
from gpt2_ref.figures import grouped_query as pictures
from gpt2_ref.figures.canvas import explore, show
from gpt2_ref.figures.generate import live_text
from gpt2_ref.figures.kv_cache import counted
from gpt2_ref.model.functional import attend, fused

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your own pieces from lesson 02. Where one is missing, the course's own stands in, and a line says so.

# %%
from my_gpt2 import MultiHeadSelfAttention, causal_attention

# %% [markdown]
# ## Why: every new token reads the whole cache
#
# Lesson 06 kept the keys and values of a text, so that they are computed only once. They are still *read* for every
# new token: its query meets all keys, and its weights mix all values. How much is that? In each layer, each
# key/value head keeps two vectors of `head_size` numbers for each token:


# %%
def cache_bytes(layers, heads, head_size, tokens, window=None):
    """Bytes of the keys and values of one text, with 2 bytes for a number."""
    kept = tokens if window is None else min(tokens, window)
    return 2 * layers * heads * head_size * kept * 2


models = {  # layers, query heads, head_size, window
    "GPT-2": (12, 12, 64, None),
    "Llama 3 8B": (32, 32, 128, None),
    "Mistral 7B": (32, 32, 128, 4096),
    "Llama 2 70B": (80, 64, 128, None),
}
lengths = [1024, 8192, 32_768, 131_072]

print(f"{'GB, one text':12}" + "".join(f"{tokens:10,}" for tokens in lengths))
for name, (layers, heads, head_size, window) in models.items():
    sizes = [cache_bytes(layers, heads, head_size, tokens, window) for tokens in lengths]
    print(f"{name:12}" + "".join(f"{size / 1e9:10.3g}" for size in sizes))

# %% [markdown]
# This is what the formula gives if each head has keys and values of its own, as in GPT-2. The columns are token
# counts; for GPT-2, with its 1,024 positions, only the first can happen. (Lesson 06 had twice as much, as it
# counted 4 bytes for a number. Large models are run with 2.) Mistral's window of 4,096 stops the growth, as you
# saw in lesson 07.
#
# A server writes many texts at once. All of them share one copy of the weights, but each has its own cache:

# %%
weights = 8.03e9 * 2  # parameters of Llama 3 8B, 2 bytes each
all_caches = 32 * cache_bytes(32, 32, 128, 8192)
print(f"weights: {weights / 1e9:.3g} GB")
print(f"caches of 32 texts of 8,192 tokens: {all_caches / 1e9:.3g} GB")
print(f"read for one step, 32 new tokens: {(weights + all_caches) / 1e9:.3g} GB")

# %% [markdown]
# The caches are more than eight times as large as the model, and all of it is read to write 32 tokens. Which number
# in the formula can be made smaller? Layers and `head_size` make the model what it is. Tokens are what the user
# wants. What is left is the number of **heads that keep keys and values**.

# %% [markdown]
# ## What: many questions, few offers
#
# A head has a query, which asks, and a key and a value, which offer. Only keys and values are cached. So:
# keep all query heads, and let several of them read the *same* key/value head. `num_groups` says how many key/value
# heads there are:
#
# | `num_groups` | each key/value head serves | name |
# |---|---|---|
# | `num_heads` | 1 query head | multi-head attention, lesson 02 |
# | in between | `num_heads / num_groups` query heads | grouped-query attention |
# | 1 | all query heads | multi-query attention |
#
# The last row came first, from [Shazeer 2019](https://arxiv.org/abs/1911.02150). It saves the most, and it can cost
# quality; the middle, by [Ainslie et al. 2023](https://arxiv.org/abs/2305.13245), is the compromise that most models of
# today use. The query heads of one group still differ: each asks its own question, gets its own weights, and mixes the
# shared values in its own way.
#
# **Who shares?** Neighbours do. With `share = num_heads // num_groups`, query heads 0 to `share - 1` read key/value
# head 0, the next `share` of them read head 1, and so on.

# %% [markdown] tags=["predict"]
# **Predict.** 12 query heads in 4 groups, both counted from 0. Which key/value head does query head 7 read?
#
# <details><summary>A. Head 1, as 7 // 4 = 1</summary>
#
# That divides by the number of groups. It would make groups of 4 query heads, three of them, and nobody would read
# key/value head 3. Groups and their size are easily swapped: 4 groups of 3 here.
#
# </details>
# <details><summary>B. Head 2, as 7 // 3 = 2</summary>
#
# Right. `share` is 12 // 4 = 3: query heads 0 to 2 read head 0, 3 to 5 head 1, 6 to 8 head 2, 9 to 11 head 3.
#
# </details>
# <details><summary>C. Head 3, as 7 % 4 = 3</summary>
#
# That deals the heads out like cards: 0, 1, 2, 3, 0, 1, 2, 3, ... Each key/value head serves 3 query heads then as
# well, but other ones. Below you see how this happens by accident.
#
# </details>

# %% [markdown]
# ### By hand: 4 query heads, 2 key/value heads
#
# `causal_attention` wants as many key/value heads as query heads. So each key/value head is repeated, `share` times.
# torch has two functions that repeat, and they do different things. To see which query head gets what, one
# token is enough: it sees only itself, with weight 1, so each head returns the value that it reads. Value head A
# holds 10, B holds 20:

# %%
two_values = torch.tensor([10.0, 20.0]).view(1, 2, 1, 1)  # (batch, groups, sequence, head_size)
four_queries = torch.ones(1, 4, 1, 1)  # (batch, heads, sequence, head_size)

neighbours = two_values.repeat_interleave(2, dim=1)
in_turn = two_values.repeat(1, 2, 1, 1)
results = {
    name: causal_attention(four_queries, spread, spread).flatten()
    for name, spread in (("repeat_interleave", neighbours), ("repeat", in_turn))
}
for name, result in results.items():
    print(f"{name:17} {result.tolist()}")

# %%
read = {name: (result / 10 - 1).round().int().tolist() for name, result in results.items()}
show(pictures.wirings(read))

# %% [markdown]
# `repeat_interleave` repeats each head in turn, [A A B B]. That is the rule. `repeat` repeats the whole list,
# [A B A B]. Both have the right shape, and a new model could learn with either. But Llama's and Mistral's weights
# have learned with the first: query head 1 asks questions that key head A answers. Read the other way, no
# error is raised, and half of the queries here meet keys that were made for other questions.
#
# ### Three ways to write it
#
# With 12 query heads in 2 groups, all three give the same result:

# %%
torch.manual_seed(0)
query = torch.randn(1, 12, 5, 64)  # (batch, heads, sequence, head_size)
key, value = torch.randn(2, 1, 2, 5, 64)  # (batch, groups, sequence, head_size), each
copies = 12 // 2
triangle = torch.ones(5, 5, dtype=torch.bool).tril()


def expanded(rows):
    """A new axis behind the groups, widened without copying, and the two joined."""
    return rows[:, :, None].expand(-1, -1, copies, -1, -1).flatten(1, 2)


repeated = causal_attention(
    query,
    key.repeat_interleave(copies, dim=1),
    value.repeat_interleave(copies, dim=1),
)
by_expand = causal_attention(query, expanded(key), expanded(value))

in_groups = query.view(1, 2, copies, 5, 64)  # (batch, groups, share, sequence, head_size)
scores = torch.einsum("bgsqd, bgkd -> bgsqk", in_groups, key) / 64**0.5
mix = scores.masked_fill(~triangle, float("-inf")).softmax(dim=-1)
by_einsum = torch.einsum("bgsqk, bgkd -> bgsqd", mix, value).flatten(1, 2)

for name, result in (("expand", by_expand), ("einsum", by_einsum)):
    gap = (result - repeated).abs().max().item()
    print(f"{name}: {tuple(result.shape)}, as repeat_interleave: {gap < 1e-5}")

# %% [markdown]
# The first is the shortest. The last never makes a repeated copy: `g` stands in both inputs, `s` in the query
# only. Remember it for the end of the lesson.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** `embed_size` 768, 12 heads of 64, 4 groups. How wide is the key
# projection?
#
# <details><summary>A. 768 to 768, and then the heads are cut down</summary>
#
# The most common mistake. Where would the other 8 heads go? The layer makes only what will be kept.
#
# </details>
# <details><summary>B. 768 to 256</summary>
#
# Right: 4 key heads of 64. The value projection is the same; query and output stay 768 to 768.
#
# </details>
# <details><summary>C. 768 to 192</summary>
#
# That is 768 / 4, or 3 heads of 64: groups and share swapped.
#
# </details>
# <details><summary>D. 768 to 64</summary>
#
# That is a single key head, multi-query attention. With 4 groups there are 4.
#
# </details>

# %%
print("groups   key layer    weights of the four layers")
for groups in (12, 4, 2, 1):
    width = groups * 64
    print(f"{groups:6}   768 to {width:3}    {2 * 768 * 768 + 2 * 768 * width:,}")

# %% [markdown]
# ## Exercise: `GroupQueryAttention`
#
# About 10 minutes, about ten lines. It is `MultiHeadSelfAttention` with two narrower layers and one more step.
#
# - **Given**: `embed_size`, `num_heads`, `num_groups` (it divides `num_heads`), and `split_heads`, which here finds the
#   number of heads from the width of what it gets. `x` is `(batch, sequence, embed_size)`.
# - **Returned**: the same shape as `x`.
# - **Must hold**: key and value projections are `num_groups * head_size` wide; consecutive query heads share; no token
#   sees a later one; `num_groups = num_heads` and `num_groups = 1` work as well.
#
# Stuck? `hint("GroupQueryAttention")` in a new cell.


# %% name="grouped-exercise" tags=["exercise"]
class GroupQueryAttention(nn.Module):
    """Self-attention in which consecutive query heads share one key/value head.

    x (batch, sequence, embed_size) -> same shape
    """

    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_heads = num_heads
        self.num_groups = num_groups
        self.head_size = embed_size // num_heads
        # Four linear layers: query, key, value and output.
        ### BEGIN SOLUTION
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, num_groups * self.head_size)
        self.value = nn.Linear(embed_size, num_groups * self.head_size)
        self.output = nn.Linear(embed_size, embed_size)
        ### END SOLUTION

    def split_heads(self, projected):
        """(batch, sequence, any number of heads * head_size) -> (batch, heads, sequence, head_size)"""
        batch, sequence, width = projected.shape
        heads = width // self.head_size
        return projected.view(batch, sequence, heads, self.head_size).transpose(1, 2)

    def forward(self, x):
        # Project and split; let consecutive query heads share; attend; merge; project.
        ### BEGIN SOLUTION
        share = self.num_heads // self.num_groups
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x)).repeat_interleave(share, dim=1)
        value = self.split_heads(self.value(x)).repeat_interleave(share, dim=1)
        mixed = causal_attention(query, key, value)
        return self.output(mixed.transpose(1, 2).reshape(x.shape))
        ### END SOLUTION


# %% name="grouped-check" tags=["check"]
check(GroupQueryAttention)

# %% [markdown]
# ## See: who shares, in your own module
#
# The upper half of the next picture shows the rule. The lower half is found in **your** module, whatever you
# called its parameters. It uses one fact: the result of attention is a *sum* over heads. Each
# learnable number has a slope: how far the result moves when that number moves a little. Where two heads share
# nothing, moving the numbers of one leaves the slopes of the other as they are. So the numbers fall into sets that work
# together, and each set has a letter:

# %%
torch.manual_seed(2)
text = torch.randn(1, 8, 12)


def build(groups):
    """Your attention with embed_size 12, 6 heads and some groups; the same weights every time."""
    torch.manual_seed(0)
    return GroupQueryAttention(12, 6, groups).eval()


show(pictures.sharing(build(2), text, 6, 2))

# %% [markdown]
# In the module of the solution: the first 6 rows of the query layer are query heads 0, 1 and 2, two rows each. They
# work with the first two rows of the key and value layers: one head, A. The output layer takes what the same heads
# deliver, so there the letters stand in columns. With [A B A B A B], the query layer would be striped.
#
# Move the slider from multi-query (1 group) to full attention (6 groups). How many sets are there, and what does a
# cache keep?


# %% tags=["widget"]
def draw(groups):
    return pictures.sharing(build(groups), text, 6, groups)


explore(draw, groups=SelectionSlider(options=[1, 2, 3, 6], value=3, description="groups"))

# %% [markdown]
# The parameters of your own modules, at the size of GPT-2:


# %%
def count_parameters(module):
    module(torch.zeros(1, 1, 768))  # lazy layers have parameters only from their first call on
    return sum(parameter.numel() for parameter in module.parameters())


print(f"MultiHeadSelfAttention(768, 12)      {count_parameters(MultiHeadSelfAttention(768, 12)):9,}")
for groups in (12, 4, 2, 1):
    many = count_parameters(GroupQueryAttention(768, 12, groups))
    print(f"GroupQueryAttention(768, 12, {groups:2})     {many:9,}")

# %% [markdown]
# With 12 groups it is full attention, weight for weight. With 2, the layer has fewer weights as well. But the weights
# are read once for all texts; the cache is there once for each.

# %% [markdown]
# ## What it saves
#
# The same formula as above, with the groups that these models have. GPT-2 has none; we pretend it had 2.

# %%
num_groups = {"GPT-2": 2, "Llama 3 8B": 8, "Mistral 7B": 8, "Llama 2 70B": 8}

print(f"{'GB, one text':12}" + "".join(f"{tokens:>18,}" for tokens in lengths))
for name, (layers, heads, head_size, window) in models.items():
    row = ""
    for tokens in lengths:
        full = cache_bytes(layers, heads, head_size, tokens, window) / 1e9
        few = cache_bytes(layers, num_groups[name], head_size, tokens, window) / 1e9
        row += f"{f'{full:.3g} -> {few:.3g}':>18}"
    print(f"{name:12}{row}")

# %%
sizes = {
    name: tuple(cache_bytes(layers, kept_heads, head_size, 32_768, window) for kept_heads in (heads, num_groups[name]))
    for name, (layers, heads, head_size, window) in models.items()
}
show(pictures.cache_sizes(sizes, 32_768))

# %% [markdown]
# Always the factor `share`: 6, 4, 4 and 8. Grouping and the window multiply: at 32,768 tokens, Mistral keeps
# $4 \cdot 8 = 32$ times less than it would without both. The 32 texts from the beginning:

# %%
all_caches = 32 * cache_bytes(32, 8, 128, 8192)
print(f"caches of 32 texts, 8 groups: {all_caches / 1e9:.3g} GB")
print(f"read for one step, 32 new tokens: {(weights + all_caches) / 1e9:.3g} GB")

# %% [markdown]
# ## And the time
#
# Now the case in which it matters: **one** new token, and a long cache. 12 query heads of 64, 16,384 cached tokens.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** With 2 groups instead of 12, how many multiply-adds do the scores and the
# mix take?
#
# <details><summary>A. A sixth: there is a sixth of the keys</summary>
#
# A sixth is *read*. But each of the 12 query heads still asks every token, so the number of products stays.
#
# </details>
# <details><summary>B. As many as before</summary>
#
# Right. Each number of the cache is read once and used in 6 products instead of 1. When reading is what takes
# the time, that is what helps.
#
# </details>
# <details><summary>C. More: the heads have to be repeated first</summary>
#
# Repeating copies numbers and multiplies none. It does take time, though, as you will see.
#
# </details>

# %%
torch.manual_seed(0)
tokens = 16_384
one_query = torch.randn(1, 12, 1, 64)
cached = {groups: torch.randn(2, 1, groups, tokens, 64) for groups in (12, 2)}
all_seen = torch.ones(1, tokens, dtype=torch.bool)

with torch.no_grad():
    for groups, (key, value) in cached.items():
        _, products = counted(attend, one_query, key, value, all_seen)
        numbers = key.numel() + value.numel()
        print(f"{groups:2} groups: {products:,} multiply-adds with {numbers:,} numbers read")

# %% [markdown]
# Measured on this machine, with the course's own attention: the fastest of seven. The third way repeats the 2 heads
# to 12 before it attends, at every step. Your times will differ from those of any other machine.

# %% tags=["timing"]
torch.set_num_threads(1)  # one core: steadier times


def repeat_first(query, key, value):
    key, value = (rows.repeat_interleave(6, dim=1) for rows in (key, value))
    return fused(query, key, value)


ways = {
    "12 groups": (fused, 12),
    "2 groups": (fused, 2),
    "2 groups, repeated": (repeat_first, 2),
}
fastest = {}
with torch.no_grad():
    for way, (function, groups) in ways.items():
        times = []
        for _ in range(7):
            start = time.perf_counter()
            function(one_query, *cached[groups])
            times.append(time.perf_counter() - start)
        fastest[way] = 1000 * min(times)

assert min(fastest.values()) > 0
show(pictures.milliseconds(fastest, tokens))

# %% [markdown]
# Repeating throws the gain away, and more: it reads the small cache, *writes* a copy as large as the full one,
# and then reads that copy. `repeat_interleave` is fine in your module, which sees each text once and keeps nothing.
# With a cache, keep the 2 heads as they are, and attend with a group axis, as `einsum` does above.

# %% [markdown]
# ## From a trained model with many heads to one with few
#
# Training a large model again, only to shrink its cache, is too expensive. Ainslie et al. take one that is trained
# with full attention, and make each new key/value head the **mean** of those it replaces. Why the mean? Of all
# single heads, it is the one with the smallest squared distance to those it stands for. Compare with keeping the
# first head of each group, for 12 random heads in 2 groups:

# %%
torch.manual_seed(0)
heads = torch.randn(2, 6, 64, 768)  # groups, share, head_size, embed_size
stand_ins = {"mean": heads.mean(dim=1, keepdim=True), "first": heads[:, :1]}
for name, stand_in in stand_ins.items():
    lost = (heads - stand_in).square().mean() / heads.square().mean()
    print(f"{name:5}: squared distance {lost.item():.2f} of the heads' own square")

# %% [markdown]
# By hand: of 6 independent heads, the mean has a sixth of the square, so $1 - 1/6 = 0.83$ is missing. The first head
# costs nothing for itself and $1 + 1 = 2$ for each of the other five: $10/6 = 1.67$.
#
# That is how far the *weights* are. How much worse the *model* gets, only its loss can tell. We take the trained model
# that comes with the course, a GPT-2 for Python code with 4 heads in each layer, and let it read a program:

# %%
model = GPT2.from_pretrained("python").eval()
tokenizer = load_tokenizer("python")

code = '''class Shelf:
    """Books in the order of their titles."""

    def __init__(self, books=()):
        self.books = sorted(books)

    def __len__(self):
        return len(self.books)

    def __contains__(self, title):
        return title in self.books

    def __repr__(self):
        return f"{type(self).__name__}({self.books!r})"

    def add(self, title):
        if not isinstance(title, str):
            raise TypeError("title must be a string, not %s" % type(title).__name__)
        if title in self.books:
            raise ValueError("%r is there already" % title)
        self.books.append(title)
        self.books.sort()

    def remove(self, title):
        try:
            self.books.remove(title)
        except ValueError:
            raise KeyError(title) from None


def read_shelf(path, encoding="utf-8"):
    """Return the shelf in a file that has one title on each line."""
    with open(path, encoding=encoding) as file:
        lines = [line.strip() for line in file]
    return Shelf(line for line in lines if line and not line.startswith("#"))


def main(args=None):
    if args is None:
        args = sys.argv[1:]
    if not args:
        print("usage: shelf.py FILE", file=sys.stderr)
        return 2
    for name in args:
        shelf = read_shelf(name)
        print(name, len(shelf))
    return 0


if __name__ == "__main__":
    sys.exit(main())
'''
ids = torch.tensor(tokenizer.encode(code).ids)
print(f"{len(code):,} characters, {len(ids)} tokens")

# %% [markdown]
# The measure is **bits per byte**: the mean of $-\log_2$ of the probability that the model gave to the token that came,
# divided by how many bytes a token has. Less is better: 0 would be a model that always knows, and 8 one that takes all
# 256 bytes for equally likely.
#
# `group_heads(model, num_groups)` returns a copy of the model with mean heads. For first heads there is a detour: make
# all heads of a group equal to its first one. The mean of equal heads is that head.


# %%
bytes_of = torch.tensor([len(tokenizer.id_to_token(token)) for token in range(tokenizer.get_vocab_size())])


def bits(model):
    return training.bits_per_byte(model, ids, bytes_of, model.context_size)


@torch.no_grad()
def first_heads(model, num_groups):
    """A copy of the model in which the first head of each group stands for all."""
    model = copy.deepcopy(model)
    for block in model.blocks:
        attention = block.attention
        for parameter in [*attention.key.parameters(), *attention.value.parameters()]:
            heads = parameter.unflatten(0, (num_groups, -1, attention.head_size))  # groups, share, head_size
            heads.copy_(heads[:, :1].clone().expand_as(heads))
    return group_heads(model, num_groups)


before = bits(model)
converted = {groups: (bits(group_heads(model, groups)), bits(first_heads(model, groups))) for groups in (4, 2, 1)}

print("groups   mean heads   first heads   bits per byte")
for groups, (mean, first) in converted.items():
    print(f"{groups:6} {mean:12.2f} {first:13.2f}")
print(f"before: {before:.2f}")

assert max(abs(loss - before) for loss in converted[4]) < 0.01
assert min(converted[1]) > before < min(converted[2])

# %% [markdown]
# 4 groups change nothing: the mean of one head is that head. With fewer the loss jumps, and which of the two ways does
# better need not be what the distances say. Heads have learned different things, and number 5 of one head need not
# mean what number 5 of the next does. A mean can then be a head that looks for nothing in particular.
#
# ### Some more training
#
# So a converted model is trained on. In the paper, 5% of the original training was enough to come close to full
# attention, and after it the mean did better than the first head. We have seconds. The next cells take the model with
# 2 groups, and some files of Python's standard library, on which the model was trained before. The parts are those of
# lesson 11.


# %% tags=["timing"]
def read_library(number, seed=0):
    """The tokens of some files of the standard library, one behind the other."""
    files = random.Random(seed).sample(training.python_library(), number)
    texts = [file.read_text(encoding="utf-8", errors="ignore") for file in files]
    return torch.tensor([token for text in tokenizer.encode_batch(texts) for token in text.ids])


def train_on(model, text, num_steps, peak=0.001, length=128):
    """Train the model on random pieces of the text; after each step, yield the loss."""
    optimiser = training.make_optimiser(model, peak, weight_decay=0.1, betas=(0.9, 0.95))
    for step in range(num_steps):
        for group in optimiser.param_groups:
            group["lr"] = training.learning_rate(step, num_steps, 5, peak)
        pieces = text[torch.randint(len(text) - length, (4, 1)) + torch.arange(length + 1)]
        loss = F.cross_entropy(model(pieces[:, :-1]).flatten(0, 1), pieces[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        yield loss.item()


library = read_library(20)
print(f"{len(library):,} tokens")
assert len(library) > 10_000

# %% [markdown]
# 40 steps of 512 tokens each. You may press the stop button (■); what comes after works with what it has learned so
# far.

# %% tags=["timing"]
torch.manual_seed(0)
grouped, num_steps = group_heads(model, 2), 40
write = live_text()
try:
    for step, loss in enumerate(train_on(grouped, library, num_steps), start=1):
        bar = "█" * (step * 30 // num_steps)
        write(f"{bar:30} step {step} of {num_steps}  loss {loss:.2f}")
except KeyboardInterrupt:
    print("stopped")

after = bits(grouped)
print(f"4 heads, before:     {before:.2f} bits per byte")
print(f"2 groups, converted: {converted[2][0]:.2f}")
print(f"2 groups, trained:   {after:.2f}")
assert after < converted[2][0] or step < num_steps

# %% [markdown]
# That was a tiny part of the original training, and some of the loss is made up for. It is computed on the program
# above, which neither training has seen.

# %% [markdown]
# ## In the wild
#
# - **Multi-query**, one group: [PaLM](https://arxiv.org/abs/2204.02311) (2022) with 540 billion parameters, and
#   [Gemma](https://arxiv.org/abs/2403.08295) 2B. (Gemma 7B has full attention.)
# - **Grouped**, 8 groups: [Llama 2](https://arxiv.org/abs/2307.09288) 70B with 64 query heads (its 7B has full
#   attention), all sizes of [Llama 3](https://arxiv.org/abs/2407.21783), and
#   [Mistral 7B](https://arxiv.org/abs/2310.06825), whose window you know from lesson 07.
# - **Why 8?** Large models are often spread over 8 GPUs. With 8 groups, each holds one key/value head; with fewer,
#   there would be copies (appendix A.2.1 of the Llama 2 paper).
# - **Names**: the files of these models say `num_attention_heads` for query heads and `num_key_value_heads` for what is
#   called `num_groups` here.
# - **In this repository**: `gpt2_ref/model/functional.py`. Its `attend` names the axes `(groups share)`, so full,
#   grouped and multi-query attention are the same lines. `gpt2_ref/model/grouping.py` has `group_heads`.
#
# The real thing: transformers' function that spreads the heads, beside `repeat_interleave`; and the cache of
# Mistral 7B, on the device `meta`, which makes shapes without memory:

# %%
from transformers import MistralConfig, MistralModel
from transformers.models.mistral.modeling_mistral import repeat_kv

some_heads = torch.randn(1, 8, 5, 128)
same = torch.equal(repeat_kv(some_heads, 4), some_heads.repeat_interleave(4, dim=1))
print("repeat_kv is repeat_interleave:", same)

config = MistralConfig()
with torch.device("meta"):
    their_cache = MistralModel(config)(torch.zeros(1, 8, dtype=torch.long)).past_key_values
layer = their_cache.layers[0]
numbers = len(their_cache.layers) * (layer.keys.numel() + layer.values.numel())
print(f"{config.num_attention_heads} query heads, {config.num_key_value_heads} key/value heads")
print(f"keys of a layer: {tuple(layer.keys.shape)}")
print(f"{numbers * 2 // 8:,} bytes a token; formula: {cache_bytes(32, 8, 128, 1):,}")

# %% [markdown]
# ## Recap
#
# 1. Every new token reads the whole cache. Query heads in groups share keys and values, so the cache is `share` times
#    smaller, and so is what is read.
# 2. Consecutive query heads share, [A A B B]; key and value projections are `num_groups * head_size` wide. As many
#    groups as heads is full attention, one group is multi-query.
# 3. The products stay as many as before; the gain is in memory and reading. Repeating the cache throws it away.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **No copy.** Write your `forward` without repeating, with `einsum` and a group axis.
#    `check(GroupQueryAttention)` accepts it.
# 2. **A and B in turn.** Use `repeat` in your module. What does `check` call it? With 6 heads in 2 groups, in which
#    order must the query heads stand, so that it gives the same result as `repeat_interleave`? Which layers have to be
#    reordered?
#
#    <details><summary>What you should see</summary>
#
#    0, 3, 1, 4, 2, 5: places 0, 2 and 4 read A now. The rows of the query layer (and its bias) stand in this order,
#    and so do the columns of the output layer. Such a model is as good as the other; only their weights cannot be
#    exchanged as they are.
#
#    </details>
# 3. **The other start.** Train `first_heads(model, 2)` for as many steps, and for ten times as many. Which start is
#    ahead, and does the lead last? Ainslie et al. found the mean to be ahead at the end.
#
# **Next**: lesson 09, rotary positions. There, a token's place is no longer added to it but turned into its queries
# and keys.
