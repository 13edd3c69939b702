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
# # 03 · The block
#
# **You write the block that GPT-2 is a stack of, and see why a tall stack of them can learn.**
#
# | | |
# |---|---|
# | time | 50 minutes |
# | you need | `GPT2LayerNorm` and `MultiHeadSelfAttention` from lessons 01 and 02; a step of training in torch |
# | you will have | `PositionWiseFeedForward` and `GPT2Block`, and a stack of 24 whose gradients survive |

# %%
import torch
import torch.nn.functional as F
from ipywidgets import SelectionSlider
from torch import nn

from gpt2_ref import check, hint, progress
from gpt2_ref.figures import block as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # the tensors of this lesson are too small to be worth sharing out

# %% [markdown]
# From here on, lessons use what *you* wrote. This takes your pieces from `work/my_gpt2/`. Where one is not
# written yet, the course's own stands in, and a line says so:

# %%
from my_gpt2 import GPT2LayerNorm, MultiHeadSelfAttention

# %% [markdown]
# ## Why: attention brings things together, and then?
#
# > the film was not good
#
# Attention can carry the `not` to `good`. From then on, one token holds two facts: is there a *not*, and is the
# word *good* or *bad*? The verdict follows from the two together. We write -1 for no and bad, 1 for yes and
# good:
#
# | | not? | good? | verdict |
# |---|---|---|---|
# | bad | -1 | -1 | -1 |
# | good | -1 | 1 | 1 |
# | not bad | 1 | -1 | 1 |
# | not good | 1 | 1 | -1 |

# %%
phrases = ["bad", "good", "not bad", "not good"]
facts = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
verdict = torch.tensor([-1.0, 1, 1, -1])

# %% [markdown]
# Can another attention layer work out the verdict? Give it each phrase as a text of one token. One score makes a
# weight of 1, whatever the score is. What is left of attention is its value layer followed by its output layer:
# two linear layers in a row, and that is one linear layer. (With more tokens, the weights react to what is there.
# What is handed over is still an average of values, each a linear layer of one token.) We train it, 200 steps:


# %%
def learn_verdicts(model):
    """Train the first number of the model's result to be the verdict."""
    model(facts[:, None])  # a lazy layer has parameters only from its first call on
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(200):
        answer = model(facts[:, None])[:, 0, 0]  # (phrases, tokens, numbers) -> (phrases,)
        loss = ((answer - verdict) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


torch.manual_seed(0)
only_attention = learn_verdicts(MultiHeadSelfAttention(2, 1))  # embed_size, num_heads
for phrase, answer in zip(phrases, only_attention(facts[:, None])[:, 0, 0].tolist(), strict=True):
    print(f"{phrase:8} {pictures.decimal(answer)}")

# %% [markdown]
# It says 0, "no idea", to everything, and more training would not help. The facts of *bad* and *not good* add up
# to (0, 0), and so do those of *good* and *not bad*. Of a linear layer, both pairs of answers then have the same sum.
# But the verdicts have the sums -2 and 2.
#
# **A bend is enough.** Make two *hidden* numbers out of the two facts, cut off each below 0, add them:
#
# $$ \texttt{verdict} = \max(0, \texttt{not} - \texttt{good}) + \max(0, \texttt{good} - \texttt{not}) - 1 $$
#
# | | `not - good` | cut off | `good - not` | cut off | sum - 1 |
# |---|---|---|---|---|---|
# | bad | 0 | 0 | 0 | 0 | **-1** |
# | good | -2 | 0 | 2 | 2 | **1** |
# | not bad | 2 | 2 | -2 | 0 | **1** |
# | not good | 0 | 0 | 0 | 0 | **-1** |
#
# A linear layer, a bend, another linear layer: this is the *feed-forward* layer, the second half of every
# block. Attention moves things between tokens. The feed-forward layer works on what has arrived in one.

# %% [markdown]
# ## Why: a tall stack forgets what went in
#
# The second problem is depth. Layer norm keeps the *size* of the numbers (lesson 01). Does it keep what they
# *say*? We send 16 random tokens through 24 layers, attention and a small feed-forward layer in turn, each behind a
# layer norm. Once, a layer's result *replaces* what came in. Once, it is *added* to it.
#
# After each layer we measure how **alike** the tokens are: the mean cosine of the angle between two of them. 1 means
# that all point the same way, 0 that they have nothing in common.


# %%
def alike(x):
    """x (1, tokens, embed_size): the mean cosine between two different tokens."""
    directions = F.normalize(x[0], dim=-1)  # every token stretched to length 1
    cosines = directions @ directions.T
    return cosines[~torch.eye(len(cosines), dtype=torch.bool)].mean().item()


def through_layers(residual):
    torch.manual_seed(0)
    x = torch.randn(1, 16, 64)
    measured = [alike(x)]
    for _ in range(12):
        attention = MultiHeadSelfAttention(64, 4)
        bent = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 64))
        for layer in (attention, bent):
            result = layer(GPT2LayerNorm(64)(x))
            x = x + result if residual else result
            measured.append(alike(x))
    return measured


