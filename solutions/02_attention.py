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
# # 02 · Attention
#
# **You write the part of GPT-2 in which one token reads from another, and draw who reads from whom.**
#
# | | |
# |---|---|
# | time | 55 minutes |
# | you need | tensors, `@` and `nn.Linear`; `softmax` from lesson 00. Nothing about attention. |
# | you will have | `causal_attention`, equal to torch's own fused attention, and `MultiHeadSelfAttention` |

# %%
import torch
import torch.nn.functional as F
from ipywidgets import FloatSlider, SelectionSlider
from torch import nn

from gpt2_ref import check, hint, progress
from gpt2_ref.figures import attention as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## Why: a token has to fetch something from an earlier token
#
# Read this and guess the next word:
#
# > tom has a red kite and it is ...
#
# A model reads a text as *tokens*, here whole words, and keeps a row of numbers for each. It guesses from
# what it has at the last token, `is`. The answer, *red*, stands four words earlier. Somehow it has to
# travel from `red` to `is`.
#
# A linear layer does not carry it. It treats every token alone. Change `red`, and see how far `is` moves:

# %%
words = ["tom", "has", "a", "red", "kite", "and", "it", "is"]

torch.manual_seed(2)
tokens = torch.randn(8, 16)  # 8 tokens, 16 numbers each
changed = tokens.clone()
changed[words.index("red")] += 1

linear = nn.Linear(16, 16)
moved = (linear(changed) - linear(tokens)).abs().amax(dim=1)
print(f"red moves by {moved[3].item():.2f}, is moves by {moved[7].item():.2f}")

# %% [markdown]
# First idea: give every token the **average of everything up to it**. Something from `red` does arrive at
# `is`. How much of what arrives?

# %%
for sequence in (8, 64, 1024):
    print(f"{sequence:5} words: {1 / sequence:.3g} of the average is 'red'")

# %% [markdown]
# An eighth, and it fades as the text grows. Worse, the average is the same whatever is asked: `it` looks
# for a thing, `is` looks for a colour, and both would get the same mixture.
#
# Second idea: **a weighted choice**. Give each word a score for how well it fits what is asked for, and let
# `softmax` turn the scores into shares. Here `red` scores 4 and the others 0:

# %%
average = torch.full((8,), 1 / 8)
choice = torch.tensor([0.0, 0, 0, 4, 0, 0, 0, 0]).softmax(dim=0)

shares = {"averaging everything": average, "a weighted choice": choice}
show(pictures.gathered(words, shares, wanted="red"))

# %% [markdown]
# That is attention: a weighted average whose weights depend on *who asks* and *what is on offer*. What is
# left is where the scores come from.

# %% [markdown]
# ## What: every token asks, offers and hands over
#
# Each token gets three small vectors:
#
# - its **query**: what it is looking for,
# - its **key**: what it has on offer,
# - its **value**: what it hands over when it is chosen.
#
# A score is the dot product of one token's query with another token's key. It is large when the offer fits
# the question. We go through it by hand with three words and vectors of size 2. In queries and keys, the
# first number stands for "colour" and the second for "thing".
#
# | word | query: looks for | key: offers | value: hands over |
# |---|---|---|---|
# | `red` | 0, 0: nothing | 1, 0: a colour | 10, 0 |
# | `kite` | 2, 0: a colour | 0, 1: a thing | 0, 10 |
# | `is` | 2, 1: a colour, or else a thing | 0, 0: neither | 1, 1 |

# %%
three = ["red", "kite", "is"]
query = torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0]])
key = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
value = torch.tensor([[10.0, 0.0], [0.0, 10.0], [1.0, 1.0]])

# %% [markdown]
# **Step 1, scores.** All dot products at once are one matrix product: row = who asks, column = who is
# asked. Check the last row by hand: `is` with `red` is $2 \cdot 1 + 1 \cdot 0 = 2$, with `kite`
# $2 \cdot 0 + 1 \cdot 1 = 1$, with itself $0$.

# %%
scores = query @ key.T
scores

# %% [markdown]
# **Step 2, weights.** `softmax` turns each *row* into shares that add up to 1. The last row by hand:
# $e^2 = 7.39$, $e^1 = 2.72$, $e^0 = 1$, together $11.11$, so $7.39 / 11.11 = 0.665$ goes to `red`.

