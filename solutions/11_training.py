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
# # 11 · Training
#
# **You write the loss, one step of training and the schedule. Then your own GPT-2 learns Python, from noise, in two
# minutes, and you watch it.**
#
# | | |
# |---|---|
# | time | 60 minutes, of which your computer works for about 4 |
# | you need | `softmax`; what `GPT2` and `generate` do (lessons 04 and 05). Nothing about training. |
# | you will have | `cross_entropy`, `train_step`, `learning_rate`, a trained model, four variants compared |

# %%
import gzip
import inspect
import math
import os
import tempfile
import textwrap
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import torch
from ipywidgets import FloatLogSlider, IntSlider
from torch import nn

from gpt2_ref import check, hint, progress, training
from gpt2_ref.figures import training as pictures
from gpt2_ref.figures.canvas import explore, show
from gpt2_ref.figures.generate import live_text
from gpt2_ref.training.measure import pressed, token_frequencies

torch.set_printoptions(precision=3, sci_mode=False)
all_threads = torch.get_num_threads()  # for the long training
torch.set_num_threads(1)  # small tensors gain nothing from a second core

# %% [markdown]
# Your model and your loop that writes. Where one is missing, the course's own stands in, and a line says so.

# %%
from my_gpt2 import GPT2, generate

# %% [markdown]
# ## Why: which way is better?
#
# A new model has random weights and writes noise. Somewhere among all the values that its weights could have are
# some that write Python. To find them by trying is hopeless. We need to know, for each weight, **which way to turn
# it**.
#
# The obvious measure is the number of right guesses. Let us try it on a model that is easy to see through. It is a
# table with a row of scores for each word: what comes after it? A short story of 18 different words:


# %%
tale = """
tom has a red kite . ann has a blue ball . tom and ann go to the hill .
the wind takes the kite . tom looks for the kite . ann looks for the ball .
"""
story = tale.split()
words = sorted(set(story))
ids = torch.tensor([[words.index(word) for word in story]])
inputs, targets = ids[:, :-1], ids[:, 1:]


class Table(nn.Module):
    """ids (batch, sequence) -> logits (batch, sequence, vocab): one row of scores for each token."""

    def __init__(self, vocab_size):
        super().__init__()
        self.scores = nn.Embedding(vocab_size, vocab_size)

    def forward(self, ids):
        return self.scores(ids)


for place in (0, 1, 2, -1):
    print(f"{words[inputs[0, place]]:5} -> {words[targets[0, place]]}")

# %% [markdown]
# The **targets** are the same text, one word later. So each word of a text is one exercise for the model: from what
# stands before it, guess it. Now we turn each weight of the table by 0.01 and count the right guesses again:


# %%
@torch.no_grad()
def right_guesses(model):
    return int((model(inputs).argmax(dim=-1) == targets).sum())


@torch.no_grad()
def weights_that_matter(model, measure):
    """How many of the table's weights change the measure when they are turned by 0.01."""
    weights, before, number = model.scores.weight.view(-1), measure(model), 0
    for place in range(len(weights)):
        old = weights[place].item()
        weights[place] += 0.01
        number += bool(measure(model) != before)
        weights[place] = old
    return number


torch.manual_seed(0)
table = Table(len(words))
print(f"{right_guesses(table)} of {targets.numel()} guesses are right")
print(f"{weights_that_matter(table, right_guesses)} of {table.scores.weight.numel()} weights change that number")

# %% [markdown]
# None. A guess changes only when one score overtakes another, and so the number stays where it is until it jumps. It
# gives no direction. We need a measure that notices *every* small change.

# %% [markdown]
# ## What: how surprised was the model?
#
# For each place in the text the model gives a probability to every token of the vocabulary. Take the probability p of
# the one token that did come, and then $-\log(p)$, with the natural logarithm: its **surprise**.

# %%
show(pictures.surprise({"certain": 1.0, "one of two": 0.5, "one of four": 0.25, "one of 256": 1 / 256}))

# %% [markdown]
# Sure and right costs nothing. The less it expected the token, the more it costs, without end. The mean over all
# places is the **cross-entropy**:
#
# $$
# \texttt{loss} = -\frac{1}{n} \sum_{i=1}^{n}
# \log \mathrm{softmax}(\texttt{logits}_i)[\texttt{targets}_i]
# $$
#
# **By hand.** A vocabulary of three tokens and two places, with the same logits $(\log 2, 0, 0)$ at both. Their
# exponentials are 2, 1 and 1, so softmax gives $\frac{1}{2}$, $\frac{1}{4}$ and $\frac{1}{4}$.
#
# | place | target | p of the target | -log(p) |
# |---|---|---|---|
# | 0 | 0 | 1/2 | 0.693 |
# | 1 | 2 | 1/4 | 1.386 |
# | mean | | | **1.040** |
#
# Two tools for it. From each row take the number at that row's target: `gather` does that, and wants the targets with
# an axis more:

# %%
rows = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
chosen = torch.tensor([0, 2])
print(rows.gather(-1, chosen.unsqueeze(-1)))

# %% [markdown]
# And the logarithm of a softmax has a trap. $e^{1000}$ is more than a float can hold:

# %%
large = torch.tensor([1000.0, 0.0])
print("by its definition:", (large.exp() / large.exp().sum()).log())
print("log_softmax:      ", large.log_softmax(dim=-1))

# %% [markdown]
# Infinity divided by infinity is no number. `log_softmax` takes the largest logit away first, which changes no
# probability, and never computes a softmax: $\log \frac{e^a}{s} = a - \log s$.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** A model that knows nothing gives each of 2,048 tokens the same
# probability. What is its cross-entropy?
#
# <details><summary>A. 2,048</summary>
#
# It is as unsure as with 2,048 equal choices, yes. But the loss is the logarithm of that.
#
# </details>
# <details><summary>B. About 7.6</summary>
#
# Right: $-\log \frac{1}{2048} = \log 2048 = 7.62$. Remember it: the first loss of a new model should be close to the
# logarithm of its vocabulary.
#
# </details>
# <details><summary>C. 0.0005: one in 2,048</summary>
#
# That is p. A loss that small would mean that the model knew nearly everything.
#
# </details>

# %%
even = torch.zeros(2048).log_softmax(dim=-1)
print(f"{-even[0]:.3f}, and log(2048) = {math.log(2048):.3f}")

# %% [markdown]
# ## Exercise 1: `cross_entropy`
#
# About 8 minutes, three lines.
#
# - **Given**: `logits` of shape `(..., vocab)`, any axes in front, or none but one; `targets` of shape `(...)`, ids.
# - **Returned**: one number, a tensor of shape `()`, the mean over *all* places.
# - **Must hold**: the equation above. Finite for logits of 1000 and more. A gradient flows back to `logits`; neither
#   input is changed.
#
# Stuck? Run `hint("cross_entropy")` in a new cell; each call says a little more.


# %% name="loss-exercise" tags=["exercise"]
def cross_entropy(logits, targets):
    """The mean surprise.

    logits (..., vocab), targets (...) -> ()
    """
    ### BEGIN SOLUTION
    logs = logits.log_softmax(dim=-1)
    chosen = logs.gather(-1, targets.unsqueeze(-1))
    return -chosen.mean()
    ### END SOLUTION


# %% name="loss-check" tags=["check"]
check(cross_entropy)

# %% [markdown]
# The example by hand, in your function. Then the question from the beginning: how many of the 324 weights change the
# **loss** when they are turned by 0.01?


# %%
def loss_of(model):
    return cross_entropy(model(inputs), targets)


by_hand = torch.tensor([[math.log(2), 0.0, 0.0]] * 2)
print(f"by hand: {cross_entropy(by_hand, torch.tensor([0, 2])):.3f}")
print(f"{weights_that_matter(table, loss_of)} of {table.scores.weight.numel()} weights change the loss")

# %% [markdown]
# All of them. One weight from close by: the score of `kite` after `the`, turned from -5 to 8.

# %%
the, kite = words.index("the"), words.index("kite")
turns = [turn / 10 for turn in range(-50, 81)]
guesses, surprises = [], []
with torch.no_grad():
    weights = table.scores.weight
    old = weights[the, kite].item()
    for turn in turns:
        weights[the, kite] = turn
        guesses.append(right_guesses(table))
        surprises.append(float(loss_of(table)))
    weights[the, kite] = old

show(pictures.two_measures(turns, guesses, surprises, "score of kite after the"))

# %% [markdown]
# On the left a step, on the right a valley. Wherever you stand in a valley, the slope tells you which way is down.
# The number of right guesses does not care how high the score is. The loss does: `ball`, `hill` and `wind` follow `the`
# too.