likeness = {"replaced": through_layers(residual=False), "added": through_layers(residual=True)}
show(pictures.alike_by_layer(likeness))

# %% [markdown]
# Replaced, after ten layers all tokens are the same. Each attention averages a little, and nothing brings back
# what an average has lost. `red` and `kite` come out as one and the same row, and no later layer can tell them
# apart. Added, the input is still there, together with all that was found about it.

# %% [markdown]
# ## What: a stream that layers add to
#
# In GPT-2 no layer replaces anything. The numbers of a token flow through the whole model, and are called the
# **residual stream**. Each layer reads the stream, and adds its result:
#
# $$ \texttt{x} = \texttt{x} + \texttt{layer}(\texttt{x}) $$
#
# It helps on the way back too. The slope of $\texttt{x} + \texttt{layer}(\texttt{x})$ is 1 plus the slope of the
# layer. Where the layer's slope is close to 0, the 1 still carries the gradient past it, to all layers below.
#
# A block is two such additions: attention, then feed-forward. You have attention; we begin with the other one.

# %% [markdown]
# ### The feed-forward layer: widen, bend, narrow
#
# 1. a linear layer from `embed_size` to `hidden_size`, in GPT-2 four times as wide;
# 2. the bend, at each number alone;
# 3. a linear layer back to `embed_size`.
#
# $$ \texttt{hidden} = \mathrm{gelu}(\texttt{x} \, \texttt{W}_1 + \texttt{b}_1) \qquad
# \texttt{output} = \texttt{hidden} \, \texttt{W}_2 + \texttt{b}_2 $$
#
# `W₁` and `b₁` are the weights and biases of the first linear layer, `W₂` and `b₂` those of the second. Every
# token goes through alone, at each position with the same weights: it is *position-wise*.
#
# ### GELU: a bend without a corner
#
# $\max(0, x)$ is called ReLU. Its slope is 0 for every negative number: a hidden number that is negative for all
# inputs gets no gradient, and cannot learn its way back. GPT-2 uses **GELU** instead. It multiplies $x$ by a share
# between 0 and 1 that grows smoothly with $x$: the share of the numbers drawn by `torch.randn` that lie below $x$.
# GPT-2 takes a close formula for the share, with a `tanh`:
#
# $$ \mathrm{gelu}(x) = x \cdot \tfrac{1}{2} \left( 1 + \tanh\left( \sqrt{2 / \pi} \,
# (x + 0.044715 \, x^3) \right) \right) $$
#
# **By hand**, for $x = 1$, with $\sqrt{2 / \pi} = 0.7979$:
#
# | | |
# |---|---|
# | `x + 0.044715 x³` | 1.0447 |
# | times 0.7979 | 0.8336 |
# | tanh | 0.6824 |
# | plus 1, halved: the share | **0.8412** |
# | times x | **0.8412** |
#
# torch has it as `F.gelu(x, approximate="tanh")`. Without the second argument, torch takes the exact share.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** GELU makes 0.841 of 1. What does it make of -1?
#
# <details><summary>A. 0, as it is negative</summary>
#
# That is ReLU. GELU has a share left for negative numbers, and the slope is not 0 there.
#
# </details>
# <details><summary>B. -0.841, by symmetry</summary>
#
# There is a symmetry, but in the share: 0.841 of the numbers lie below 1, so 1 - 0.841 = 0.159 lie below -1. With
# yours, large numbers of either sign would pass unchanged, and little would be bent.
#
# </details>
# <details><summary>C. -0.159</summary>
#
# Right. The share below -1 is 1 - 0.841 = 0.159, times -1.
#
# </details>