# %%
weights = scores.softmax(dim=-1)
print(weights)
print("each row adds up to", weights.sum(dim=-1))

# %% [markdown]
# **Step 3, mix.** Each token gets the values, weighted. The first number for `is`:
# $0.665 \cdot 10 + 0.245 \cdot 0 + 0.090 \cdot 1 = 6.74$. Mostly what `red` handed over.

# %%
weights @ value

# %% [markdown]
# Look at the first row. `red` looked for nothing, all its scores were 0, and it got the plain average.
# **Averaging is attention with nothing to ask.**
#
# Two things are still missing: a rule about who may be seen, and a scale for the scores.

# %% [markdown]
# ### No looking ahead
#
# GPT-2 learns by guessing the next token, at every position at once. If `red` could look at `kite`, it
# would copy the answer instead of learning to guess it. So a token may see itself and what came before:
# this is called *causal*. Which pairs are allowed is a triangle:

# %%
seen = torch.ones(3, 3, dtype=torch.bool).tril()
seen

# %% [markdown]
# A pair that is not allowed gets the score $-\infty$ *before* the softmax. As $e^{-\infty} = 0$, its weight
# is exactly 0.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** `red` is the first token. What will its row of weights be?
#
# <details><summary>A. 0, 0, 0: there is nothing before it</summary>
#
# Tempting, because nothing comes *before* `red`. But a token also sees itself, and a softmax always hands
# out a total of 1. With every score at minus infinity it would return nan, "not a number". That is why the
# triangle includes the diagonal.
#
# </details>
# <details><summary>B. 0.33, 0.33, 0.33: its scores are all equal</summary>
#
# That was right without the mask. Now two of the three scores are minus infinity, and only one is left to
# share.
#
# </details>
# <details><summary>C. 1, 0, 0: everything on itself</summary>
#
# Right. One score is left, and a softmax over one number is 1, whatever the number is. The first token
# always sees only itself.
#
# </details>

# %%
masked = scores.masked_fill(~seen, float("-inf"))
causal = masked.softmax(dim=-1)

print("every weight above the diagonal == 0:", (causal[~seen] == 0).all().item())
show(pictures.masking(three, scores, masked, causal))

# %% [markdown]
# By hand: `kite` has two scores left, 2 and 0. $7.39 / (7.39 + 1) = 0.88$.
#
# **Why before the softmax?** Setting weights to 0 *after* it looks the same at first. It is not, for two
# reasons. The rows no longer add up to 1. And the future still leaks in: every weight was divided by a sum
# in which later words had their part. Raise one score of the future, `red` for `kite`, from 0 to 3:

# %%
future = scores.clone()
future[0, 1] = 3

for name, table in (("as it is", scores), ("raised to 3", future)):
    after = table.softmax(dim=-1).masked_fill(~seen, 0)[0, 0].item()
    before = table.masked_fill(~seen, float("-inf")).softmax(dim=-1)[0, 0].item()
    print(f"{name:11}  zeroed after: {after:.3f}  masked before: {before:.3f}")

# %% [markdown]
# Zeroed after, `red` is left with 0.333 instead of 1, and then with 0.045: it has noticed a word that it must
# not know. Masked before, nothing moves.

# %% [markdown]
# ### Why divide by the root of head_size
#
# The size of a query is called `head_size`. A score is a sum of `head_size` products. If the
# numbers in queries and keys are random and independent, with mean 0 and variance 1, then each product has mean 0
# and variance 1 as well, and the variances add up: the sum has variance `head_size`. So the scores grow with the
# root of `head_size`, and the softmax goes to extremes. We draw 1000 queries, each with 8 keys, and measure:


# %%
def measure(scores):
    """Spread of the scores; for the largest weight w of a row, mean w and w (1-w)."""
    w = scores.softmax(dim=-1).amax(dim=-1)
    return [scores.std().item(), w.mean().item(), (w * (1 - w)).mean().item()]


torch.manual_seed(0)
head_sizes = [4, 16, 64, 256, 1024]
plain, divided = [], []