# %% [markdown]
# ## What: one step
#
# The slope for each weight is its **gradient**: `loss.backward()` computes all of them, and torch leaves each one in
# its parameter, as `weight.grad`. A step turns every weight a little *against* its gradient. How far is the
# **learning rate**:
#
# $$ \texttt{weight} = \texttt{weight} - \texttt{rate} \cdot \texttt{gradient} $$
#
# How far is right? One step of the table, with your loss, at 41 different rates:

# %%
table.zero_grad()
before = loss_of(table)
before.backward()
gradient = table.scores.weight.grad

rates = [10 ** (power / 10) for power in range(-5, 36)]
with torch.no_grad():
    rows_after = [(table.scores.weight - rate * gradient)[inputs] for rate in rates]
    after = [float(cross_entropy(logits, targets)) for logits in rows_after]

show(pictures.one_step(rates, after, before.item()))

# %% [markdown]
# On the left it hardly moves. On the right it jumps across the valley and lands higher than before. (The best rate is
# that large because the table is so simple. For a GPT it is nearer to 0.001.)
#
# Nobody writes that subtraction by hand. An **optimizer** holds the parameters and does it: `optimizer.step()`. The
# plain rule above is called SGD. *AdamW* is the one that trains GPTs: it divides each gradient by its own usual size.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** The loss is `3 * w`, so its gradient is 3. We call `backward()` twice.
# What is `w.grad` then?
#
# <details><summary>A. 3: the second call puts the same number there again</summary>
#
# It would, if it replaced what is there.
#
# </details>
# <details><summary>B. 6</summary>
#
# Right. torch *adds* to the gradient that is there. That helps those who share a batch out over several passes. For
# everyone else it means: clear the old gradients in every step.
#
# </details>
# <details><summary>C. 9</summary>
#
# Nothing is multiplied. The second call adds another 3.
#
# </details>

# %%
w = torch.tensor(1.0, requires_grad=True)
for _ in range(2):
    loss = 3 * w
    loss.backward()
print(w.grad)

# %% [markdown]
# ### Clipping
#
# Now and then a batch is odd, and its gradient many times longer than usual. One such step can undo a hundred good
# ones. So the gradient is **clipped**: its direction stays, and its length is at most `max_norm`.
#
# The length is that of *all* gradients together, as if they were one long list: the root of the sum of all squares.
# **By hand**, with two weights and `max_norm=1`: gradients 3 and 4 have the length $\sqrt{9 + 16} = 5$. That is too
# long, so both are multiplied by $\frac{1}{5}$, and become 0.6 and 0.8. Gradients 0.3 and 0.4 have the length 0.5, and
# stay.
#
# `nn.utils.clip_grad_norm_(parameters, max_norm)` does it, in place:

# %%
pair = [nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))]
pair[0].grad, pair[1].grad = torch.tensor([3.0]), torch.tensor([4.0])
length = nn.utils.clip_grad_norm_(pair, 1.0)
print(f"length before: {length:.3f}; gradients after: {pair[0].grad.item():.3f}, {pair[1].grad.item():.3f}")

# %% [markdown]
# ## Exercise 2: `train_step`
#
# About 8 minutes, six lines. You have seen them all.
#
# - **Given**: `model`, ids `(batch, sequence)` -> logits; `optimizer`, which holds its parameters; `input_ids` and
#   `targets`, both `(batch, sequence)`. The targets are **already** one token later; nothing is to be shifted.
# - **Returned**: the loss of this batch *before* the update, as a number. `loss.item()` is the number without the graph
#   of all that led to it.
# - **Must hold**: one update. Old gradients never count, those of the call before and those that somebody else has
#   left. All gradients together are at most `max_norm` long.
#
# Stuck? `hint("train_step")`.


