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
# # 01 · Layer normalisation
#
# **You write the layer that keeps the numbers inside GPT-2 at one size, however many layers they pass.**
#
# | | |
# |---|---|
# | time | 40 minutes |
# | you need | tensors, `nn.Module` and `nn.Linear`; `check` and `hint` from lesson 00. Nothing about transformers. |
# | you will have | `GPT2LayerNorm`, equal to torch's own, and a reason for every symbol in it |

# %%
import torch
import torch.nn.functional as F
from ipywidgets import Dropdown, FloatSlider
from torch import nn

from gpt2_ref import check, hint, progress
from gpt2_ref.figures import layer_norm as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# ## Why: depth multiplies
#
# The smallest GPT-2 passes its numbers through 12 blocks of two layers each: 24 in a row. Suppose each
# layer makes them twice as large. After 24 layers they are $2^{24}$ times as large, about 16.8 million. Half
# as large each time, and almost nothing arrives. (GPT-2 also adds each layer's input to its result. Lesson 03
# comes to that; here it is left out.)
#
# Let us try it. A *token* is one row of numbers, here 64 of them. We send 16 random tokens through 24 random
# layers, and measure the **spread** after each: the standard deviation, the typical distance from the mean.


# %%
def spreads_by_layer(factor, norm=None):
    """The spread of 16 tokens before and after each of 24 random layers."""
    torch.manual_seed(0)
    x = torch.randn(16, 64)
    measured = [x.std(correction=0).item()]
    for _ in range(24):
        # A sum of 64 products spreads 64**0.5 times as wide as one; we divide by that.
        weights = factor * torch.randn(64, 64) / 64**0.5
        x = x @ weights
        if norm is not None:
            x = norm(x)
        measured.append(x.std(correction=0).item())
    return measured


without = {f"weights × {factor}": spreads_by_layer(factor) for factor in (0.5, 1, 2)}
show(pictures.over_depth(without))

# %% [markdown]
# Upwards, the picture counts in powers of ten. Twice the weights, and after 16 layers the spread is larger than
# the largest number of `float16`. Half the weights, and the spread ends as a 5 in the eighth decimal place. Ask
# `float16` what it makes of the last spreads:

# %%
for name, measured in without.items():
    last = torch.tensor(measured[-1])
    print(f"{name:13} {last.item():10.3g}  in float16: {last.half().item():.3g}")

print(f"weights × 2 after 16 layers: {pictures.number(without['weights × 2'][16])}")
print(f"float16 ends at {torch.finfo(torch.float16).max:,.0f}")
print(f"half of 5.96e-08 in float16: {torch.tensor(2.98e-08).half().item():.3g}")

# %% [markdown]
# 5.96e-08 is the smallest number above 0 that `float16` has; half of it is 0. With a spread of one such step,
# hardly anything is left of what the numbers said. At the other end the spread is infinite.
#
# Weights × 1 does well. But that is a start, not a promise: training changes the weights, and nothing holds
# the factor at 1. Layer normalisation does not ask the weights to behave. It **measures the numbers that come
# and puts them back to one size**, in every layer, for every token.

# %% [markdown]
# ## What: mean 0, variance 1, for each token alone
#
# For each token, over its own numbers:
#
# 1. subtract their **mean**: the numbers now lie around 0;
# 2. divide by the root of their **variance** (the mean of the squares of what step 1 left): their spread is
#    now 1;
# 3. multiply by **scale** and add **shift**. These are learned, one of each for every place in the row (a *place
#    of the embedding*), so that the model can choose other sizes where it wants them. At the start scale is 1
#    and shift is 0.
#
# $$
# \texttt{output} = \frac{\texttt{x} - \texttt{mean}}{\sqrt{\texttt{variance} + \texttt{eps}}}
# \cdot \texttt{scale} + \texttt{shift}
# $$
#
# `eps` is a small number, 0.00001. It keeps us from dividing by 0. Why it stands *inside* the root is a story
# of its own, below.
#
# **By hand**, for a token of 4 numbers:
#
# | | | | | | |
# |---|---|---|---|---|---|
# | `x` | 1 | 3 | 5 | 7 | mean 16 / 4 = **4** |
# | `x - mean` | -3 | -1 | 1 | 3 | |
# | squared | 9 | 1 | 1 | 9 | variance 20 / 4 = **5** |
# | divided by √5 = 2.236 | -1.342 | -0.447 | 0.447 | 1.342 | mean 0, variance 1 |
# | times scale 1, 1, 2, 1 | -1.342 | -0.447 | 0.894 | 1.342 | |
# | plus shift 0, 0, 0, 5 | -1.342 | -0.447 | 0.894 | 6.342 | |
#
# torch has the layer built in. We use it here as the answer key:

# %%
token = torch.tensor([1.0, 3.0, 5.0, 7.0])
scale = torch.tensor([1.0, 1.0, 2.0, 1.0])
shift = torch.tensor([0.0, 0.0, 0.0, 5.0])

print(F.layer_norm(token, (4,)))
print(F.layer_norm(token, (4,), scale, shift))

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Multiply the token by 1000: 1000, 3000, 5000, 7000. What happens to
# the first row printed above?
#
# <details><summary>A. It becomes 1000 times as large</summary>
#
# That is what a linear layer would do, and a stack of them multiplies such factors. Here the divisor is
# measured from the same numbers: it becomes 1000 times as large too.
#
# </details>
# <details><summary>B. Nothing</summary>
#
# Right. Deviations and root of the variance both grow by 1000, and the quotient stays. This is why the layer
# does not care whether the weights before it were × 0.5 or × 2.
#
# </details>
# <details><summary>C. It becomes 1000 times as small, because the variance grows by 1000²</summary>
#
# Half of it is right: the variance does grow by a million. But we divide by its *root*, and that grows by
# 1000, exactly as the numerator does. Dividing by the variance itself would do what you say.
#
# </details>

# %%
print(F.layer_norm(1000 * token, (4,)))
print(F.layer_norm(token + 1000, (4,)))

# %% [markdown]
# The second line is the same trick with the mean: whatever is added to *all* numbers of a token is gone.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** A token has 8 numbers. By what do you divide the sum of the 8
# squares to get the variance?
#
# <details><summary>A. By 8</summary>
#
# Right. We want the mean of these 8 squares. It is called the *biased* variance, a name from statistics that
# sounds worse than it is.
#
# </details>
# <details><summary>B. By 7</summary>
#
# Tempting, because it is the formula of statistics, and what `x.var()` and `x.std()` do when you say
# nothing. It is meant for a *sample*, from which one guesses the variance of everything not seen. Here
# nothing is unseen: the token *is* its 8 numbers.
#
# </details>
# <details><summary>C. Either: it hardly matters</summary>
#
# At GPT-2's 768 numbers it is hard to see, and this is why the mistake lives long. At 8 numbers each result
# is off by 6.5%. And a trained model expects exactly the layer it was trained with.
#
# </details>

# %%
print(f"var()             {token.var().item():.2f}")
print(f"var(correction=0) {token.var(correction=0).item():.2f}")

torch.manual_seed(0)
for size in (8, 64, 768):
    row = torch.randn(size, dtype=torch.float64)
    right = (row - row.mean()) / row.std(correction=0)
    wrong = (row - row.mean()) / row.std()
    off = 1 - (wrong / right)[0].item()
    print(f"{size:3} numbers, divided by {size - 1:3}: output {off:.3%} too small")

# %% [markdown]
# We need the 5 from the table: `correction=0`.
#
# ### Which numbers belong together
#
# GPT-2's numbers come as `x` of shape `(batch, sequence, embed_size)`: texts, tokens in each text, numbers in
# each token. A tensor with three lengths has three *axes*; torch says dimension, `dim`. Mean and variance are
# taken over the **last axis** only, `dim=-1`. No token looks at its neighbours or at another text. That gives
# one mean per token. `keepdim=True` keeps the axis, with length 1:

# %%
x = torch.arange(24.0).view(2, 3, 4)  # 2 texts of 3 tokens, 4 numbers each

print("x                              ", tuple(x.shape))
print("x.mean(dim=-1)                 ", tuple(x.mean(dim=-1).shape))
print("x.mean(dim=-1, keepdim=True)   ", tuple(x.mean(dim=-1, keepdim=True).shape))

# %% [markdown]
# An axis of length 1 is stretched to fit: `(2, 3, 4) - (2, 3, 1)` takes each token's mean from its own 4
# numbers. Without `keepdim`, torch lines the shapes up from the right. `(2, 3, 4) - (2, 3)` puts 4 against 3:
# an error. `(3, 3, 3) - (3, 3)` fits, gives no error, and is wrong:

# %%
try:
    x - x.mean(dim=-1)
except RuntimeError as error:
    print(error)

cube = torch.arange(27.0).view(3, 3, 3)  # 3 texts of 3 tokens, 3 numbers each
print("the first token   ", cube[0, 0])
print("with keepdim      ", (cube - cube.mean(dim=-1, keepdim=True))[0, 0])
print("without, and wrong", (cube - cube.mean(dim=-1))[0, 0])

# %% [markdown]
# The last line took away the means of three different tokens: 1, 4 and 7.

# %% [markdown]
# ## Exercise: `GPT2LayerNorm`
#
# About 10 minutes: two lines in `__init__`, two to four in `forward`.
#
# - **Given**: `embed_size`, the length of a token, and `eps`. `x` has any number of axes, the last one of
#   length `embed_size`.
# - **Returned**: a new tensor of the same shape as `x`.
# - **Must hold**: with scale and shift as they start, every token comes out with mean 0 and variance close to
#   1 (`eps` takes a little off). `scale` and `shift` have `embed_size` numbers each, and can be learned. `x`
#   itself is not changed.
#
# `nn.Parameter(tensor)` makes a tensor that belongs to the module: `module.parameters()` lists it, so an
# optimiser trains it, and it is saved and moved along with the module. A plain tensor stays as it was made.
#
# No `F.layer_norm` this time. Stuck? Run `hint("GPT2LayerNorm")` in a new cell; each call says a little more.