print("          |          scores         |      scores / root")
print("head_size |  spread largest w (1-w) |  spread largest w (1-w)")
for head_size in head_sizes:
    random_query = torch.randn(1000, 1, head_size)
    random_key = torch.randn(1000, 8, head_size)
    random_scores = (random_query * random_key).sum(dim=-1)  # 1000 rows of 8 scores
    plain.append(measure(random_scores))
    divided.append(measure(random_scores / head_size**0.5))
    left = "".join(f"{number:8.3g}" for number in plain[-1])
    right = "".join(f"{number:8.3g}" for number in divided[-1])
    print(f"{head_size:9} |{left} |{right}")

# %%
largest = {
    "scores": [row[1] for row in plain],
    "scores / root": [row[1] for row in divided],
}
show(pictures.score_size(head_sizes, largest))

# %% [markdown]
# The spread (standard deviation) of the scores is close to 2, 4, 8, 16, 32: the root of `head_size`. At size
# 1024 the largest weight is close to 1: one token wins and the others are not heard, whatever they offer.
# Learning stops as well. The *slope* of a softmax weight $w$, how far it moves when its score moves a little,
# is $w (1 - w)$, and it goes to 0 there. Divided by the root, the scores keep a spread of 1, and all three
# columns stay put at every size.
#
# Is the slope $w (1 - w)$? Move one score by a millionth and see:

# %%
row, step = torch.tensor([[2.0, 1, 0], [1e-6, 0, 0]], dtype=torch.float64)
w = row.softmax(dim=0)[0].item()
slope = ((row + step).softmax(dim=0)[0].item() - w) / 1e-6
print(f"w = {w:.3f}: slope {slope:.3f}, w (1 - w) = {w * (1 - w):.3f}")

# %% [markdown]
# ### The whole of it
#
# $$
# \texttt{scores} = \frac{\texttt{query} \; \texttt{key}^\top}{\sqrt{\texttt{head\_size}}}
# \qquad
# \texttt{weights} = \mathrm{softmax}(\texttt{scores} + \texttt{mask})
# \qquad
# \texttt{output} = \texttt{weights} \; \texttt{value}
# $$
#
# with `mask` 0 where the query may see the key, and $-\infty$ where it may not.

# %% [markdown]
# ### One more thing: batch and heads in front
#
# A model handles many texts at once (`batch`) and asks several questions at once (`heads`, explained
# below). Both stand in front: `(batch, heads, sequence, head_size)`. `@` works on the last two axes and
# repeats over those in front. So nothing changes, except that `.T` becomes `.transpose(-2, -1)`, which
# swaps the last two axes only:

# %%
queries = torch.randn(2, 3, 5, 4)  # 2 texts, 3 heads, 5 tokens, head_size 4
keys = torch.randn(2, 3, 5, 4)
turned = keys.transpose(-2, -1)

print("keys      ", tuple(keys.shape))
print("transposed", tuple(turned.shape))
print("scores    ", tuple((queries @ turned).shape))

# %% [markdown]
# ## Exercise 1: `causal_attention`
#
# About 10 minutes, about five lines. You have seen each of them above.
#
# - **Given**: `query`, `key`, `value`, each of shape `(batch, heads, sequence, head_size)`.
# - **Returned**: the mixed values, the same shape as `value`.
# - **Must hold**: token i gets nothing from tokens after i; scores are divided by the root of `head_size`;
#   the weights of each row add up to 1.
#
# `head_size` is `query.shape[-1]`, `sequence` is `query.shape[-2]`. Stuck? Run `hint("causal_attention")`
# in a new cell; each call says a little more.


# %% name="attention-exercise" tags=["exercise"]
def causal_attention(query, key, value):
    """Every token gathers from itself and the tokens before it.

    query, key, value (batch, heads, sequence, head_size) -> same shape as value
    """
    ### BEGIN SOLUTION
    sequence, head_size = query.shape[-2:]
    seen = torch.ones(sequence, sequence, dtype=torch.bool, device=query.device).tril()
    scores = query @ key.transpose(-2, -1) / head_size**0.5
    weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
    return weights @ value
    ### END SOLUTION


# %% name="attention-check" tags=["check"]
check(causal_attention)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** In the eight words, we replace the last one, `is`, by another
# word: another query, another key, another value. Which rows of your output change?
#
# <details><summary>A. All of them: each row is a mixture of all values</summary>
#
# Tempting, because without the mask it is so. With it, rows 0 to 6 give the last token a weight of exactly
# 0, and 0 times anything is 0.
#
# </details>
# <details><summary>B. Only the last one</summary>
#
# Right. A change moves its own row and later rows, never an earlier one. Here nothing comes later. When
# GPT-2 writes a text, everything computed for earlier tokens stays valid as new ones come. Lesson 06 makes
# it fast with that.
#
# </details>
# <details><summary>C. None: no token sees the last one</summary>
#
# Nearly. No *earlier* token sees it. But it sees itself, and its own query asks differently now.
#
# </details>

