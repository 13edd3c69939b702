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
# # 06 · The key/value cache
#
# **You write attention that remembers, so that the next token costs one row of work and not the whole text
# again. Then a trained GPT-2 writes with it, and you put all your pieces together.**
#
# | | |
# |---|---|
# | time | 50 minutes |
# | you need | attention from lesson 02, the block from lesson 03; writing token by token from lesson 05 |
# | you will have | `CachedSelfAttention`, a trained GPT-2 that writes with it, and `my_gpt2`: your own GPT-2 |

# %%
import math
import time

import torch
from ipywidgets import Dropdown, IntSlider
from torch import nn

from gpt2_ref import GPT2, check, hint, load_tokenizer, progress, read_checkpoint
from gpt2_ref.course import stand_ins
from gpt2_ref.figures import kv_cache as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your own pieces from the earlier lessons. Where one is missing, the course's own stands in, and a line says so.

# %%
from my_gpt2 import GPT2Block, causal_attention

# %% [markdown]
# ## Why: every token is computed again and again
#
# Lesson 05 wrote a text like this: the whole text goes through the model, the last row of logits gives the next
# token, the token is appended, and the *longer* text goes through the model. Each token is one row. How many
# rows go through while a prompt of 24 tokens grows to 1,024?

# %%
rows = sum(range(24, 1024))
print(f"{rows:,} rows for {1023:,} tokens: {rows / 1023:.0f} times each, on average")

# %% [markdown]
# In work: a *multiply-add* is one product that is added to a sum. With `hidden_size` four times `embed_size`,
# as in GPT-2, a block takes
#
# - for each token $12 \cdot \texttt{embed\_size}^2$: 4 for the projections of attention, 8 for the feed-forward
#   layer;
# - for each pair of tokens $2 \cdot \texttt{embed\_size}$: one for the score, one for the mix (lesson 02).
#
# We let torch count the multiply-adds of three blocks, beside the formula, for texts of several lengths:

# %%
embed_size = 32
torch.manual_seed(0)
blocks = nn.Sequential(*(GPT2Block(embed_size, 4, 4 * embed_size) for _ in range(3)))
blocks.eval()  # dropout, where there is any, is off

print("tokens    formula    counted")
for length in (8, 32, 128, 512):
    formula = 3 * (length * 12 * embed_size**2 + length**2 * 2 * embed_size)
    _, by_torch = pictures.counted(blocks, torch.randn(1, length, embed_size))
    print(f"{length:6} {formula:10,} {by_torch:10,}")

# %% [markdown]
# That is the price of **one** more token at the end of such a text, and it grows with the text.
#
# ### How much of it is new?
#
# Here are the eight words of lesson 02, as random rows. We run the first seven through the three blocks, then
# all eight, and compare row by row, layer by layer. Below it, for comparison, a word in the middle is replaced.

# %%
words = ["tom", "has", "a", "red", "kite", "and", "it", "is"]
torch.manual_seed(2)
text = torch.randn(1, 8, embed_size)
replaced = text.clone()
replaced[:, words.index("red")] = torch.randn(embed_size)


def after_each_layer(x):
    """(1, sequence, embed_size) -> (layers, sequence, embed_size)"""
    layers = []
    with torch.no_grad():
        for block in blocks:
            x = block(x)
            layers.append(x[0])
    return torch.stack(layers)


whole = after_each_layer(text)
appended = torch.full((3, 8), math.nan)  # nan: "is" has no row before
appended[:, :7] = (whole[:, :7] - after_each_layer(text[:, :7])).abs().amax(dim=-1)
middle = (after_each_layer(replaced) - whole).abs().amax(dim=-1)

show(pictures.rows_that_move({"append “is”": appended, "replace “red”": middle}, words))

# %% [markdown]
# A new word at the end moves nothing, in any layer: 21 rows are computed to get what was there before. It is
# the causal mask that makes it so. No token sees a later one, so no row can know that something came later.
#
# The keys and values of a layer are made from its rows, each from its own. So they never change either.

# %% [markdown]
# ## What: keep what will be read again

# %% [markdown] tags=["predict"]
# **Predict.** Five tokens are done, the sixth comes. What does it need from the first five, in a layer of
# attention?
#
# <details><summary>A. Their queries, keys and values</summary>
#
# Keys and values, yes. But a query is what a token *asks*, and it asks once: row 2 of the scores belongs to
# token 2, and that row is done. The sixth token asks with a query of its own.
#
# </details>
# <details><summary>B. Their keys and values</summary>
#
# Right. Its one query meets all keys, and the weights mix all values. Nothing else of the old tokens is read.
#
# </details>
# <details><summary>C. Only those of the fifth: it has gathered from the others</summary>
#
# That would be a recurrent network, which passes on one summary. Attention goes back to each token itself:
# this is why `is` can find `red`, four words earlier, undiluted.
#
# </details>