# %% name="ln-exercise" tags=["exercise"]
class GPT2LayerNorm(nn.Module):
    """Give every token mean 0 and variance 1; then scale and shift each of its places.

    x (..., embed_size) -> same shape
    """

    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        # Two parameters: scale starts as ones, shift as zeros.
        ### BEGIN SOLUTION
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        ### END SOLUTION

    def forward(self, x):
        # Mean and variance of each token; normalise; scale and shift.
        ### BEGIN SOLUTION
        variance, mean = torch.var_mean(x, dim=-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.scale + self.shift
        ### END SOLUTION


# %% name="ln-check" tags=["check"]
check(GPT2LayerNorm)

# %% [markdown]
# ## See: the same 24 layers, with yours in between
#
# The same random weights as at the beginning. Now each layer is followed by **your** layer norm:

# %%
in_between = GPT2LayerNorm(64)
with_norm = {f"weights × {factor}": spreads_by_layer(factor, in_between) for factor in (0.5, 1, 2)}
show(pictures.over_depth(without, with_norm))

# %% [markdown]
# All three lines lie on one another, and no one had to choose the weights with care.
#
# Now token by token. These six have 64 numbers each, around different means and with different spreads. A dot
# is a number, the bar shows the mean and the spread to both sides:

# %%
torch.manual_seed(0)
words = ["the", "cat", "sat", "on", "a", "mat"]
token_means = torch.tensor([2.0, -4.0, 0.0, 5.0, -1.0, 3.0])
token_spreads = torch.tensor([0.3, 2.0, 1.0, 0.6, 1.5, 3.0])
tokens = token_means[:, None] + token_spreads[:, None] * torch.randn(6, 64)

show(pictures.before_after(GPT2LayerNorm(64), tokens, words))

# %% [markdown]
# What stays is the *pattern* within a token: which of its numbers are high and which are low. What goes is its
# mean and its size.
#
# ### What scale and shift do
#
# One token of 8 numbers, with its spread set to 3. Your layer has scale 2 and shift -1 at every place. The
# dashed line is the mean, the band the spread:

# %%
eight = torch.tensor([3.0, 1.0, 4.0, 1.0, 5.0, -2.0, 0.0, -4.0])

show(pictures.dials(GPT2LayerNorm, eight, spread_in=3, scale=2, shift=-1))

# %% [markdown]
# The input came with mean 1 and spread 3. The output has mean -1 because *shift* is -1, and spread 2 because
# *scale* is 2. Turn the dials yourself:
#
# - move `spread`: the right picture stands still;
# - `scale` -1 turns it upside down, 0 leaves nothing but the shift;
# - choose one place: only its bar (orange) obeys the dials, the others keep scale 1 and shift 0. Every place
#   has its own pair.


# %% tags=["widget"]
places = ["every place", *(f"place {i}" for i in range(8))]


def draw(at, **dials):
    place = None if at == "every place" else places.index(at) - 1
    return pictures.dials(GPT2LayerNorm, eight, place=place, **dials)


explore(
    draw,
    spread_in=FloatSlider(value=3, min=0.1, max=4, description="spread"),
    scale=FloatSlider(value=2, min=-2, max=3, description="scale"),
    shift=FloatSlider(value=-1, min=-3, max=3, description="shift"),
    at=Dropdown(options=places, description="at"),
)

# %% [markdown]
# ## Why eps sits inside the root
#
# Three ways to write the divisor: yours, one with `eps` added after the root, and one without. They differ
# when a token has a small spread. So we take one token and shrink it:


# %%
def from_its_mean(x):
    return x - x.mean(dim=-1, keepdim=True)


def spread_of(x):
    return x.var(dim=-1, keepdim=True, correction=0).sqrt()


ways = {
    "eps inside the root (yours)": GPT2LayerNorm(64),
    "eps outside": lambda x: from_its_mean(x) / (spread_of(x) + 1e-5),
    "no eps": lambda x: from_its_mean(x) / spread_of(x),
}
torch.manual_seed(0)
show(pictures.small_inputs(ways, torch.randn(64)))

# %% [markdown]
# At the grey line, where the spread is 0.001 and the variance 0.000001, `eps` is ten times the variance. By
# hand: $0.001 / \sqrt{0.000001 + 0.00001} = 0.001 / 0.00332 = 0.302$. Outside the root, the same `eps` is
# only a hundredth of the spread: $0.001 / 0.00101 = 0.990$.
#
# So the place decides what counts as "too small to mean anything". Inside, it is a spread around
# $\sqrt{0.00001} = 0.00316$, and no token is ever enlarged more than $1 / 0.00316 = 316$ times. Outside, the
# limit is $1 / 0.00001$: rounding errors may be enlarged 100,000 times.
#
# Now the extreme: a token whose numbers are all the same. It does occur: `nn.Embedding` with a `padding_idx`
# starts that row as zeros. We look at the output, and at the gradient that a step of training would use:

# %%
for name, way in ways.items():
    same = torch.full((64,), 5.0, requires_grad=True)
    first = way(same).flatten()[0]
    first.backward()
    result, slope = first.item(), same.grad[0].item()
    print(f"{name:28} output {result:.3g}, gradient {slope:.3g}")

# %% [markdown]
# Without `eps`, the output is 0 / 0: nan, "not a number". With `eps` outside, the output looks healthy, and the
# **gradient is nan**: the slope of a root at 0 is infinite, and infinity times 0 is nan. From one such token,
# nan reaches every weight that took part in making it, at the next step of training. With `eps` inside,
# what stands under the root is never 0.

# %% [markdown]
# ### Equal to torch's own
#
# With GPT-2's size, 768, in double precision:

# %%
torch.manual_seed(0)
large = 5 + 3 * torch.randn(2, 10, 768, dtype=torch.float64)
yours = GPT2LayerNorm(768).double()(large)
difference = (yours - F.layer_norm(large, (768,))).abs().max().item()
print("largest difference below 1e-12:", difference < 1e-12)

# %% [markdown]
# ## In the wild
#
# - **The paper**: [*Layer normalization*](https://arxiv.org/abs/1607.06450) (Ba, Kiros and Hinton 2016). Scale
#   and shift are called *gain* and *bias* there, and `weight` and `bias` in torch.
# - **The first transformer** ([Vaswani et al. 2017](https://arxiv.org/abs/1706.03762)) normalises *after* each
#   layer's result is added back to its input. **GPT-2** (2019) normalises the input of each layer instead,
#   called pre-LN, and once more after the last block. Lesson 03 shows what that buys.
# - **Llama** ([Touvron et al. 2023](https://arxiv.org/abs/2302.13971)) and **Mistral**
#   ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)) use *RMSNorm*
#   ([Zhang and Sennrich 2019](https://arxiv.org/abs/1910.07467)): no mean is subtracted, no shift is added.
#   $\texttt{x} / \sqrt{\mathrm{mean}(\texttt{x}^2) + \texttt{eps}} \cdot \texttt{scale}$ is all that is left.
# - **In this repository**: `gpt2_ref/model/layer_norm.py` has your two lines, and refuses wrong sizes.
#
# How many does the smallest GPT-2 have? Two in each of 12 blocks and one at the end. Hugging Face's
# `transformers` library can tell; the device `meta` makes the model's shapes without its memory:

# %%
from transformers import GPT2Config, GPT2LMHeadModel

with torch.device("meta"):
    gpt2 = GPT2LMHeadModel(GPT2Config())

layer_norms = [module for module in gpt2.modules() if isinstance(module, nn.LayerNorm)]
learned = sum(parameter.numel() for layer in layer_norms for parameter in layer.parameters())
total = sum(parameter.numel() for parameter in gpt2.parameters())
print(f"{len(layer_norms)} layer norms, eps {GPT2Config().layer_norm_epsilon}")
print(f"{learned:,} of {total:,} parameters, {learned / total:.2%}")

# %% [markdown]
# ## Recap
#
# 1. Layers multiply; layer norm measures each token and puts it back to mean 0 and variance 1, so that its
#    size no longer depends on depth.
# 2. Over the last axis, each token alone, dividing by n and not n - 1; then a learned scale and shift for each
#    place of the embedding.
# 3. `eps` inside the root fades out tokens with next to no spread, and keeps the gradient finite.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **RMSNorm.** Write it from the equation above and compare with `nn.RMSNorm(64, eps=1e-5)` on `tokens`. For
#    which of the six words do RMSNorm and your layer norm nearly agree, and for which do they not? Why?
#
#    <details><summary>What you should see</summary>
#
#    They nearly agree for `sat`, whose mean is close to 0: then the mean of the squares is the variance. They
#    have little in common for `the` and `on`, whose means are large beside their spreads: with RMSNorm, all
#    their numbers come out between 0.6 and 1.5.
#
#    </details>
# 2. **The gradient goes through the mean.** Take `x = torch.randn(4, 8, requires_grad=True)`, call
#    `(GPT2LayerNorm(8)(x) ** 3).sum().backward()`, and add up each token's gradient: `x.grad.sum(dim=-1)`.
#    Predict it first: adding the same number to a whole token changes nothing. Then compute mean and variance
#    from `x.detach()` and look again. What does `check` call it?
#
#    <details><summary>What you should see</summary>
#
#    Zero, up to rounding: along a direction in which the output does not move, the slope is 0. Detached, the
#    layer believes that mean and variance are constants. The sums are not 0 any more, and the check says that
#    no gradient flows through the mean and the variance.
#
#    </details>
#
# **Next**: [lesson 02, attention](02_attention.ipynb). So far each token was alone. There, one token reads from
# another.