# %%
torch.manual_seed(2)
old = torch.randn(3, 1, 1, 8, 4)  # query, key and value, each (1, 1, 8, 4)
new = old.clone()
new[..., words.index("is"), :] += 1

difference = causal_attention(*new) - causal_attention(*old)
for word, row in zip(words, difference[0, 0], strict=True):
    print(f"{word:5} moves by {row.abs().max().item():.3g}")

# %% [markdown]
# ## See: who sees whom
#
# Now the whole sentence. In a trained model, queries and keys come out of linear layers. Here we write them
# by hand, so that we know what each word asks for.

# %%
meanings = ["person", "thing", "colour", "action"]  # of the 4 numbers of a vector
is_a = {
    "tom": "person",
    "has": "action",
    "red": "colour",
    "kite": "thing",
    "is": "action",
}
asks_for = {
    "has": "person",
    "kite": "colour",
    "and": "action",
    "it": "thing",
    "is": "colour",
}


def meaning_vectors(table):
    """(1, 1, 8, 4): a row for each word, 1 at the place of its meaning, else 0."""
    rows = [[table.get(word) == meaning for meaning in meanings] for word in words]
    return torch.tensor(rows).float()[None, None]


text_key = meaning_vectors(is_a)
text_query = 8 * meaning_vectors(asks_for)  # 8: how strongly a word asks

# %% [markdown]
# Your function returns the mixed values, not its weights. There is a way to see them from outside: hand
# over the identity matrix as `value`. Then the output *is* the weights, because weights times identity is
# weights. The picture does this with **your** function, four columns of the identity at a time, because a
# value has four numbers here. Read it by rows: `it` found the `kite`, `is` found `red`.

# %%
show(pictures.who_sees_whom(causal_attention, text_query, text_key, words))

# %% [markdown]
# `tom`, `a` and `red` ask for nothing. They spread their weight evenly over all they may see. `it` scores
# $8 \cdot 1 / \sqrt{4} = 4$ for `kite` and 0 for six others, so $e^4 / (e^4 + 6) = 54.6 / 60.6 = 0.90$.
#
# Step through it, one query at a time. The second slider says how strongly the words ask: at 0 you get the
# plain average of the beginning.


# %% tags=["widget"]
def draw(word, strength):
    place, asked = words.index(word), strength * meaning_vectors(asks_for)
    return pictures.one_query(causal_attention, asked, text_key, words, place)


explore(
    draw,
    word=SelectionSlider(options=words, value="it", description="asks"),
    strength=FloatSlider(value=8, min=0, max=16, step=1, description="strength"),
)

# %% [markdown]
# The same picture for the last word, to look at without running anything:

# %%
place = words.index("is")
show(pictures.one_query(causal_attention, text_query, text_key, words, place))

# %% [markdown]
# ### Equal to torch's own
#
# torch has attention built in, in one fused kernel: `F.scaled_dot_product_attention`. With GPT-2's sizes,
# 12 heads of 64:

# %%
torch.manual_seed(2)
inputs = torch.randn(3, 2, 12, 100, 64, dtype=torch.float64)  # query, key and value
by_torch = F.scaled_dot_product_attention(*inputs, is_causal=True)
gap = (causal_attention(*inputs) - by_torch).abs().max().item()
print("largest difference below 1e-12:", gap < 1e-12)

# %% [markdown]
# ## Several heads: several questions at once
#
# Suppose `is` needs both the colour and the thing. It has one softmax, and its weights add up to 1. Asking
# for both splits them, and the two answers arrive stirred into one vector:

# %%
questions = {
    "one head, both ": [0.0, 8, 8, 0],  # a thing and a colour
    "head 0, colour ": [0.0, 0, 8, 0],
    "head 1, thing  ": [0.0, 8, 0, 0],
}
for name, question in questions.items():
    query_is = text_query.clone()
    query_is[..., 7, :] = torch.tensor(question)
    row = pictures.weights_of(causal_attention, query_is, text_key)[0, 0, 7]
    print(f"{name} red {row[3].item():.2f}  kite {row[4].item():.2f}")