# %% [markdown]
# So for each layer we keep two tables, all keys and all values so far: the **key/value cache**. For the tokens
# that are new,
#
# 1. make their queries, keys and values;
# 2. put the new keys and values behind the cached ones;
# 3. let the new queries, and only those, attend to all of it;
# 4. keep the longer tables for the next call.
#
# Layer norm, projections and feed-forward handle each token alone. They only ever see the new rows.
#
# ### Several new tokens at once: which rows of the mask?
#
# Usually one token is new. But a prompt comes whole, and a chat goes on with a whole question. Say 3 tokens are
# cached and 2 are new.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Which keys may the *first* of the two new tokens see? Keys count
# from 0.
#
# <details><summary>A. Key 0 only: it is the first row of the mask</summary>
#
# It is the first of the *chunk*, but it stands at position 3 of the text. This is a common mistake: a triangle
# that begins at the corner again, so that new tokens see the beginning of the text and not themselves.
#
# </details>
# <details><summary>B. Keys 0, 1, 2 and 3</summary>
#
# Right. It stands at position 3 and sees everything up to itself. The second new token sees key 4 as well.
#
# </details>
# <details><summary>C. All five: they are all there</summary>
#
# All five are there, but key 4 belongs to the token after it. With one new token no mask is needed, and it is
# easy to forget that with two it is.
#
# </details>

# %%
seen = torch.ones(5, 5, dtype=torch.bool).tril()
print(seen.int())
print("the rows of the two new tokens:")
print(seen[3:].int())

# %% [markdown]
# **A query at position p sees the keys 0 to p.** With n cached and m new tokens, the mask is the last m rows of
# the triangle. `tril` can make them alone: `diagonal=3` moves the edge of the triangle 3 columns to the right.

# %%
torch.equal(torch.ones(2, 5, dtype=torch.bool).tril(diagonal=3), seen[3:])

# %% [markdown]
# **By hand.** With `head_size` 1, a score is one product. The three cached tokens and the two new ones have:
#
# | | cached | cached | cached | new | new |
# |---|---|---|---|---|---|
# | query | | | | 1 | 1 |
# | key | 0 | 0 | 0 | 0 | ln 4 |
# | value | 8 | 4 | 0 | 4 | 2 |
#
# The first new token scores 0 with the four keys that it may see: weights 1/4 each, and
# $(8 + 4 + 0 + 4) / 4 = 4$. The second scores 0, 0, 0, 0 and ln 4: $e^0 = 1$ and $e^{\ln 4} = 4$, together 8, so
# $(8 + 4 + 0 + 4) / 8 + 2 \cdot 4/8 = 2 + 1 = 3$.

# %%
new_query = torch.tensor([[1.0], [1.0]])
all_keys = torch.tensor([[0.0], [0.0], [0.0], [0.0], [math.log(4)]])
all_values = torch.tensor([[8.0], [4.0], [0.0], [4.0], [2.0]])

hand_scores = new_query @ all_keys.T  # (2 new, 5 keys)
hand_weights = hand_scores.masked_fill(~seen[3:], float("-inf")).softmax(dim=-1)
print(hand_weights)
print((hand_weights @ all_values).T)

# %% [markdown]
# The same out of your `causal_attention`, which wants all five queries. We give the old tokens two different
# sets of queries. The two new rows do not mind:

# %%
for old_query in (0.0, 9.0):
    five = torch.tensor([old_query, old_query, old_query, 1, 1])[None, None, :, None]
    mixed = causal_attention(five, all_keys[None, None], all_values[None, None])
    print(f"old queries {old_query}: {mixed.flatten()}")

# %% [markdown]
# ### What it costs: memory
#
# Each token leaves a key and a value, `embed_size` numbers each, in every layer:
# $2 \cdot \texttt{layers} \cdot \texttt{embed\_size}$ numbers, of 4 bytes in float32. For the four sizes of
# GPT-2:

# %%
sizes = {
    "gpt2": (12, 768),
    "gpt2-medium": (24, 1024),
    "gpt2-large": (36, 1280),
    "gpt2-xl": (48, 1600),
}
for name, (layers, size) in sizes.items():
    a_token = 2 * layers * size * 4
    print(f"{name:11} {a_token:7,} bytes a token, {1024 * a_token / 1e6:5.1f} MB for 1,024 tokens")

weights = 124_439_808 * 4
texts = weights / (1024 * 2 * 12 * 768 * 4)
print(f"the weights of gpt2: {weights / 1e6:.0f} MB, as much as the caches of {texts:.1f} such texts")

# %% [markdown]
# A server that writes for a hundred people at once keeps a hundred caches, and one copy of the weights. Lessons
# 07 and 08 are about making the cache smaller.

# %% [markdown]
# ## Exercise: `CachedSelfAttention`
#
# About 15 minutes, about ten lines. The layers and `split_heads` are those of lesson 02.
#
# - **Given**: `x` of shape `(batch, new, embed_size)`, *only the tokens that come after the cached ones*; and
#   `cache`: `None` at the beginning of a text, else exactly what the call before returned.
# - **Returned**: two things, `(result, cache)`. `result` has a row for each new token, the same shape as `x`.
#   `cache` is for the next call.
# - **Must hold**: a text fed in any chunks, of one or more tokens, gives the same rows as the text fed whole. No
#   token sees a later one. Two texts, each begun with `None`, know nothing of each other.
#
# What a cache *is* stays your affair: nobody looks inside. A tuple `(key, value)` will do. `causal_attention` does not
# fit here: it expects as many queries as keys.
#
# `torch.cat([a, b], dim=2)` puts `b` behind `a` along axis 2: in `(batch, heads, tokens, head_size)`, the tokens.
# Stuck? `hint("CachedSelfAttention")` in a new cell.


# %% name="cached-exercise" tags=["exercise"]
class CachedSelfAttention(nn.Module):
    """Self-attention that computes each token once.

    x (batch, new, embed_size), what the call before returned -> same shape as x, what to hand to the next call
    """

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def split_heads(self, projected):
        """(batch, new, embed_size) -> (batch, heads, new, head_size)"""
        batch, new, _ = projected.shape
        return projected.view(batch, new, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x, cache=None):
        # Project and split; put the cached in front; attend, each query to its own past; merge, project.
        ### BEGIN SOLUTION
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x))
        value = self.split_heads(self.value(x))
        if cache is not None:
            key = torch.cat([cache[0], key], dim=2)
            value = torch.cat([cache[1], value], dim=2)
        new, total = query.shape[2], key.shape[2]
        seen = torch.ones(new, total, dtype=torch.bool, device=x.device).tril(diagonal=total - new)
        scores = query @ key.transpose(-2, -1) / self.head_size**0.5
        mixed = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape)), (key, value)
        ### END SOLUTION


# %% name="cached-check" tags=["check"]
check(CachedSelfAttention)

# %% [markdown]
# ## See: cut as you like
#
# Your attention gets the eight words in four different ways: whole; one by one; a prompt of five and then word
# by word; and in three chunks. Each word's result is compared with that of the text fed whole:

# %%
torch.manual_seed(2)
remembering = CachedSelfAttention(16, 4).eval()  # embed_size, num_heads
story = torch.randn(1, 8, 16)

chunkings = [[8], [1] * 8, [5, 1, 1, 1], [3, 3, 2]]
show(pictures.same_in_chunks(remembering, story, words, chunkings))

# %% [markdown]
# ### What a step computes
#
# Now as in writing: the prompt `tom has a` is the first step, and each later step brings one word. Which rows
# go through the projections, and which pairs of a query and a key are needed? The pairs are found from
# outside, with your module: change a word, and see whether the row moves. (So pairs that the mask hides are left
# out.) Step 4 without the cache:

# %%
show(pictures.one_step(remembering, story, words, prompt=3, step=4, cached=False))

# %% [markdown]
# And with it. Orange is computed in this step, blue was computed in an earlier one:

# %%
show(pictures.one_step(remembering, story, words, prompt=3, step=4, cached=True))

# %% [markdown]
# 1 row instead of 6 and 6 pairs instead of 21. Step through the text. The first step is the same both ways: at
# the beginning there is nothing to remember.


# %% tags=["widget"]
def draw(step, cache):
    return pictures.one_step(remembering, story, words, 3, step, cache == "with the cache")