# %%
def tanh_gelu(x):
    return F.gelu(x, approximate="tanh")


print("     x    relu    gelu   exact")
for x in (-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0):
    x = torch.tensor(x)
    print(f"{x:6.1f} {F.relu(x):7.4f} {tanh_gelu(x):7.4f} {F.gelu(x):7.4f}")

show(pictures.bends({"ReLU": F.relu, "GELU": tanh_gelu}, exact=F.gelu))

# %% [markdown]
# Left: far from 0 both agree; just below 0, GELU has a slope where ReLU has none. Right: the `tanh` form is at
# most 0.00047 off. For a new model either would do. GPT-2's weights were trained with the `tanh` form, so we
# use that one.

# %% [markdown]
# ### All three steps by hand
#
# A token (-1, 1), widened to 4 numbers, with weights that are easy to follow and no biases:
#
# | | | | | |
# |---|---|---|---|---|
# | widened: `x₁`, `x₂`, `x₁ + x₂`, `x₂ - x₁` | -1 | 1 | 0 | 2 |
# | gelu | -0.159 | 0.841 | 0 | 1.955 |
#
# Narrowed to second + fourth and first + third: $0.841 + 1.955 = 2.796$ and $-0.159 + 0 = -0.159$.

# %%
token = torch.tensor([-1.0, 1.0])
widening = torch.tensor([[1.0, 0, 1, -1], [0, 1, 1, 1]])  # (embed_size 2, hidden_size 4)
narrowing = torch.tensor([[0.0, 1], [1, 0], [0, 1], [1, 0]])  # (hidden_size 4, embed_size 2)

print(token @ widening)
print(tanh_gelu(token @ widening))
print(tanh_gelu(token @ widening) @ narrowing)

# %% [markdown]
# ## Exercise 1: `PositionWiseFeedForward`
#
# About 5 minutes: two lines in `__init__`, one to three in `forward`.
#
# - **Given**: `embed_size` and `hidden_size`. `x` has any number of axes, the last one of length `embed_size`.
# - **Returned**: a new tensor of the same shape as `x`.
# - **Must hold**: a linear layer from `embed_size` to `hidden_size`, GELU, a linear layer back. Both have biases, as
#   `nn.Linear` has by default. GELU is the `tanh` form, torch's or your own. `x` itself is not changed. Nothing
#   else: adding to the stream and normalising are the block's work, and dropout is left out.
#
# Stuck? Run `hint("PositionWiseFeedForward")` in a new cell; each call says a little more.


# %% name="feed-forward-exercise" tags=["exercise"]
class PositionWiseFeedForward(nn.Module):
    """Every token alone: widen, bend, narrow again.

    x (..., embed_size) -> same shape
    """

    def __init__(self, embed_size, hidden_size):
        super().__init__()
        # Two linear layers: one widens, one narrows.
        ### BEGIN SOLUTION
        self.expand = nn.Linear(embed_size, hidden_size)
        self.contract = nn.Linear(hidden_size, embed_size)
        ### END SOLUTION

    def forward(self, x):
        # Widen, bend, narrow.
        ### BEGIN SOLUTION
        return self.contract(F.gelu(self.expand(x), approximate="tanh"))
        ### END SOLUTION