# %% [markdown]
# Two heads answer each question with 0.89, and their answers are kept side by side. The price is that each
# head is smaller: GPT-2 cuts its 768 numbers per token into 12 heads of 64.
#
# ### Cutting tokens into heads
#
# We have `(batch, sequence, embed_size)` and need `(batch, heads, sequence, head_size)`. Two steps: `view`
# cuts each token's numbers into heads, `transpose` moves the heads to the front. A tiny example, 3 tokens
# of 4 numbers, 2 heads of 2. The tens say which token a number belongs to:

# %%
# (batch, sequence, embed_size)
x = torch.tensor([[[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]]])
in_pieces = x.view(1, 3, 2, 2)  # (batch, sequence, heads, head_size)
in_heads = in_pieces.transpose(1, 2)  # (batch, heads, sequence, head_size)

print("token 1, cut:", in_pieces[0, 1].tolist())
print("head 0:", in_heads[0, 0].tolist())
print("head 1:", in_heads[0, 1].tolist())

# %% [markdown]
# Head 0 has the first half of every token, head 1 the second half. Why not `x.view(1, 2, 3, 2)`? The shape
# is the same. But a view only reads the numbers in the order in which they lie, and the tokens get mixed:

# %%
bare = x.view(1, 2, 3, 2)

show(pictures.split_heads(x[0], in_heads[0], bare[0]))

# %% [markdown]
# With the bare view, the first row of head 1 should belong to token 0 and holds numbers of token 1. Token 0
# sees the future, and no error is raised.
#
# The way back is the same steps in reverse: `transpose` brings the heads next to their token, `reshape`
# joins them. (`reshape`, because after a transpose the numbers no longer lie in order, and `view` refuses.)

# %%
back_again = in_heads.transpose(1, 2).reshape(1, 3, 4)
print("as before:", torch.equal(back_again, x))

# %% [markdown]
# ## Exercise 2: `MultiHeadSelfAttention`
#
# About 15 minutes: three blanks of two to four lines. *Self*-attention means that queries, keys and values
# all come from the same tokens `x`, each through its own linear layer:
#
# 1. project `x` three times: query, key, value, each `(batch, sequence, embed_size)`;
# 2. split each into heads;
# 3. your `causal_attention`;
# 4. merge the heads;
# 5. project once more: the output layer. Side by side, the heads know nothing of each other; this layer
#    mixes them.
#
# - **Given**: `embed_size`, `num_heads`, and `self.head_size`. All four projections are
#   `nn.Linear(embed_size, embed_size)`; their names are up to you.
# - **Returned**: the same shape as `x`, `(batch, sequence, embed_size)`.
# - **Must hold**: each head works on its own part of every token; no token sees a later one.
#
# Stuck? `hint("MultiHeadSelfAttention")`.


# %% name="multi-head-exercise" tags=["exercise"]
class MultiHeadSelfAttention(nn.Module):
    """Every token gathers from the tokens it may see, once in each head.

    x (batch, sequence, embed_size) -> same shape
    """

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        # Four linear layers: query, key, value and output.
        ### BEGIN SOLUTION
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)
        ### END SOLUTION

    def split_heads(self, projected):
        """(batch, sequence, embed_size) -> (batch, heads, sequence, head_size)"""
        batch, sequence, _ = projected.shape
        ### BEGIN SOLUTION
        cut = projected.view(batch, sequence, self.num_heads, self.head_size)
        return cut.transpose(1, 2)
        ### END SOLUTION

    def forward(self, x):
        # Project and split, attend, merge, project.
        ### BEGIN SOLUTION
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x))
        value = self.split_heads(self.value(x))
        mixed = causal_attention(query, key, value)
        return self.output(mixed.transpose(1, 2).reshape(x.shape))
        ### END SOLUTION


# %% name="multi-head-check" tags=["check"]
check(MultiHeadSelfAttention)

# %% [markdown]
# ## See: who is reached
#
# How do you tell, from outside, that a module looks at nothing it must not see? Change one token and see
# which outputs move. Row: an output. Column: the token that was changed. This runs your module, with fresh
# random weights:

# %%
torch.manual_seed(2)
four_heads = MultiHeadSelfAttention(16, 4)  # embed_size, num_heads
texts = torch.randn(1, 8, 16)

