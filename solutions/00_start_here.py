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
# # 00 · Start here
#
# **You write `softmax`, the last step of GPT-2, and see how this course tells right from wrong.**
#
# | | |
# |---|---|
# | time | 10 to 15 minutes; 3 to 5 of them to your first ✓ |
# | you need | Python, and what a tensor and its shape are. No torch manual needed |
# | you will have | a `softmax` that does not overflow |
#
# Run each cell with Shift+Enter. The first one tests this machine. A line with FAIL says what to do.

# %%
import torch
from ipywidgets import FloatSlider

from gpt2_ref import check, hint, progress
from gpt2_ref.course.environment import check_environment
from gpt2_ref.figures import start_here as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)
check_environment()

# %% [markdown]
# ## Why: scores are not probabilities
#
# After *the cat sat on the*, a language model has a score for each possible next word. It needs
# probabilities: none below 0, together 1. Dividing by the sum is not enough:

# %%
words = ["mat", "sofa", "roof", "piano"]
scores = torch.tensor([3.0, 2.0, 1.0, -2.0])

scores / scores.sum()

# %% [markdown]
# ## What: make them positive, then divide
#
# $e^x$ is positive for every $x$ and keeps the order:
#
# $$
# \texttt{weights}_i = e^{\,\texttt{scores}_i}
# \qquad
# \mathrm{softmax}(\texttt{scores})_i = \frac{\texttt{weights}_i}{\sum_j \texttt{weights}_j}
# $$
#
# By hand: the scores $0, \ln 2, \ln 4$ have the weights $1, 2, 4$. Their sum is 7, and the probabilities
# 1/7, 2/7 and 4/7 add up to 1.
#
# Add the same number to every score, and every weight is multiplied by the same factor, their sum too. So
# nothing should change:

# %%
for shift in (0, 50, 1000):
    weights = (scores + shift).exp()
    largest = weights.max().item()
    print(f"{shift:4}", weights / weights.sum(), f" largest weight {largest:.3g}")

# %% [markdown]
# With 1000 it breaks: $e^{1003}$ is too big for float32 and becomes `inf`, and `inf / inf` is `nan`. As a shift
# changes nothing, **subtract the largest score of each row first**. The largest weight is then $e^0 = 1$.

# %% [markdown]
# ## Exercise: `softmax(scores)`
#
# `scores` has the shape `(..., n)`. Each row, along the last axis, becomes probabilities of its own, without
# overflow. You need `x.exp()`, `x.sum(dim=-1, keepdim=True)` and `x.amax(dim=-1, keepdim=True)`;
# `keepdim` turns `(2, 3, 5)` into `(2, 3, 1)`, which still fits the rows. Leave `torch.softmax` for later.
#
# Take three rounds, to see all that a check can say. Each time, run both cells.
#
# 1. **Blank**, as it is.
# 2. **Wrong on purpose**: put `return scores.exp() / scores.exp().sum()` for the last two lines.
# 3. **Right**: two things were wrong, and the check has named both. Stuck? Run `hint("softmax")` in a new cell.


# %% name="softmax-exercise" tags=["exercise"]
def softmax(scores):
    """scores (..., n) -> probabilities (..., n): none below 0, each row sums to 1."""
    ### BEGIN SOLUTION
    weights = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return weights / weights.sum(dim=-1, keepdim=True)
    ### END SOLUTION


# %% name="softmax-check" tags=["check"]
check(softmax)

# %% [markdown]
# ## How the course works
#
# You have seen most of it. A **·** marks a blank, a **✗** a wrong answer, with the name of the mistake where
# it is a known one, and a **✓** a right one. A check judges what your code does, not how it is written.
#
# | | |
# |---|---|
# | `hint("softmax")` | the next of three hints, each with a line on your last mistake; then where the solution is |
# | `progress()` | what is done |
# | your notebooks | copies in `work/`. Nothing overwrites them |
# | your answers | kept in `work/my_gpt2/` once they are right. From lesson 03 on, lessons use *your* pieces |
# | `python -m gpt2_ref grade` | in a terminal: runs all your notebooks and says what is right |
# | `python -m gpt2_ref reset 00` | a fresh copy of a lesson. Yours is kept in `work/backups/` |
#
# All of it works offline, and nothing is sent anywhere. This is the way ahead:

# %%
show(pictures.progress_map(progress().passed))

# %% [markdown]
# ## See: your softmax at work

# %%
show(pictures.softmax_bars(softmax, scores, words))

# %% [markdown] tags=["predict"]
# **Predict.** Adding the same number to all scores changed nothing. Now *multiply* them all by 3. What
# happens to the 0.662 of `mat`?
#
# <details><summary>A. It stays 0.662</summary>
#
# Tempting, because adding changed nothing. But multiplying changes the differences: `mat` was 1 ahead of `sofa` and
# is now 3 ahead.
#
# </details>
# <details><summary>B. It grows</summary>
#
# Right. `mat` is now 3 ahead of `sofa` instead of 1, so its weight is $e^3 \approx 20$ times that of `sofa`
# instead of $e \approx 2.7$ times.
#
# </details>
# <details><summary>C. It shrinks, because the others grow as well</summary>
#
# All positive scores grow, but the largest one grows most, and its lead is what counts.
#
# </details>

# %%
show(pictures.softmax_bars(softmax, 3 * scores, words))

# %% [markdown]
# Try it with the sliders. At sharpness 0 all words are equally likely; the larger it is, the more the
# best one takes. Then move the score of `mat`, and watch the *other* words: a row shares out a total of 1.


# %% tags=["widget"]
def draw(sharpness, mat):
    moved = torch.tensor([mat, 2.0, 1.0, -2.0])
    return pictures.softmax_bars(softmax, sharpness * moved, words)


explore(
    draw,
    sharpness=FloatSlider(1, min=0, max=4, step=0.1, description="sharpness"),
    mat=FloatSlider(3, min=-4, max=4, step=0.1, description="mat"),
)

# %% [markdown]
# ## In the wild
#
# - GPT-2 ends with a softmax over 50,257 scores, one for each token it knows (Radford et al. 2019). Each
#   attention head has one too, for every token: lesson 02.
# - Dividing the scores by a *temperature* is the slider's `sharpness` the other way round: lesson 05.
# - Models often run in 16 bits, and there the exponential overflows much sooner:

# %%
for dtype, values in ((torch.float32, [88.0, 89.0]), (torch.float16, [11.0, 12.0])):
    for value in values:
        exponential = torch.tensor(value, dtype=dtype).exp().item()
        print(dtype, f"exp({value:.0f}) = {exponential:.3g}")

# %% [markdown]
# - So torch's own softmax subtracts the largest score, as you did. Fused attention kernels keep a running
#   largest and go through long rows in pieces (Milakov and Gimelshein 2018, arXiv 1805.02867; FlashAttention, Dao et
#   al. 2022, arXiv 2205.14135).
# - In this repository: `attend` in `gpt2_ref/model/functional.py`.
#
# ## Recap
#
# 1. Softmax makes scores positive with $e^x$ and divides each row by its sum.
# 2. Only differences count, so subtract the largest of each row: same result, no overflow.
# 3. `check` names the mistake, `hint` gives the next step, `progress` shows the way.
#
# **Stretch.** For those who want more; nothing later needs it.
#
# - `softmax(torch.tensor([0.0, -200.0])).log()` gives `-inf` where the truth is -200. Write `log_softmax`, which
#   gets it right.
# - Softmax of two scores `[x, 0]` is a function that you may know under another name. Which?
# - Write the backward pass: from the probabilities `p` and a gradient `g` with respect to them, the gradient
#   with respect to the scores, without autograd.

# %% tags=["progress"]
progress()

# %% [markdown]
# Next: [01 · Layer normalisation](01_layer_norm.ipynb), the first piece of GPT-2 itself.