# %% name="feed-forward-check" tags=["check"]
check(PositionWiseFeedForward)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** A text of 8 tokens goes through your layer. We change token 3. Which
# rows of the output change?
#
# <details><summary>A. Row 3 and all later ones</summary>
#
# So it was with attention. Here no token sees another one, neither earlier nor later.
#
# </details>
# <details><summary>B. Row 3 only</summary>
#
# Right. The layer works on the last axis alone. Everything that tokens learn of each other goes through attention.
#
# </details>
# <details><summary>C. All rows: the weights are the same for all of them</summary>
#
# The weights are shared, but the inputs are not. Row 5 is made of token 5 and the weights, and neither has changed.
#
# </details>

# %%
torch.manual_seed(0)
eight = torch.randn(1, 8, 16)
third_changed = eight.clone()
third_changed[:, 3] += 1

wide = PositionWiseFeedForward(16, 64)
moved_rows = (wide(third_changed) - wide(eight)).abs().amax(dim=-1)[0] > 1e-6
print("rows that move:", moved_rows.nonzero().flatten().tolist())

# %% [markdown]
# ## See: yours gets the verdict
#
# Your feed-forward layer, with 8 hidden numbers, learns the four phrases from the same 200 steps as the attention
# above. The pictures ask both for a verdict on every pair of facts, also those in between:

# %%
torch.manual_seed(0)
feed_forward = learn_verdicts(PositionWiseFeedForward(2, 8))  # embed_size, hidden_size

models = {"attention": only_attention, "your feed-forward": feed_forward}
show(pictures.verdicts(models, facts, phrases, verdict))

# %% [markdown]
# On the left, a sheet of paper that may be tilted but not bent. It has to be high at two opposite corners and
# low at the other two, and the best it can do is lie flat. On the right it is bent. The black line is where
# the verdict changes sign.

# %% [markdown]
# ## What: the block
#
# Both layers read the stream through a layer norm of their own, and add their result to the stream itself:
#
# $$ \texttt{x} = \texttt{x} + \texttt{attention}(\texttt{norm}_1(\texttt{x})) $$
# $$ \texttt{x} = \texttt{x} + \texttt{feed\_forward}(\texttt{norm}_2(\texttt{x})) $$
#
# ```
# stream ──┬───────────────────────(+)──┬──────────────────────────(+)──► stream
#          └── norm₁ ── attention ──┘   └── norm₂ ── feed-forward ──┘
# ```
#
# The norm stands *before* the layer, so this is called **pre-LN**. What is normalised is a copy for the layer to
# read. The stream itself is never normalised.
#
# **By hand**: a token (3, 5), alone in its text. Attention sees only that token; let it hand over what it reads,
# unchanged. The feed-forward layer is the one from above.
#
# | | | |
# |---|---|---|
# | the stream | 3 | 5 |
# | normalised: mean 4, spread 1 | -1 | 1 |
# | attention | -1 | 1 |
# | **added to the stream** | **2** | **6** |
# | normalised: mean 4, spread 2 | -1 | 1 |
# | feed-forward, as above | 2.796 | -0.159 |
# | **added to the stream** | **4.796** | **5.841** |

# %%
stream = torch.tensor([3.0, 5.0])
stream = stream + F.layer_norm(stream, (2,))
print(stream)
stream = stream + tanh_gelu(F.layer_norm(stream, (2,)) @ widening) @ narrowing
print(stream)

# %% [markdown]
# ## Exercise 2: `GPT2Block`
#
# About 10 minutes: four parts, and two lines that put them together.
#
# - **Given**: `embed_size`, `num_heads`, `hidden_size`; the parts `GPT2LayerNorm(embed_size)`,
#   `MultiHeadSelfAttention(embed_size, num_heads)` and `PositionWiseFeedForward(embed_size, hidden_size)`. (torch's
#   parts pass as well, if no token sees a later one.)
# - **Returned**: a new tensor of the same shape as `x`, `(batch, sequence, embed_size)`.
# - **Must hold**: the two equations above, in this order: the second reads what the first has made. Two layer
#   norms, each with a scale and a shift of its own. `x` itself is not changed: `x = x + ...` makes a new tensor,
#   `x += ...` changes the caller's. Nothing else, such as dropout.
#
# Stuck? `hint("GPT2Block")`.