show(pictures.reach(four_heads, texts, words))

# %% [markdown]
# Everything on and below the diagonal moves, nothing above it does. With the linear layer at the beginning, a
# change stayed with its own token. The checks look at your answer in this way too.

# %% [markdown]
# ## What it costs
#
# For each of $n$ tokens, the four projections take $4 \cdot \texttt{embed\_size}^2$ multiply-adds. But
# every *pair* of tokens also takes `embed_size` for the score and `embed_size` for the mix, all heads
# together. That is $2 \cdot n^2 \cdot \texttt{embed\_size}$:

# %%
embed_size = 768  # the smallest GPT-2
lengths = [128, 512, 2048, 8192, 32768]
projection_work = [4 * n * embed_size**2 for n in lengths]
pair_work = [2 * n**2 * embed_size for n in lengths]

show(pictures.work(lengths, projection_work, pair_work))
print("equal at", 4 * embed_size**2 // (2 * embed_size), "tokens")

weight_bytes = 12 * 1024**2 * 4  # heads, pairs, bytes of a float32
print(f"weights of 12 heads, 1,024 tokens: {weight_bytes / 1e6:.1f} million bytes a layer")

# %% [markdown]
# Up to 1,536 tokens the projections are most of the work; beyond, the pairs take over. GPT-2 stops at
# 1,024. Lesson 07 limits how far a token looks back, and makes the cost grow with $n$ only. (Nearly half of
# the pairs are masked. Our code computes them and throws them away; a fused kernel need not.)

# %% [markdown]
# ## In the wild
#
# - **The paper**: [*Attention is all you need*](https://arxiv.org/abs/1706.03762) (Vaswani et al. 2017).
#   Equation 1 is your `causal_attention`, section 3.2.2 your `MultiHeadSelfAttention`, and a footnote of
#   section 3.2.1 gives the reason for the root that you measured.
# - **GPT-2** (2019): as here, with biases. One layer `c_attn`, 768 to 2304, makes query, key and value in a
#   single product; the output layer is `c_proj`. The smallest GPT-2 has 12 heads of 64.
# - **Llama** ([Touvron et al. 2023](https://arxiv.org/abs/2302.13971)) and **Mistral**
#   ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)): the same four projections, without biases. Both
#   turn queries and keys by their position (lesson 09). Mistral's heads share keys and values in
#   groups (lesson 08) and look back a limited way (lesson 07).
# - **FlashAttention** ([Dao et al. 2022](https://arxiv.org/abs/2205.14135)): the same result, block by
#   block, without ever writing the table of weights to memory. `F.scaled_dot_product_attention` uses it
#   where it can.
# - **In this repository**: `gpt2_ref/model/functional.py` has `attend`, your function with named axes, and
#   `attend_fused`. `gpt2_ref/model/attention.py` has the module. Its `split_heads` says in words what your
#   view and transpose do: `"batch sequence (heads size) -> batch heads sequence size"`.

# %%
gpt2_small = MultiHeadSelfAttention(768, 12)
gpt2_small(torch.zeros(1, 1, 768))  # lazy layers have parameters only from their first call on
parameter_count = sum(parameter.numel() for parameter in gpt2_small.parameters())
print(f"head_size {768 // 12}")
print(f"{parameter_count:,} parameters, {4 * 768**2:,} of them not biases")

# %% [markdown]
# ## Recap
#
# 1. Attention is a weighted average of values; the weights are the softmax of query · key, divided by the
#    root of `head_size`.
# 2. The mask goes in before the softmax, so that a token gets nothing, not even a hint, from later ones.
# 3. Heads are separate questions on separate slices of each token, cut by view then transpose and joined by
#    the output layer.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **One product instead of three.** Replace the three projections by one
#    `nn.Linear(embed_size, 3 * embed_size)` and cut its result with `.chunk(3, dim=-1)`, as GPT-2 does.
#    `check(MultiHeadSelfAttention)` accepts it.
# 2. **Does order matter?** Shuffle the first seven tokens of `texts` and look at the last output of
#    `four_heads(texts)`. Predict first. (You will find that attention does not know where a token stands. Lesson 04
#    tells it.)
#
# **Next**: lesson 03, the block, puts attention and layer normalisation together into one layer of GPT-2.