explore(
    draw,
    step=IntSlider(value=1, min=1, max=6, description="step"),
    cache=Dropdown(options=["with the cache", "without"], description="way"),
)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** With the cache, what does one more token cost at 512 tokens,
# compared with 8 tokens?
#
# <details><summary>A. The same: one row is one row</summary>
#
# For the projections, yes. But the one query is compared with *every* key, and there are 512 of them now.
#
# </details>
# <details><summary>B. More, but less than 64 times as much</summary>
#
# Right. The projections stay at $4 \cdot \texttt{embed\_size}^2$; only the pairs, $2 \cdot \texttt{embed\_size}$
# for each key, grow.
#
# </details>
# <details><summary>C. 64 times as much, as there are 64 times as many tokens</summary>
#
# Only the pairs grow 64 times. The projections, the larger part here, stay as they are.
#
# </details>

# %%
torch.manual_seed(0)
counted_layer = CachedSelfAttention(64, 4)
lengths = [8, 32, 128, 512]
without, with_cache = [], []

with torch.no_grad():
    for length in lengths:
        long_text = torch.randn(1, length, 64)
        _, all_rows = pictures.counted(counted_layer, long_text)
        _, past = counted_layer(long_text[:, :-1])
        _, one_row = pictures.counted(counted_layer, long_text[:, -1:], past)
        without.append(all_rows)
        with_cache.append(one_row)

show(pictures.work(lengths, without, with_cache))

# %%
print("tokens    without   with   without / with")
for length, all_rows, one_row in zip(lengths, without, with_cache, strict=True):
    print(f"{length:6} {all_rows:10,} {one_row:6,}   {all_rows / one_row:8.1f}")

# %% [markdown]
# The gain is the length of the text: a row and its pairs are the same work either way, and without the cache it is
# done for every token. (A right answer that keeps the inputs, and projects them again, gains less.)

# %% [markdown]
# ## A whole GPT-2 that remembers
#
# The trained model that comes with the course is a GPT-2 of 6 blocks for Python code; lesson 05 let it write. Here are
# its sizes, and its tokenizer:

# %%
torch.set_num_threads(1)  # one core: steadier times later, and enough for small models
trained = GPT2.from_pretrained("python").eval()
tokenizer = load_tokenizer("python")

embed_size = trained.token_embedding.embedding_dim
num_heads = embed_size // trained.blocks[0].attention.head_size
print(f"{len(trained.blocks)} blocks, embed_size {embed_size}, {num_heads} heads")
print(f"{trained.vocab_size:,} tokens, context of {trained.context_size}")

# %% [markdown]
# **Your attention takes the place of the one in each block**, with the trained weights. The four layers in the blank
# are named and shaped as those of the course, so `load_state_dict` can hand them over. If yours have other names, or
# other heads behind the same names, they cannot get these weights: then a line says so, and the course's own
# `CachedSelfAttention` is used from here on.


# %%
def attention_for(block, kind):
    """Attention of this kind, with the weights of a trained block."""
    attention = kind(embed_size, num_heads).eval()
    x = torch.randn(1, 8, embed_size)
    result, _ = attention(x)  # lazy layers have parameters only from their first call on
    attention.load_state_dict(block.attention.state_dict())
    result, _ = attention(x)
    if (result - block.attention(x)).abs().max() > 0.001:
        raise RuntimeError("the same names, and another result")
    return attention


with torch.no_grad():
    try:
        attentions = [attention_for(block, CachedSelfAttention) for block in trained.blocks]
        print("your attention, with trained weights")
    except RuntimeError:
        attentions = [attention_for(block, stand_ins.CachedSelfAttention) for block in trained.blocks]
        print("the course's own attention: the trained weights do not fit into yours")

# %% [markdown]
# The model around it is given. It hands the caches through: one for each block, because each block has keys and values
# of its own. One thing is new. **Positions go on where the cache ends**: the first new token is not at position 0. The
# model keeps count.


# %%
class CachedGPT2(nn.Module):
    """ids (batch, new), what the call before returned -> logits (batch, new, vocab), for the next call"""

    def __init__(self, trained, attentions):
        super().__init__()
        self.trained = trained
        self.attentions = nn.ModuleList(attentions)

    def forward(self, ids, past=None):
        caches, start = past or ([None] * len(self.attentions), 0)
        end = start + ids.shape[1]
        x = self.trained.token_embedding(ids) + self.trained.position_embedding.weight[start:end]
        kept = []
        for block, attention, cache in zip(self.trained.blocks, self.attentions, caches, strict=True):
            mixed, cache = attention(block.attention_norm(x), cache)
            x = x + mixed
            x = x + block.feed_forward(block.feed_forward_norm(x))
            kept.append(cache)
        return self.trained.output(self.trained.final_norm(x)), (kept, end)