# %% name="block-exercise" tags=["exercise"]
class GPT2Block(nn.Module):
    """Attention, then feed-forward, each added to the stream.

    x (batch, sequence, embed_size) -> same shape
    """

    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        # Four parts: attention, feed-forward, and a layer norm for each.
        ### BEGIN SOLUTION
        self.attention_norm = GPT2LayerNorm(embed_size)
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
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
check(GPT2Block)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** We set every parameter of your block to 0: all weights, biases, scales
# and shifts. What comes out for an input `x`?
#
# <details><summary>A. All zeros</summary>
#
# Both *layers* give zeros. But they are added to the stream, and the stream was not touched.
#
# </details>
# <details><summary>B. <code>x</code></summary>
#
# Right, to the last bit. A layer that has nothing to say lets the stream pass, so a further block does no harm.
#
# </details>
# <details><summary>C. <code>x</code>, normalised</summary>
#
# That would need a norm on the stream itself. In your block, only what a layer reads is normalised.
#
# </details>

# %%
silent = GPT2Block(64, 4, 256)  # embed_size, num_heads, hidden_size
sixteen = torch.randn(1, 16, 64)
silent(sixteen)  # for lazy layers
with torch.no_grad():
    for parameter in silent.parameters():
        parameter.zero_()
print("x comes out:", torch.equal(silent(sixteen), sixteen))

# %% [markdown]
# ## See: 24 blocks
#
# Does the place of the norm matter? The first transformer (2017) put it *on* the stream, called **post-LN**:
#
# ```
# stream ──┬───────────────(+)── norm₁ ──┬──────────────────(+)── norm₂ ──► stream
#          └── attention ──┘             └── feed-forward ──┘
# ```
#
# Here are your parts, put together in that way, and without any norm:


# %%
class OtherBlock(nn.Module):
    """The same parts as in a GPT2Block; `step` says how a layer changes the stream."""

    def __init__(self, step):
        super().__init__()
        self.step = step
        self.norms = nn.ModuleList([GPT2LayerNorm(64), GPT2LayerNorm(64)])
        self.layers = nn.ModuleList([MultiHeadSelfAttention(64, 4), PositionWiseFeedForward(64, 256)])

    def forward(self, x):
        for norm, layer in zip(self.norms, self.layers, strict=True):
            x = self.step(x, norm, layer)
        return x


ways = {
    "yours, pre-LN": lambda: GPT2Block(64, 4, 256),
    "post-LN": lambda: OtherBlock(lambda x, norm, layer: norm(x + layer(x))),
    "no layer norm": lambda: OtherBlock(lambda x, norm, layer: x + layer(x)),
}

# %% [markdown]
# We stack 24 blocks, as the second-smallest GPT-2 does. All weights are drawn as in lesson 01: with a spread of
# $1 / \sqrt{64}$, times `factor`. (`float64` makes the numbers below come out the same on every machine.)

# %%
torch.manual_seed(1)
text_in = torch.randn(1, 16, 64, dtype=torch.float64)  # one text of 16 tokens


def build_tower(name, depth=24, factor=1.0):
    torch.manual_seed(0)
    tower = nn.Sequential(*[ways[name]() for _ in range(depth)]).double()
    tower(text_in)  # for lazy layers
    with torch.no_grad():
        for parameter in tower.parameters():
            ones_and_zeros = ((parameter == 0) | (parameter == 1)).all()  # scale and shift
            if parameter.dim() > 1 and not ones_and_zeros:
                parameter.normal_(std=factor / 64**0.5)
    return tower


# %%
def compare(depth=24, factor=1.0):
    """The picture of what is in the stream, block by block."""
    spreads, likeness = {}, {}
    for name in ways:
        seen = [text_in]
        with torch.no_grad():
            for block in build_tower(name, depth, factor):
                seen.append(block(seen[-1]))
        spreads[name] = [x.std(correction=0).item() for x in seen]
        likeness[name] = [alike(x) for x in seen]
    return pictures.stream(spreads, likeness)


# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** The input has spread 1. What is the spread of the stream after 24 of
# your blocks?
#
# <details><summary>A. 1: each layer is normalised</summary>
#
# What a layer *reads* is normalised. What it adds is added to the stream, which grows.
#
# </details>
# <details><summary>B. About 8</summary>
#
# Right. Every layer adds something of about the same size, because it reads something of spread 1. If what they add is
# independent, the variances add up (lesson 02), and the spread grows with the *root* of the depth.
#
# </details>
# <details><summary>C. Over a million: it doubles with each block, or nearly</summary>
#
# It would, if a layer's result grew along with the stream. But the layer reads a normalised copy. You will see it in
# the line without layer norm.
#
# </details>

# %%
show(compare())

# %% [markdown]
# - **No layer norm**: each layer's result grows along with the stream, which is about a billion times as large in
#   the end.
# - **Post-LN**: the spread is 1, always. But each norm shrinks what is there to make room for what was added. Where a
#   layer adds as much as there is, it divides by $\sqrt{2}$. After 48 layers $2^{-24}$ of the input would be left, and
#   all tokens are alike again.
# - **Yours**: the stream grows slowly, and the tokens stay apart.
#
# Turn the dials: how many blocks, and how large the weights. With small weights each layer adds little, and the three
# ways differ little.

# %% tags=["widget"]
explore(
    compare,
    depth=SelectionSlider(options=[2, 6, 12, 24, 48], value=24, description="blocks"),
    factor=SelectionSlider(options=[0.25, 0.5, 1.0, 2.0], value=1.0, description="weights ×"),
)

# %% [markdown]
# The same with weights half as large, to look at without running anything:

# %%
show(compare(depth=24, factor=0.5))

# %% [markdown]
# ### What comes back: the gradient
#
# To learn, a stack needs a task. Ours is to tell the 16 tokens apart: from the stream of token i after the last block,
# normalised once more as in GPT-2, a fixed linear layer has to guess i. The loss is the mean of $-\ln p$, with $p$ the
# probability for the right i. If all tokens look the same, the best guess is 1/16 for each, and the loss is
# $\ln 16 = 2.77$.
#
# The size of a block's gradient is the root of the sum of its squares, over all parameters of the block.

# %%
torch.manual_seed(1)
readout = torch.randn(64, 16, dtype=torch.float64) / 64**0.5
token_numbers = torch.arange(16)


def tower_loss(tower):
    scores = F.layer_norm(tower(text_in), (64,)) @ readout  # (1, 16 tokens, 16 guesses)
    return F.cross_entropy(scores[0], token_numbers)


def gradient_size(block):
    slopes = [parameter.grad for parameter in block.parameters() if parameter.grad is not None]
    return sum((slope**2).sum() for slope in slopes).sqrt().item()


def gradient_sizes(name):
    tower = build_tower(name)
    tower_loss(tower).backward()
    return [gradient_size(block) for block in tower]


with_norm = ["yours, pre-LN", "post-LN"]
show(pictures.gradients({name: gradient_sizes(name) for name in with_norm}))
print("no layer norm, a gradient above 1,000:", max(gradient_sizes("no layer norm")) > 1_000)

# %% [markdown]
# In your stack, each block gets its gradient, and the largest is a few times the smallest. Without layer norm, the
# gradient explodes as the stream did. (It is left out of the picture: it depends on how the last digits are rounded.)
#
# By size, post-LN looks best. But a gradient must also say *what to change for which token*, and where all tokens are
# alike it cannot. So we let both learn, 20 steps each:


# %%
def train_tower(tower, steps=20):
    optimizer = torch.optim.Adam(tower.parameters(), lr=0.001)
    measured = []
    for _ in range(steps):
        loss = tower_loss(tower)
        measured.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [*measured, tower_loss(tower).item()]


runs = {name: train_tower(build_tower(name)) for name in with_norm}
same_guess = torch.tensor(16.0).log().item()
show(pictures.losses(runs, floor=same_guess, floor_name="all tokens alike"))

# %% [markdown]
# Yours has learned the task; post-LN has learned to guess 1/16. That is not the last word on post-LN. With weights
# half as large, it learns as well:

# %%
print(f"post-LN, weights × 0.5: {train_tower(build_tower('post-LN', factor=0.5))[-1]:.3f}")

# %% [markdown]
# Post-LN needs care: small weights, few blocks, or a learning rate that starts very small and warms up. The
# first transformer had six blocks and a warm-up. Pre-LN takes the care out of it.

# %% [markdown]
# ## In the wild
#
# - **Residual connections** come from models that look at images: [He et al. 2015](https://arxiv.org/abs/1512.03385).
#   That tokens become alike without them, and how fast: [Dong et al. 2021](https://arxiv.org/abs/2103.03404).
# - **The first transformer** ([Vaswani et al. 2017](https://arxiv.org/abs/1706.03762)): post-LN, ReLU, widened 4 times,
#   from 512 to 2048. **GPT-2** (2019): pre-LN, GELU, also 4 times, from 768 to 3072. Why pre-LN trains without a
#   warm-up: [Xiong et al. 2020](https://arxiv.org/abs/2002.04745).
# - **GELU**: [Hendrycks and Gimpel 2016](https://arxiv.org/abs/1606.08415). The `tanh` form is theirs too.
# - **Llama** ([Touvron et al. 2023](https://arxiv.org/abs/2302.13971)): pre-LN with RMSNorm, no biases, and *SwiGLU*
#   ([Shazeer 2020](https://arxiv.org/abs/2002.05202)): two linear layers widen, the result of one, bent, is multiplied
#   with the other's. Three matrices instead of two, so each is made narrower: about 2.7 times instead of 4.
# - **In this repository**: `gpt2_ref/model/feed_forward.py` and `gpt2_ref/model/block.py`. The block there is called
#   `TransformerBlock` and is handed its attention, so that later lessons can put in another one.
#
# Where are the parameters? In the smallest GPT-2:

# %%
small_parts = {
    "feed-forward": PositionWiseFeedForward(768, 3072),
    "block": GPT2Block(768, 12, 3072),
}
counts = {}
for name, part in small_parts.items():
    part(torch.zeros(1, 1, 768))  # for lazy layers
    counts[name] = sum(parameter.numel() for parameter in part.parameters())
    print(f"{name:12} {counts[name]:,} parameters")
print(f"share of the feed-forward layer: {counts['feed-forward'] / counts['block']:.1%}")

# %% [markdown]
# Two thirds. By hand: attention has four matrices of $768 \cdot 768$; widening has the size of four, narrowing too.
# Eight of twelve. Biases and norms are the small rest.

# %% [markdown]
# ## Recap
#
# 1. Attention moves things between tokens; the feed-forward layer, widen, bend, narrow, works on each token alone,
#    and holds two thirds of a block's parameters.
# 2. Each layer adds to the stream instead of replacing it, so that what went in stays, and the gradient has a way
#    back past every layer.
# 3. Pre-LN normalises what a layer reads and leaves the stream alone; a tall stack then learns from the first step.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **A quiet start.** GPT-2 begins with smaller weights in the layers that write to the stream, the output of
#    attention and the narrowing layer: divided by the root of their number, $\sqrt{48}$ for 24 blocks. Do so with
#    `build_tower("yours, pre-LN")`. What is the spread of the stream after the last block? Predict it first.
#
#    <details><summary>What you should see</summary>
#
#    Each layer adds 1/48 of the variance that it added before, so that all 48 together add about as much as *one*
#    did. The spread stays below 2.
#
#    </details>
# 2. **Side by side.** Let attention and the feed-forward layer read the same stream, and add both results at once:
#    `x + attention(norm1(x)) + feed_forward(norm2(x))`. Some large models do so, because both halves can then be
#    computed at the same time. Does `check(GPT2Block)` notice? Does `train_tower` still get the loss down?
#
#    <details><summary>What you should see</summary>
#
#    The check does: in GPT-2 the feed-forward layer reads what attention has just added. The task is learned all the
#    same.
#
#    </details>
#
# **Next**: lesson 04, the whole GPT-2. Words go in at the bottom of the stack and come out at the top.