# %% name="step-exercise" tags=["exercise"]
def train_step(model, optimizer, input_ids, targets, max_norm=1.0):
    """Turn the model's weights once, so that it expects these targets more.

    input_ids, targets (batch, sequence) -> the loss before the update
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    loss = cross_entropy(model(input_ids), targets)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% name="step-check" tags=["check"]
check(train_step)

# %% [markdown]
# ## See: the table learns
#
# 100 of your steps on the story. There is a floor that no table of this kind can go below: `the` is followed by four
# different words, and a table that knows only `the` cannot know which. The floor is the cross-entropy of the
# frequencies in the story themselves:

# %%
torch.manual_seed(0)
table = Table(len(words))
optimizer = torch.optim.SGD(table.parameters(), lr=20)
table_losses = [float(train_step(table, optimizer, inputs, targets)) for _ in range(100)]

pairs, firsts = Counter(pairwise(story)), Counter(story[:-1])
floor = -sum(number * math.log(number / firsts[first]) for (first, _), number in pairs.items()) / targets.numel()
show(pictures.losses({"your steps": table_losses}, ("floor", floor)))

# %% [markdown]
# It found the frequencies without ever counting. What it has learned about `the`:

# %%
with torch.no_grad():
    learned = table(torch.tensor([[the]]))[0, 0].softmax(dim=-1)
for number, word in sorted(((pairs["the", word], word) for word in words if pairs["the", word]), reverse=True):
    share = number / firsts["the"]
    print(f"{word:5} {number} of {firsts['the']} = {share:.2f}   learned: {learned[words.index(word)]:.2f}")

# %% [markdown]
# ### Without the two lines that look harmless
#
# Is it so bad to forget `zero_grad()`, or to leave out the clipping? Two short trainings each, on a text of your own
# disk, character by character. First a table with steps that never clear the gradient:


# %% tags=["timing"]
text = inspect.getsource(textwrap)
characters = sorted(set(text))
text_ids = torch.tensor([characters.index(character) for character in text])


def pieces(step, batch_size=16, length=32):
    """Random pieces of the text, and the same pieces one character later."""
    dice = torch.Generator().manual_seed(step)
    starts = torch.randint(len(text_ids) - length - 1, (batch_size, 1), generator=dice)
    rows = text_ids[starts + torch.arange(length + 1)]
    return rows[:, :-1], rows[:, 1:]


def forgetful_step(model, optimizer, input_ids, targets):
    loss = cross_entropy(model(input_ids), targets)
    loss.backward()  # on top of all gradients before
    optimizer.step()
    return loss.item()


curves = {}
for name, step_function in (("train_step", train_step), ("forgetful", forgetful_step)):
    torch.manual_seed(0)
    table = Table(len(characters))
    optimizer = torch.optim.SGD(table.parameters(), lr=20)
    curves[name] = [float(step_function(table, optimizer, *pieces(step))) for step in range(200)]

assert curves["train_step"][-1] < curves["forgetful"][-1]
show(pictures.losses(curves))

# %% [markdown]
# It learns for a few steps. But the steps get longer and longer, because each holds all those before it, and the
# weights are carried away.
#
# Then a very small GPT, yours, with 3 layers and a rate of 1. It is a little too much: now and then a gradient is long.
# (`start_small` gives the weights a spread of 0.02, as GPT-2 had it at its start. What starts as ones or zeros is left
# alone.)


# %% tags=["timing"]
def start_small(model):
    with torch.no_grad():
        model(torch.zeros(1, 1, dtype=torch.long))  # lazy layers have parameters only from their first call on
        for parameter in model.parameters():
            if not ((parameter == 0) | (parameter == 1)).all():
                parameter.normal_(std=0.02)
    return model


def tiny_gpt():
    torch.manual_seed(0)
    # vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size
    return start_small(GPT2(len(characters), 32, 4, 128, 3, 32))


curves = {}
for name, max_norm in (("not clipped", 1e9), ("clipped to 1", 1.0)):
    model = tiny_gpt()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    curves[name] = [float(train_step(model, optimizer, *pieces(step), max_norm)) for step in range(100)]

assert min(curves["clipped to 1"]) < 4
show(pictures.losses(curves))

# %% [markdown]
# Look at the highest point of each curve. A loss above that of the first step means that the model was thrown back
# behind knowing nothing.

# %% [markdown]
# ## What: the schedule
#
# One learning rate is not right for the whole training. At the end the steps should get smaller, so that the weights
# come to rest. That they must be small at the *beginning* too is less obvious.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Two weights have the gradients 1 and 0.0001. How far does the *first*
# step of AdamW, at a rate of 0.01, move them?
#
# <details><summary>A. 0.01 and 0.000001</summary>
#
# That is SGD, rate times gradient.
#
# </details>
# <details><summary>B. 0.01 both</summary>
#
# Right. AdamW divides each gradient by its usual size. After one step, the usual size is that of the only gradient it
# has seen, and the quotient is 1.
#
# </details>
# <details><summary>C. Neither moves: it waits until it knows the usual size</summary>
#
# That would be wise. It does not wait.
#
# </details>

# %%
pair = [nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))]
optimizer = torch.optim.AdamW(pair, lr=0.01)
pair[0].grad, pair[1].grad = torch.tensor([1.0]), torch.tensor([0.0001])
optimizer.step()
print([round(weight.item(), 4) for weight in pair])

# %% [markdown]
# In its first steps AdamW moves *every* weight by the full rate, whether its gradient means anything or not. At a rate
# of 0.01, weights of about 0.02 are carried off by half their size, in one step. So the rate begins small and rises:
# the **warm-up**. Then it falls along half a cosine, slowly at first, fast in the middle, slowly at the end.
#
# With $s$ for the step, $w$ for `warmup_steps` and $n$ for `num_steps`:
#
# $$
# \texttt{rate} = \begin{cases}
# \texttt{peak} \cdot \frac{s + 1}{w} & s < w \\[4pt]
# \texttt{final} + (\texttt{peak} - \texttt{final}) \cdot
# \frac{1}{2} \left(1 + \cos\left(\pi \frac{s - w}{n - w}\right)\right)
# & w \le s < n \\[4pt]
# \texttt{final} & s \ge n
# \end{cases}
# $$
#
# **By hand**, with 10 steps, 2 of them warm-up, `peak=1` and `final=0`:
#
# | step | | rate |
# |---|---|---|
# | 0 | 1/2 of the way up | 0.5 |
# | 1 | at the top | 1 |
# | 2 | the cosine begins: cos 0 = 1 | 1 |
# | 6 | half of it: cos(π/2) = 0 | 0.5 |
# | 8 | three quarters: cos(3π/4) = -0.707 | 0.146 |
# | 10 and later | over | 0 |

# %% [markdown]
# ## Exercise 3: `learning_rate`
#
# About 7 minutes, five lines.
#
# - **Given**: `step`, counted from 0; `num_steps`; `warmup_steps`, which may be 0; the two rates `peak` and `final`.
# - **Returned**: the learning rate of this step, a number.
# - **Must hold**: the three cases above.
#
# `math.cos` and `math.pi` are there. Stuck? `hint("learning_rate")`.


# %% name="rate-exercise" tags=["exercise"]
def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    """A line up to peak, half a cosine down to final, and then final."""
    ### BEGIN SOLUTION
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    done = (step - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
    ### END SOLUTION


# %% name="rate-check" tags=["check"]
check(learning_rate)

# %% [markdown]
# Your schedule. Orange is the warm-up, grey is what comes after the end:

# %%
print([round(float(learning_rate(step, 10, 2, 1.0)), 3) for step in (0, 1, 2, 6, 8, 10)])
show(pictures.schedule(learning_rate, 200, 20, 0.003, 0.0003))

# %% tags=["widget"]
explore(
    lambda warmup_steps, peak, final: pictures.schedule(learning_rate, 200, warmup_steps, peak, final),
    warmup_steps=IntSlider(20, 0, 200, 10, description="warm-up"),
    peak=FloatLogSlider(0.003, min=-4, max=-1, step=0.25, description="peak"),
    final=FloatLogSlider(0.0003, min=-6, max=-3, step=0.25, description="final"),
)

# %% [markdown]
# Is the warm-up worth it? The very small GPT again, now with AdamW and a rate of 0.01, with and without:

# %% tags=["timing"]
curves = {}
for name, warmup_steps in (("no warm-up", 0), ("30 steps of warm-up", 30)):
    model = tiny_gpt()
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95))
    curves[name] = []
    for step in range(100):
        optimizer.param_groups[0]["lr"] = learning_rate(step, 100, warmup_steps, 0.01)
        curves[name].append(float(train_step(model, optimizer, *pieces(step, 8))))

assert min(min(losses) for losses in curves.values()) < 4
show(pictures.losses(curves))

# %% [markdown]
# Compare the ends, not the beginnings: the one that was in no hurry at first is usually ahead at the end.

# %% [markdown]
# ## Your model learns Python
#
# You have all the parts. The text is on your disk already: the source code of Python's own library, about 11 million
# characters. One file in 20 is **held out**: the model is never trained on it, so it cannot know it by heart.
#
# The text is cut into **tokens**: frequent pieces such as `self` or four spaces, found by counting, at most 2,048
# different ones. This takes about ten seconds, in a folder that is gone when the notebook is closed.


# %% tags=["timing"]
def reading(documents):
    for number, document in enumerate(documents, 1):
        if number % 25 == 0:
            write(f"{number} files")
        yield document


write = live_text()
place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
corpus = training.prepare(training.python_library(), Path(place.name), 2048, reading)

for part in ("training", "held_out"):
    size = corpus.facts[part]
    print(f"{part:8} {size['files']:4} files {size['bytes']:11,} bytes {size['tokens']:10,} tokens")
a_line = "        self.name = name"
print([corpus.tokenizer.decode([token]) for token in corpus.tokenizer.encode(a_line).ids])
assert corpus.vocab_size == 2048

# %% [markdown]
# `corpus.batch(step, batch_size, length, seed)` gives random pieces, and the same pieces one token later:

# %% tags=["timing"]
input_ids, targets = corpus.batch(0, 8, 64, 0)
print(tuple(input_ids.shape), tuple(targets.shape))
print(repr(corpus.tokenizer.decode(input_ids[0, :12].tolist())))
print(repr(corpus.tokenizer.decode(targets[0, :12].tolist())))
assert torch.equal(input_ids[:, 1:], targets[:, :-1])

# %% [markdown]
# Now the model: your `GPT2`, with 4 layers and 128 numbers a token, about a million parameters. Before any training,
# ask for its first loss. You know what it should be:

# %% tags=["timing"]
CONTEXT = 64
torch.manual_seed(0)
# vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size
model = GPT2(2048, 128, 4, 512, 4, CONTEXT)
model.context_size = CONTEXT

with torch.no_grad():
    as_built = float(cross_entropy(model(input_ids), targets))
    small = float(cross_entropy(start_small(model)(input_ids), targets))
print(f"{sum(parameter.numel() for parameter in model.parameters()):,} parameters")
print(f"loss as built: {as_built:.2f}; with small weights: {small:.2f}; an even guess: {math.log(2048):.2f}")
assert abs(small - math.log(2048)) < 1

# %% [markdown]
# A first loss far above that of an even guess means that the model is sure of itself, without having learned anything:
# its weights are too large. It would spend its first steps on forgetting. Small weights start at the even guess.
#
# What it writes now:

# %% tags=["timing"]
optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.1)
history, samples = [], {}  # (seconds, loss) of each step; seconds -> text


def write_sample(tokens=80):
    prompt = torch.tensor([corpus.tokenizer.encode("\ndef ").ids])
    model.eval()
    row = generate(model, prompt, prompt.shape[1] + tokens, 1, 0.7)[0]
    model.train()
    return corpus.tokenizer.decode(row.tolist()).strip()


samples[0] = write_sample()
print(samples[0])
assert samples[0].startswith("def")

# %% [markdown]
# Noise. One more question before we start: does your machine compute faster with one thread or with several? With
# several, if they have a core each. On a busy machine they wait for each other, and one alone is faster. We ask:


# %% tags=["timing"]
def seconds_for_five(threads):
    torch.set_num_threads(threads)
    start = time.perf_counter()
    for _ in range(5):
        cross_entropy(model(input_ids), targets).backward()
    return time.perf_counter() - start


num_threads = min({1, all_threads}, key=seconds_for_five)
print(f"threads: {num_threads}")
assert num_threads >= 1

# %% [markdown]
# The next cell trains for two minutes. Every few seconds the picture is drawn again, and at four
# moments the model writes. **You may press the stop button (■) at any time**: what was learned stays, all later cells
# work with it, and if you run the cell again it goes on.
#
# Nobody knows how many steps your machine does in two minutes. So your schedule counts in thousandths of the time: 50
# of warm-up, then down.

# %% tags=["timing"]
# Maintainers: the tests set GPT2_REF_TRAINING_SECONDS; below 60 the comparison of the variants is short too.
SECONDS = float(os.environ.get("GPT2_REF_TRAINING_SECONDS", 120))

torch.set_num_threads(num_threads)
model.train()
update = pictures.live()
began = time.monotonic() - (history[-1][0] if history else 0)
drawn = -math.inf
try:
    while (spent := time.monotonic() - began) < SECONDS:
        rate = learning_rate(int(1000 * spent / SECONDS), 1000, 50, 0.003, 0.0002)
        for group in optimizer.param_groups:
            group["lr"] = rate
        input_ids, targets = corpus.batch(len(history), 8, CONTEXT, 0)
        history.append((spent, float(train_step(model, optimizer, input_ids, targets))))
        if spent > SECONDS * (0.05, 0.2, 0.5, math.inf)[len(samples) - 1]:
            samples[spent] = write_sample()
        if spent > drawn + 4:
            drawn = spent
            picture = pictures.learning(history, SECONDS, math.log(2048), list(samples)[1:])
            update(picture, samples[max(samples)])
except KeyboardInterrupt:
    print("stopped; run the cell again to go on")

update(pictures.learning(history, SECONDS, math.log(2048), list(samples)[1:]), write_sample())
torch.set_num_threads(1)
assert history[-1][1] < 8

# %% [markdown]
# What it wrote, from the beginning to now:

# %% tags=["timing"]
for moment, sample in [*samples.items(), (history[-1][0], write_sample())]:
    print(f"--- after {moment:.0f} seconds ---", sample, "", sep="\n")
assert sample.startswith("def")

# %% [markdown]
# Usually the order is this: first it learns which tokens are frequent, then that lines are indented, then words such as
# `return` and `self`, then that a bracket closes, and that `def` is followed by a name, brackets and a colon. What it
# means it does not know.

# %% [markdown]
# ### How good is that?
#
# A loss for each *token* cannot be compared with one of other tokens. Bits for each **byte** of the text can:
#
# $$ \texttt{bits per byte} = \frac{\texttt{loss}}{\log 2} \cdot \frac{\texttt{tokens}}{\texttt{bytes}} $$
#
# That is also how well the text could be packed: a packer that asks your model what comes next needs so many bits for
# each of its bytes. So we may compare with real packers, `gzip` and `xz`. And with counting: how frequent is each
# token (*unigram*), how frequent each pair (*bigram*)? All of it on the held-out files. Of those, your model reads 200
# pieces.

# %% tags=["timing"]
held_out = corpus.held_out_text()
unigram, bigram = token_frequencies(corpus)
per_byte = {
    "unigram": unigram / len(held_out),
    "bigram": bigram / len(held_out),
    "gzip": 8 * len(gzip.compress(held_out)) / len(held_out),
    "xz": 8 * len(pressed(held_out)) / len(held_out),
    "your model": training.bits_per_byte(model, corpus.held_out, corpus.bytes_of, CONTEXT, limit=200),
}
assert 0.5 < per_byte["your model"] < 5
show(pictures.bits(per_byte, "your model"))

# %% [markdown]
# The bigram has counted the whole text. Your model has seen only so much of it:

# %% tags=["timing"]
seen = len(history) * 8 * CONTEXT
print(f"{seen:,} tokens seen, {seen / len(corpus.training):.0%} of the text; one look at each bigram: 100%")
assert seen > 0

# %% [markdown]
# ## Four variants, one budget
#
# Lessons 07 to 09 changed the attention: a window, groups, rotary positions. What was saved could be counted there.
# What it *costs* only training can say. So we train all four on the same batches, with as many steps each. The course's
# `training.Training` does it: the same step as yours, over and over. A loop over it gets a record of every step.
#
# The models are very small here: 2 layers, 64 numbers a token, texts of 128 tokens, a window of 16, one group. And
# **one more**: full attention again, from other random weights and with other batches. Whatever differs between the two
# full ones is chance. To save time, they are judged on the first 10,000 held-out tokens.

# %% tags=["timing"]
variants = {
    "full": {},
    "window": {"window_size": 16},
    "grouped": {"num_groups": 1},
    "rotary": {"rotary": True},
    "full again": {},
}
num_steps = 300 if SECONDS >= 60 else 20
less_to_look_at = replace(corpus, held_out=corpus.held_out[:10_000])
compared, sizes = {}, {}
write = live_text()
try:
    for name, choice in variants.items():
        parts = training.ModelSettings(2048, 64, 4, 2, 128, **choice)
        settings = training.Settings(
            num_steps=num_steps,
            batch_size=8,
            peak=0.004,
            final=0.0004,
            warmup_steps=num_steps // 10,
            seed=int(name == "full again"),
            evaluate_every=num_steps // 4,
            evaluate_on=100,  # all of it, at every look
        )
        run = training.Training(parts, less_to_look_at, settings)
        for record in run:
            if record.step % 10 == 0:
                done = "#" * (20 * record.step // num_steps)
                write(f"{name:10} [{done:20}] step {record.step} of {num_steps}, loss {record.loss:.2f}")
        looks = {record.step: record.held_out for record in run.history if record.held_out}
        compared[name] = pictures.Curve([record.loss for record in run.history], looks)
        sizes[name] = sum(parameter.numel() for parameter in run.model.parameters())
except KeyboardInterrupt:
    print("stopped; compared are those that were complete")

if compared:
    show(pictures.compared(compared, "trained just now"))
assert all(len(curve.losses) == num_steps for curve in compared.values())


# %% tags=["timing"]
def in_a_table(curves):
    """The last look at the held-out text, and how far it is from that of full attention."""
    ends = {name: list(curve.held_out.values())[-1] for name, curve in curves.items()}
    for name, end in ends.items():
        print(f"{name:10} {end:.3f} bits per byte, {end - ends['full']:+.3f}")


if "full" in compared:
    in_a_table(compared)
print({name: f"{size:,} parameters" for name, size in sizes.items()})
assert len(sizes) == len(compared)

# %% [markdown]
# Read the last column with the last row in mind. A difference that is no larger than that of *full again* says
# nothing. One that is larger may say something, about models of this size, after so many steps.

# %% [markdown]
# ### The same with more patience
#
# So few steps show who is quick. Who is good takes longer. These four were trained before, with the models
# of this course, 4 layers and 128 numbers a token, texts of 256 tokens, and all the same but for one choice. The
# commands, which you can run in a terminal:

# %%
for command in pictures.COMMANDS.values():
    print(command)

# %% [markdown]
# Each leaves a file `losses.csv` in its folder `runs/...`. Those files are in the repository, in
# `gpt2_ref/figures/curves`. (Their last look takes the whole held-out text, those before it 64 pieces: hence the small
# jump at the end.)

# %%
stored = pictures.stored_curves()
show(pictures.compared(stored, "trained with the commands"))
in_a_table(stored)

# %% [markdown]
# A budget of steps is not a budget of time or of memory. With a window, a long text is cheaper to read; with groups,
# the cache of a text is smaller, 4 times in the third command (lesson 08); rotary positions go on where a table ends
# (lesson 09). Whether a variant is worth its difference is a question about what you need.

# %% [markdown]
# ## In the wild
#
# - **AdamW**: [Adam](https://arxiv.org/abs/1412.6980) (Kingma and Ba 2015), with the decay of weights taken out of
#   the gradient ([Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101)). Matrices decay; biases and layer
#   norms are usually left alone.
# - **Warm-up** is in [the first transformer](https://arxiv.org/abs/1706.03762) (Vaswani et al. 2017); the **cosine** is
#   from [Loshchilov and Hutter 2017](https://arxiv.org/abs/1608.03983), there with restarts; **clipping** the norm from
#   [Pascanu et al. 2013](https://arxiv.org/abs/1211.5063).
# - **GPT-2** (Radford et al. 2019): batches of 512 texts of 1,024 tokens; the learning rate was tuned by hand for each
#   size on held-out text.
# - **[GPT-3](https://arxiv.org/abs/2005.14165)** (Brown et al. 2020) has just what you wrote: Adam with betas 0.9 and
#   0.95, a warm-up, a cosine down to a tenth of the peak, the norm clipped to 1, a weight decay of 0.1.
#   [Llama 2](https://arxiv.org/abs/2307.09288) (Touvron et al. 2023) too, with 2,000 steps of warm-up.
# - **In this repository**: `gpt2_ref/training`, with your three functions and what a long training needs: it goes on
#   exactly where it was stopped, even by a power cut, and it shares the work among processes.
#
# Where to go on, in a terminal. With more time, and with a model that `GPT2.from_pretrained` loads:
#
# ```
# python -m gpt2_ref train
# torchrun --nproc-per-node 2 -m gpt2_ref train --parallel ddp
# ```
#
# The second one trains with two processes, each on its own half of every batch.

# %% [markdown]
# ## Recap
#
# 1. The loss is the mean of -log(p) of the tokens that came; an even guess has the logarithm of the vocabulary. Every
#    weight has a slope in it.
# 2. One step: clear the gradients, loss, `backward`, clip, `step`. A rate that rises and falls: warm-up, cosine.
# 3. Held-out bits per byte compare models with each other, and with packers. Differences as small as those between two
#    seeds say nothing.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **Two batches in one.** Call `backward()` for two halves of a batch before one step. What must be done to the
#    losses so that the step is that of the whole batch?
# 2. **How much by heart?** Compare the bits per byte of held-out text with those of training text, after two minutes
#    and after ten (`SECONDS = 600`).
# 3. **A text of yours.** `training.prepare(files, folder, vocab_size)` takes any text files. What does your model learn
#    first from letters, or from recipes?
# 4. **The best rate.** Train the very small GPT at six peaks from 0.0003 to 0.1. Where does the loss at the end turn?
#
# **Next**: lesson 12 looks inside a trained model. Which of its heads does what?