model = CachedGPT2(trained, attentions)

# %% [markdown]
# Cached = uncached for the whole model, two texts of eight random tokens at once, in the four chunkings:

# %%
torch.manual_seed(0)
two_texts = torch.randint(trained.vocab_size, (2, 8))

with torch.no_grad():
    at_once, _ = model(two_texts)
    for chunks in chunkings:
        past, in_parts = None, []
        for chunk in two_texts.split(chunks, dim=1):
            logits, past = model(chunk, past)
            in_parts.append(logits)
        gap = (torch.cat(in_parts, dim=1) - at_once).abs().max().item()
        print(f"chunks {chunks}: difference below 0.001: {gap < 0.001}")

# %% [markdown]
# Writing is the loop of lesson 05. With the cache, only the last token goes in:


# %%
@torch.no_grad()
def write(model, ids, length, cached):
    """Append the most likely token until there are `length`; ids (batch, sequence) -> (batch, length)."""
    new, past = ids, None
    while ids.shape[1] < length:
        logits, past = model(new, past)
        token = logits[:, -1:].argmax(dim=-1)
        ids = torch.cat([ids, token], dim=1)
        new, past = (token, past) if cached else (ids, None)
    return ids


code = "class Stack:\n    def __init__(self, items):\n        self.items ="
prompt = torch.tensor([tokenizer.encode(code).ids])

slowly = write(model, prompt, 80, cached=False)
quickly = write(model, prompt, 80, cached=True)
print(tokenizer.decode(quickly[0].tolist()))
print("\nthe same 80 tokens:", torch.equal(slowly, quickly))

# %% [markdown]
# Without any chance, such a model repeats itself before long (lesson 05). What counts here: with the cache it is the
# same text, token for token.
#
# ### And how much faster?
#
# First the work, counted as above, for one more token at the end of a text; this time in the whole model, with its
# feed-forward layers and its output layer.

# %%
lengths = [32, 64, 128, 250]
torch.manual_seed(0)
ids = torch.randint(trained.vocab_size, (1, 256))

print("tokens      without       with   without / with")
with torch.no_grad():
    for length in lengths:
        _, all_rows = pictures.counted(model, ids[:, :length])
        _, past = model(ids[:, : length - 1])
        _, one_row = pictures.counted(model, ids[:, length - 1 : length], past)
        print(f"{length:6} {all_rows:12,} {one_row:10,}   {all_rows / one_row:8.1f}")

# %% [markdown]
# Then the time, measured on this machine, the fastest of five. Your numbers will differ from those of any other
# machine.

# %% tags=["timing"]
slow, fast = [], []

with torch.no_grad():
    for length in lengths:
        _, past = model(ids[:, :length])
        times = []
        for place in range(length, length + 5):
            start = time.perf_counter()
            model(ids[:, : place + 1])
            halfway = time.perf_counter()
            _, past = model(ids[:, place : place + 1], past)
            times.append((halfway - start, time.perf_counter() - halfway))
        slow.append(1000 * min(all_again for all_again, _ in times))
        fast.append(1000 * min(one_row for _, one_row in times))

assert min(slow + fast) > 0
show(pictures.milliseconds(lengths, slow, fast))

# %% [markdown]
# Less than the count promised. One row through this small model is so little work that calling the layers takes
# most of the time.
#
# One limit stays. GPT-2 has 1,024 learned positions, this model 256. When a text grows beyond them, the model sees the
# last of its tokens only, and each of them moves to another position. Then no cached row is right any more, and
# everything is computed again at every step. Lesson 09 replaces learned positions, and lesson 07 the endless memory.

# %% [markdown]
# ## Your own GPT-2
#
# Every answer that passed its check was kept on your desk, and `my_gpt2` puts them together. Whose is what? (In the
# course's solved notebook nothing is kept: there, every piece is the course's own.)

# %% tags=["timing"]
import my_gpt2

whose = my_gpt2.parts()
assert {"GPT2", "generate", "CachedSelfAttention"} <= {*whose.own}
whose

# %% [markdown]
# Now all of them together: your `GPT2` with the trained weights, which your `load_checkpoint` puts in (lesson 04), and
# your `generate`. If model and weights do not fit together, because one is yours and the other the course's, the next
# cell says so and takes the course's model.

# %%
config, tensors = read_checkpoint("python")
sizes = config["vocab_size"], config["n_embd"], config["n_head"], config["n_inner"], config["n_layer"]
try:
    mine = my_gpt2.GPT2(*sizes, config["n_positions"]).eval()
    mine.context_size = config["n_positions"]  # generate asks for it
    mine(prompt)  # lazy layers have parameters only from their first call on
    my_gpt2.load_checkpoint(mine, tensors)
except Exception as error:  # whatever it is: what comes now should not wait for lesson 04
    print(f"{type(error).__name__}: {error}")
    print("The course's own GPT2 stands in.")
    mine = trained

# %% [markdown]
# It continues three beginnings in one batch, one row each. Temperature 0 takes the most likely token:

# %%
beginnings = ["class Stack:", "def main(args", "if not isinstance("]  # 4 tokens each
rows = torch.tensor([tokenizer.encode(beginning).ids for beginning in beginnings])
for row in my_gpt2.generate(mine, rows, 24, 1, 0):
    print(repr(tokenizer.decode(row.tolist())))

# %% [markdown]
# Three prompts in one batch, three different texts: it reads what it is given. And the text from above, from your
# `generate`, which has no cache: is it the one that the cache wrote?

# %%
again = my_gpt2.generate(mine, prompt, 80, 1, 0)
print("the same 80 tokens:", torch.equal(again, quickly))

# %% [markdown]
# (If your feed-forward layer uses the exact GELU, a few tokens may differ. Lesson 03 says why.)

# %% [markdown]
# ## In the wild
#
# - **Reading is the limit.** [Shazeer 2019](https://arxiv.org/abs/1911.02150): with a cache, writing is often slow
#   because all keys and values are read from memory again for every token. There, all heads share one set of keys and
#   values (lesson 08).
# - **At scale**, [Pope et al. 2022](https://arxiv.org/abs/2211.05102) count memory and traffic of the cache for
#   models of up to 540 billion parameters, and how to spread it over many chips.
# - **vLLM** ([Kwon et al. 2023](https://arxiv.org/abs/2309.06180)) keeps the cache in pages of a few tokens, as
#   an operating system keeps memory, so that texts of unknown length waste little room.
# - **transformers** has `DynamicCache`: two tensors for each layer, joined by `torch.cat`, as in the solution of
#   this lesson.
# - **`F.scaled_dot_product_attention`** with `is_causal=True` starts its triangle at the top left corner also
#   when there are more keys than queries: answer A of the second question. Hand it a mask instead.
# - **In this repository**: `gpt2_ref/model/cache.py`. Its tables have spare rows, and double when they are full,
#   so that a new row is written into place, and not all rows copied.
#
# The cache of the real thing, on the device `meta`, which makes shapes without memory:

# %%
from transformers import GPT2Config, GPT2LMHeadModel

with torch.device("meta"):
    hugging_face = GPT2LMHeadModel(GPT2Config())
    their_cache = hugging_face(torch.zeros(1, 8, dtype=torch.long)).past_key_values

tensors = [tensor for layer in their_cache.layers for tensor in (layer.keys, layer.values)]
held = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
print(f"{type(their_cache).__name__}: {len(tensors)} tensors of shape {tuple(tensors[0].shape)}")
print(f"{held // 8:,} bytes a token")

# %% [markdown]
# ## Recap
#
# 1. Causality keeps every old row as it is, so keys and values are computed once and kept; queries are asked
#    once and forgotten.
# 2. A query at position p sees keys 0 to p: the last rows of the triangle, not the first. Positions go on where
#    the cache ends.
# 3. One more token costs one row instead of all of them. The price is memory: 73,728 bytes a token for GPT-2.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **Room in advance.** `torch.cat` copies all cached rows for every new token. Give the cache a buffer with
#    room for 64 tokens, write new rows into place, and double it when it is full. `check(CachedSelfAttention)`
#    accepts it. At which length does it pay?
# 2. **Who notices?** In `CachedGPT2`, let the positions start at 0 in every call. Which of the four chunkings notice?
#    Put it right, and use the mask in `CachedSelfAttention` only when there is no cache. Which notice now? Predict
#    first.
#
#    <details><summary>What you should see</summary>
#
#    Positions from 0: all but `[8]`. No mask with a cache: only `[3, 3, 2]`, where a later chunk has a token that
#    must not see the next one. Writing word by word would never have shown it.
#
#    </details>
#
# **Next**: lesson 07, sliding-window attention. There, the cache stops growing.
