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
# # 05 · Generating text
#
# **You turn a model's scores into text: first the draw of one token, then the loop around it. At the end your own
# GPT-2 gets trained weights and writes Python, and you watch it.**
#
# | | |
# |---|---|
# | time | 55 minutes |
# | you need | tensors, `softmax`; what goes into `GPT2` and what comes out (lesson 04). Nothing about sampling. |
# | you will have | `sample_next_token` and `generate`, and code that a trained GPT-2 writes with them |

# %%
import random
import re
from collections import Counter
from itertools import pairwise

import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider
from torch import nn

import gpt2_ref
from gpt2_ref import check, hint, load_tokenizer, progress, read_checkpoint
from gpt2_ref.figures import generate as pictures
from gpt2_ref.figures.canvas import explore, show
from gpt2_ref.training import python_library

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your own model from lesson 04, and your way to load a checkpoint. Where one is not there yet, the course's own stands
# in, and a line says so.

# %%
from my_gpt2 import GPT2, load_checkpoint

# %% [markdown]
# ## Why: scores are not text
#
# For each place in a text, `GPT2` returns one score for every token of the vocabulary: the *logits* of the token that
# comes next. `softmax` makes probabilities of them. Somebody still has to **choose**. How much can go wrong there?
#
# A model that is easy to see through shows it. It counts, in a small story, which word follows which:

# %%
tale = """
tom has a red kite . the kite is in the bag . ann has a blue ball .
the ball is under the tree . tom and ann go to the hill .
the wind is strong on the hill . tom takes the kite out of the bag .
the kite flies over the tree . ann throws the ball to tom .
the ball flies over the hill . tom and ann look for the ball .
the dog has the ball . the dog runs down the hill . ann has a red kite .
"""
story = tale.split()

words = sorted(set(story))
followers = {word: Counter() for word in words}
for word, following in pairwise(story):
    followers[word][following] += 1

print(f"{len(story)} words, {len(words)} different ones")
print("after 'the':", dict(followers["the"].most_common()))

# %% [markdown]
# No word gets the probability 0, because no model gives any: $e$ to the power of a score is never 0. So we add
# 0.05 to every count. Now there are two obvious ways to choose. **Greedy**: always the most likely word. **Pure
# sampling**: roll dice, with exactly the model's probabilities.


# %%
def probabilities_after(word):
    scores = [followers[word][other] + 0.05 for other in words]
    return [score / sum(scores) for score in scores]


def tell(choose, length=26):
    text = ["tom"]
    while len(text) < length:
        text.append(choose(probabilities_after(text[-1])))
    return " ".join(text)


def greedy(probabilities):
    return words[probabilities.index(max(probabilities))]


dice = random.Random(0)


def sampled(probabilities):
    return dice.choices(words, probabilities)[0]


print("greedy: ", tell(greedy))
print("sampled:", tell(sampled))

# %% [markdown]
# Greedy is stuck. After `ball` the most likely word is a full stop, after that `the`, after that `ball`, for
# ever. Large models fall into longer loops of the same kind.
#
# Pure sampling starts like the story and then wanders off: some of its pairs of words never stood there. Each of
# these words is unlikely. But there are many of them, and *together* they are not:

# %%
never = [word for word in words if word not in followers["the"]]
chance = sum(probabilities_after("the")[words.index(word)] for word in never)
print(f"after 'the': {len(never)} words that never followed it, {chance:.1%} together")

each, number, steps = 1e-6, 50_000, 50
print(f"50,000 wrong tokens, one in a million each: {number * each:.0%} together")
print(f"50 steps without any of them: {(1 - number * each) ** steps:.1%}")

# %% [markdown]
# The second example has the size of GPT-2, with 50,257 tokens. And one wrong token is enough: the model takes it for
# what was meant, and goes on from there.
#
# What we want lies between the two: **chance, but not all of it**. There are three dials for that.

# %% [markdown]
# ## What: three dials on one distribution
#
# Five tokens, after *tom has a red ...* Their logits are the logarithms of 16, 8, 4, 2 and 1. `softmax` undoes the
# logarithm and divides by the sum, 31. So the probabilities are easy to get by hand: $16 / 31 = 0.516$, and so on.

# %%
five = ["kite", "ball", "hat", "car", "sun"]
logits = torch.tensor([16.0, 8.0, 4.0, 2.0, 1.0]).log()

print("logits       ", logits)
print("probabilities", logits.softmax(dim=-1))

# %% [markdown]
# ### Temperature
#
# Divide the logits by a number, the **temperature**, before the softmax:
#
# $$
# \texttt{probabilities} = \mathrm{softmax}\left(\frac{\texttt{logits}}{\texttt{temperature}}\right)
# $$
#
# By hand: dividing logits by 0.5 doubles them, and to double a logarithm is to square the number. Dividing by 2
# halves them, and that is the root.
#
# | | kite | ball | hat | car | sun | sum |
# |---|---|---|---|---|---|---|
# | temperature 1 | 16 | 8 | 4 | 2 | 1 | 31 |
# | temperature 0.5: squares | 256 | 64 | 16 | 4 | 1 | 341 |
# | temperature 2: roots | 4 | 2.83 | 2 | 1.41 | 1 | 11.24 |
#
# So `kite` gets $256 / 341 = 0.751$ at temperature 0.5, and $4 / 11.24 = 0.356$ at temperature 2.

# %%
by_temperature = {
    f"temperature {t:g}": (logits / t).softmax(dim=-1)
    for t in (0.5, 1, 2)  # the same five logits each time
}
show(pictures.distributions(five, by_temperature))

# %% [markdown]
# Low makes the likely more likely, high makes all alike. The order never changes. The closer to 0, the closer
# to greedy. At 0 itself we cannot divide, so it is agreed that **temperature 0 means greedy**: take the most
# likely token, without a draw. It has to be written as a case of its own:

# %%
print((logits / 0).softmax(dim=-1))
print("greedy:", five[logits.argmax(dim=-1)])

# %% [markdown]
# ### Top-k
#
# Temperature alone never forbids anything. **Top-k** does: only the `top_k` most likely tokens stay. The others get
# the logit $-\infty$, so that their probability is 0, the trick of the mask in lesson 02. With `top_k=3`, the numbers
# 16, 8 and 4 stay, and their sum is 28: $16 / 28 = 0.571$. What was cut is shared out among what stays.

# %%
third = logits.topk(3, dim=-1).values[..., -1:]
top_three = logits.masked_fill(logits < third, float("-inf"))
print(top_three.softmax(dim=-1))

# %% [markdown]
# `[..., -1:]` takes the last of the three and *keeps its axis*, as `keepdim` did in lesson 01. With two rows, each is
# then compared with its own third score. Here the threshold is 4 in the first row and 0.3 in the second:

# %%
rows = torch.tensor([[1.0, 5.0, 4.0, 2.0, 6.0], [0.5, 0.1, 0.3, 0.2, 0.4]])
threshold = rows.topk(3, dim=-1).values[..., -1:]
print(tuple(threshold.shape))
print(rows.masked_fill(rows < threshold, float("-inf")))

# %% [markdown]
# With `[:, -1]` the shape would be `(2,)`. torch would line it up with the *tokens*: an error for most sizes, and a
# mixture of rows where the batch happens to be as large as the vocabulary.

# %% [markdown]
# ### Top-p
#
# A fixed number fits badly. After *tom and* there is one good word; after *tom has a* there are dozens.
# **Top-p** keeps as many as it takes: the fewest tokens, most likely first, whose probabilities add up to
# `top_p` *or more*.
#
# By hand, with `top_p=0.8`: `kite` and `ball` have $0.516 + 0.258 = 0.774$, not enough. With `hat` it is
# $0.903$. Three stay. A rule for each token alone says the same: **it stays if those before it add up to less
# than `top_p`**. The most likely one always stays, because before it there is 0.

# %%
probabilities = logits.softmax(dim=-1)
before = probabilities.cumsum(dim=-1) - probabilities
print("before it:", before)
print("stays:    ", before < 0.8)

# %% [markdown]
# Our five stood in order. A vocabulary does not. `sort` returns the sorted numbers and where each came from, and
# `scatter` puts an answer back to where it belongs:

# %%
mixed = probabilities[[3, 1, 4, 0, 2]]  # car, ball, sun, kite, hat
ordered, order = mixed.sort(dim=-1, descending=True)
stays = ordered.cumsum(dim=-1) - ordered < 0.8

print("order:        ", order)
print("sorted, stays:", stays)
print("put back:     ", torch.zeros_like(stays).scatter(-1, order, stays))

# %% [markdown]
# The two cuts side by side, once where the model is sure and once where it is not. Blue stays, grey is cut:

# %%
eight = ["kite", "ball", "hat", "car", "dog", "bag", "leaf", "sun"]
sure = torch.tensor([6.0, 2.0, 1.5, 1.0, 0.5, 0.2, -0.1, -0.3])
unsure = torch.tensor([1.0, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4])

models = {"sure": (eight, sure), "unsure": (eight, unsure)}
show(pictures.two_cuts(models, top_k=3, top_p=0.8))

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** The five tokens again, with `top_k=3` *and* `top_p=0.8`. First
# top-k, then top-p on what is left, with probabilities that add up to 1 again. How many tokens can be drawn?
#
# <details><summary>A. Three: each of the two keeps three</summary>
#
# Alone, each does. But top-p comes second, and it reads the *new* probabilities. Those grew when two tokens were
# cut: 0.571 and 0.286 instead of 0.516 and 0.258.
#
# </details>
# <details><summary>B. Two</summary>
#
# Right. $0.571 + 0.286 = 0.857$ is enough for 0.8, so `hat` goes. Renormalising between the steps is what makes the
# difference, and your function has to do it.
#
# </details>
# <details><summary>C. One: two cuts leave less than one</summary>
#
# They do leave less. But `kite` has 0.571 after top-k, and that alone is not 0.8. One more is needed.
#
# </details>

# %%
renormalised = top_three.softmax(dim=-1)
before = renormalised.cumsum(dim=-1) - renormalised
print("after top-k:", renormalised)
print("before it:  ", before)
print("stays:      ", (before < 0.8) & (renormalised > 0))

# %% [markdown]
# ### The draw
#
# `torch.multinomial` rolls the dice for each row: probabilities in, the *id* of the drawn token out, with one column
# for each draw.

# %%
torch.multinomial(torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), num_samples=1)

# %% [markdown]
# ## Exercise 1: `sample_next_token`
#
# About 12 minutes, about ten lines. You have seen each of them above.
#
# - **Given**: `logits` of shape `(batch, vocab)`, one row for each text. `temperature` is 0 or more. `top_k` is
#   a whole number from 1, `top_p` a number above 0 and up to 1; `None` means that this dial is off.
# - **Returned**: ids of shape `(batch,)`: one token for each row. `logits` itself is not changed, no seed is set.
# - **Must hold**, in this order and for each row alone:
#   1. temperature 0 takes the most likely token; otherwise the logits are divided by `temperature`;
#   2. only the `top_k` most likely tokens stay; a `top_k` larger than the vocabulary keeps all;
#   3. of those, only the fewest most likely stay whose probabilities, **renormalised after top-k**, add up to
#      `top_p` or more;
#   4. one token is drawn, with probabilities that add up to 1 again.
#
# Stuck? Run `hint("sample_next_token")` in a new cell; each call says a little more.


# %% name="sample-exercise" tags=["exercise"]
def sample_next_token(logits, temperature=1.0, top_k=None, top_p=None):
    """Draw one token for each row.

    logits (batch, vocab) -> ids (batch,)
    """
    # Temperature (0 is greedy), top-k, top-p, draw.
    ### BEGIN SOLUTION
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        smallest_kept = logits.topk(top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest_kept, float("-inf"))
    if top_p is not None:
        ordered, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        stays = ordered.cumsum(dim=-1) - ordered < top_p
        kept = torch.zeros_like(stays).scatter(-1, order, stays)
        logits = logits.masked_fill(~kept, float("-inf"))
    return torch.multinomial(logits.softmax(dim=-1), num_samples=1).squeeze(-1)
    ### END SOLUTION


# %% name="sample-check" tags=["check"]
check(sample_next_token)

# %% [markdown]
# ## See: what your function draws
#
# Twelve words after *tom has a red ...*, the last three of them nonsense. The picture calls **your** function
# once, with 4,000 equal rows, and counts. Bars are the exact probabilities, dots are what you drew. With all
# dials off:

# %%
twelve = [*eight, "hill", "of", "runs", "seven"]
scores = torch.tensor([4.0, 3.2, 2.7, 2.3, 2.0, 1.6, 1.3, 0.9, 0.5, -0.4, -0.9, -1.3])

show(pictures.drawn(sample_next_token, scores, twelve))

# %% [markdown]
# Each nonsense word is rare, and in 4,000 draws they come about 40 times. Now turn the dials:
#
# - `temperature` to 0, then to 2: from one word to nearly all alike;
# - `top_k` to 9: the nonsense is gone, and nothing else has changed much;
# - `top_p` at 0.9, and then `temperature` from 0.5 to 2: the number of words that can come grows by itself.


# %% tags=["widget"]
def draw(temperature, top_k, top_p):
    return pictures.drawn(sample_next_token, scores, twelve, temperature, top_k, top_p)


explore(
    draw,
    temperature=FloatSlider(value=1, min=0, max=2, step=0.1, description="temp."),
    top_k=IntSlider(value=12, min=1, max=12, description="top_k"),
    top_p=FloatSlider(value=0.9, min=0.05, max=1, step=0.05, description="top_p"),
)

# %% [markdown]
# The same picture with all three dials in use:

# %%
dials = {"temperature": 0.7, "top_k": 9, "top_p": 0.9}
show(pictures.drawn(sample_next_token, scores, twelve, **dials))

# %% [markdown]
# ## The loop around it
#
# A text grows by one token at a time:
#
# 1. the model reads the whole text and returns logits of shape `(batch, sequence, vocab)`;
# 2. only those of the **last** place are about a token that is not there yet;
# 3. your function draws from them, one token for each row;
# 4. the token is appended, and the longer text goes in again.
#
# Three things to agree on:
#
# - **`max_length` is the total length**, prompt included. A prompt of 4 tokens and `max_length=10` makes 6 new ones.
# - **Several continuations.** `num_return_sequences=3` writes three texts for each prompt. The rows of one prompt are
#   *adjacent*. `repeat_interleave` does that, `repeat` does not:

# %%
prompts = torch.tensor([[1, 2], [7, 8]])
print("repeat_interleave:", prompts.repeat_interleave(3, dim=0)[:, 0].tolist())
print("repeat:           ", prompts.repeat(3, 1)[:, 0].tolist())

# %% [markdown]
# - **The context.** A model has no position vectors for more than `model.context_size` tokens. A longer text is
#   cropped **for the model**: it is shown the last `context_size` tokens only. The *result* keeps them all.
#
# Here is the counting model as a module, with the interface of `GPT2`: ids in, logits out. It looks at the last word
# only, but it has a context of 8 and insists on it:


# %%
class CountingModel(nn.Module):
    """Scores each next word by how often it followed.

    ids (batch, sequence) -> logits (batch, sequence, vocab)
    """

    context_size = 8

    def __init__(self):
        super().__init__()
        table = torch.tensor([probabilities_after(word) for word in words])
        self.scores = nn.Parameter(table.log())

    def forward(self, ids):
        if ids.shape[1] > self.context_size:
            raise ValueError(f"{ids.shape[1]} tokens are more than {self.context_size}")
        return self.scores[ids]


counting = CountingModel()
prompt = torch.tensor([[words.index("tom"), words.index("has")]])
print("logits:", tuple(counting(prompt).shape))
try:
    counting(torch.zeros(1, 9, dtype=torch.long))
except ValueError as error:
    print(error)

# %% [markdown]
# ## Exercise 2: `generate`
#
# About 10 minutes, about six lines.
#
# - **Given**: `model`, a module that takes ids `(batch, sequence)` and returns logits
#   `(batch, sequence, vocab)`, and has a `model.context_size`; it raises an error for more ids. `input_ids` are
#   the prompts, `(batch, sequence)`. `temperature` and `top_k` are those of `sample_next_token`.
# - **Returned**: ids of shape `(batch * num_return_sequences, max_length)`. Each row begins with its prompt;
#   the rows of one prompt are adjacent.
# - **Must hold**: a text longer than the context is cropped for the model and never in the result. Each row is
#   drawn for itself. `input_ids` is not changed.
#
# `@torch.no_grad()` is given: without it, torch would remember every step, in case you wanted a gradient.
# `torch.cat([a, b], dim=1)` joins along the second axis. Stuck? `hint("generate")`.


# %% name="generate-exercise" tags=["exercise"]
@torch.no_grad()
def generate(
    model,
    input_ids,
    max_length=50,
    num_return_sequences=1,
    temperature=0.7,
    top_k=None,
):
    """Continue each prompt, token by token.

    input_ids (batch, sequence) -> (batch * num_return_sequences, max_length)
    """
    ### BEGIN SOLUTION
    ids = input_ids.repeat_interleave(num_return_sequences, dim=0)
    while ids.shape[1] < max_length:
        seen = ids[:, -model.context_size :]
        logits = model(seen)[:, -1]
        next_ids = sample_next_token(logits, temperature, top_k)
        ids = torch.cat([ids, next_ids[:, None]], dim=1)
    return ids
    ### END SOLUTION


# %% name="generate-check" tags=["check"]
check(generate)

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Two prompts of 2 tokens, `max_length=6`, `num_return_sequences=3`.
# What is the shape of the result?
#
# <details><summary>A. (6, 8)</summary>
#
# The rows are right. But 8 would be 6 *new* tokens behind a prompt of 2. `max_length` counts the prompt too.
#
# </details>
# <details><summary>B. (2, 3, 6)</summary>
#
# The numbers are right, the axes are not. A model takes `(batch, sequence)`, and the continuations are more
# rows of the batch: the first three belong to the first prompt.
#
# </details>
# <details><summary>C. (3, 6)</summary>
#
# Three for *each* prompt, and there are two prompts.
#
# </details>
# <details><summary>D. (6, 6)</summary>
#
# Right: 2 times 3 rows, 6 tokens each, 4 of them new.
#
# </details>

# %%
beginnings = [["tom", "has"], ["the", "dog"]]
two_prompts = torch.tensor([[words.index(word) for word in pair] for pair in beginnings])
six = generate(counting, two_prompts, 6, 3)
print("shape:", tuple(six.shape))
print("begin:", [" ".join(words[i] for i in row[:2]) for row in six.tolist()])

# %% [markdown]
# Now 26 words from the model with a context of 8. At temperature 0, it is the loop from the beginning:

# %%
yours = generate(counting, prompt, 26, 1, 0)
print(" ".join(words[i] for i in yours[0].tolist()))

# %% [markdown]
# What was the model shown? In this picture **your** function writes with another model, one that counts
# upwards: after 7 it expects 8. So every number is also its place in the text. Blue is what the model saw,
# orange what came next, pale what was kept and not shown.

# %%
sizes = {"prompt_length": 5, "max_length": 14, "context_size": 8}
show(pictures.what_the_model_sees(generate, **sizes))

# %% [markdown]
# And with some chance: the same prompt at two temperatures, three continuations each. (Your words will differ
# from those of others. That is the point.)

# %% tags=["timing"]
for temperature in (1.0, 0.5):
    texts = generate(counting, prompt, 16, 3, temperature)
    print(f"temperature {temperature}")
    for row in texts.tolist():
        print("   ", " ".join(words[i] for i in row))
    assert texts.shape == (3, 16)

# %% [markdown]
# ## Text from a trained model
#
# Time for the real thing. A small trained model comes with the course: a GPT-2 that has read the source code of
# Python's standard library and nothing else. Lesson 11 shows how it was trained. Here it is a checkpoint as in lesson
# 04, with the name `"python"`: sizes, tensors and a tokenizer.

# %%
config, tensors = read_checkpoint("python")
tokenizer = load_tokenizer("python")

for size in ("vocab_size", "n_positions", "n_embd", "n_head", "n_layer"):
    print(f"{size:12}{config[size]:6,}")
print(f"{sum(tensor.numel() for tensor in tensors.values()):,} parameters")

# %% [markdown]
# Your `GPT2` is built in these sizes, and your `load_checkpoint` puts the numbers in. If the two do not fit together,
# because one is yours and the other the course's, the next cell says so and takes the course's model for both.


# %%
def trained_model():
    """Your GPT2 with the trained weights."""
    hidden_size = config["n_inner"] or 4 * config["n_embd"]
    sizes = config["vocab_size"], config["n_embd"], config["n_head"], hidden_size, config["n_layer"]
    model = GPT2(*sizes, config["n_positions"]).eval()
    model.context_size = config["n_positions"]  # generate asks for it
    model(torch.zeros(1, 1, dtype=torch.long))  # lazy layers have parameters only from their first call on
    load_checkpoint(model, tensors)
    return model


def encode(text):
    """Text -> ids (1, sequence)"""
    return torch.tensor([tokenizer.encode(text).ids])


def decode(ids):
    return tokenizer.decode(ids.tolist())


torch.set_num_threads(1)  # so small a model gains little from a second core, and loses much if that one is busy
try:
    model = trained_model()
except Exception as error:  # whatever it is: what comes now should not wait for lesson 04
    print(f"{type(error).__name__}: {error}")
    print("The course's own GPT2 stands in.")
    model = gpt2_ref.GPT2.from_pretrained("python")

# %% [markdown]
# The tokens are pieces of bytes, as GPT-2's are. But there are 2,048 instead of 50,257, and they were chosen for code:

# %%
line = "    return self.assertions[index]"
print([decode(token) for token in encode(line).T])

# %% [markdown]
# A newline with the spaces after it, ` self` with its space: what is frequent in code is one token. Rare names are
# put together from pieces.
#
# ### What comes next?
#
# Three places in a program, and for each the eight tokens that the model thinks most likely:
#
# - `self.`: behind it comes the name of an attribute or a method;
# - `def __init__(`: behind it comes the first parameter;
# - `sys.std`: the first half of a name.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** At which of the three places does it take the fewest tokens to have 90% of
# the probability?
#
# <details><summary>A. After self.</summary>
#
# There the most tokens are needed: each class has names of its own, and the text before it has hardly begun.
#
# </details>
# <details><summary>B. After def __init__(</summary>
#
# Right. The first parameter of a method is `self`, in nearly every class that has ever been written.
#
# </details>
# <details><summary>C. After sys.std</summary>
#
# Few are enough, because few names begin like this. But there are still some: `stdout`, `stdin`, `stderr`.
#
# </details>

# %%
places = {
    "self.": "class Stack:\n    def push(self, item):\n        self.",
    "def __init__(": "class Stack:\n    def __init__(",
    "sys.std": "import sys\nsys.std",
}
all_tokens = [decode(token) for token in torch.arange(config["vocab_size"])[:, None]]

with torch.no_grad():
    next_logits = {name: model(encode(code))[0, -1] for name, code in places.items()}
show(pictures.next_tokens(next_logits, all_tokens))

needed = {name: int((pictures.exact(row, top_p=0.9) > 0).sum()) for name, row in next_logits.items()}
assert needed["def __init__("] < needed["sys.std"] < needed["self."]

# %% [markdown]
# (A dot is a space, ↵ is a newline.) This is why no fixed `top_k` fits: a handful is too many at one place and too few
# at the next, and `top_p` counts for itself.
#
# Now your `sample_next_token` draws at these places. The ten most likely tokens have bars, and all the others share the
# last one. At its right end, `top_k` or `top_p` is off. Look at the last bar:
#
# - with all dials off, it is high after `self.`. Each of these tokens is unlikely, together they are not;
# - `top_k` at 10 empties it everywhere, `top_p` at 0.9 only where the model is sure;
# - `temperature` at 1.5 fills it up.


# %% tags=["widget"]
def draw_token(after, temperature, top_k, top_p):
    dials = temperature, None if top_k == 50 else top_k, None if top_p == 1 else top_p
    return pictures.drawn(sample_next_token, next_logits[after], all_tokens, *dials, draws=1000, shown=10)


explore(
    draw_token,
    after=Dropdown(options=list(places), value="self.", description="after"),
    temperature=FloatSlider(value=1, min=0, max=2, step=0.1, description="temp."),
    top_k=IntSlider(value=50, min=1, max=50, description="top_k"),
    top_p=FloatSlider(value=1, min=0.05, max=1, step=0.05, description="top_p"),
)

# %% [markdown]
# After `self.`, at temperature 1.5 and with `top_p=0.9`:

# %%
dials = {"temperature": 1.5, "top_p": 0.9, "draws": 1000, "shown": 10}
show(pictures.drawn(sample_next_token, next_logits["self."], all_tokens, **dials))

# %% [markdown]
# ### Whole texts
#
# `generate` returns whole texts; to see one grow, we ask for four more tokens, again and again. `max_length` is the
# total, so the text that is there goes in as the prompt:

# %% tags=["timing"]
write = pictures.live_text()
beginning = "class Stack:\n    def __init__(self"
text = encode(beginning)
while text.shape[1] < 160:
    text = generate(model, text, text.shape[1] + 4, 1, 0.7)
    write(decode(text[0]))
assert decode(text[0]).startswith(beginning)

# %% [markdown]
# From the token table to the draw, this was your code, as far as you have written it. The text looks like code, and it
# does nothing sensible: a model of this size learns how programs look long before it learns what they are for.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** The same model writes at temperature 0, 0.7 and 1.5. What will be wrong
# with the text at 0?
#
# <details><summary>A. Nothing: the most likely is the best</summary>
#
# For each single token, yes. For a text, no. The story at the beginning was greedy too.
#
# </details>
# <details><summary>B. It repeats itself</summary>
#
# Right, as the story did. A phrase that was just written makes the same phrase more likely, and without any chance
# nothing breaks the loop.
#
# </details>
# <details><summary>C. Names that do not exist</summary>
#
# Those come at the other end: at 1.5, one unlikely piece is enough to make a name that nobody has ever written.
#
# </details>

# %% tags=["timing"]
for temperature in (0, 0.7, 1.5):
    text = generate(model, encode(beginning), 120, 1, temperature)
    print(f"--- temperature {temperature} ---", decode(text[0]), sep="\n")
    assert text.shape == (1, 120)

# %% [markdown]
# ### Measured
#
# Is it so, or was it this one text? At each of four temperatures, the model continues six lines that begin with
# different keywords. We count two things about the words of three letters or more that it writes:
#
# - **known**: how many of them stand somewhere in the standard library on this computer, which is nearly what the model
#   was trained on;
# - **new**: how many of them did not come up earlier in the same text.


# %% tags=["timing"]
def words_of(text):
    return re.findall("[A-Za-z_]{3,}", text)[:-1]  # the last one may be cut off


sources = [path.read_text(encoding="utf-8", errors="ignore") for path in python_library()]
known_words = {word for source in sources for word in words_of(source)}
print(f"{len(known_words):,} different words in {len(sources)} files")

keywords = ["class", "def", "if", "for", "import", "from"]
lines = torch.cat([encode(f"\n{keyword}") for keyword in keywords])

temperatures = [0, 0.7, 1.1, 1.5]
shares = {"known": [], "new": []}
for temperature in temperatures:
    texts = [words_of(decode(row)) for row in generate(model, lines, 70, 1, temperature)]
    total = max(1, sum(map(len, texts)))
    known = sum(word in known_words for text in texts for word in text)
    new = sum(len(set(text)) for text in texts)
    shares["known"].append(known / total)
    shares["new"].append(new / total)

show(pictures.trade_off(temperatures, shares))
assert shares["new"][0] < shares["new"][-1]

# %% [markdown]
# That is the whole trade. Low: words that exist, the same ones again and again. High: always something new, and
# much of it is not a word. Useful text lies where both lines are still high. Where that is depends on the
# model, and so the dials are left to whoever uses it.

# %% [markdown]
# ## In the wild
#
# - **GPT-2** (Radford et al. 2019, *Language models are unsupervised multitask learners*): the samples that
#   were released with it were drawn with top-k, 40 tokens.
# - **Top-k** for stories: [Fan, Lewis and Dauphin 2018](https://arxiv.org/abs/1805.04833), with the ten most
#   likely words.
# - **Top-p**: [*The curious case of neural text degeneration*](https://arxiv.org/abs/1904.09751) (Holtzman et
#   al. 2019), where it is called *nucleus sampling*. Both troubles of our story are measured there on GPT-2:
#   greedy loops, and the unreliable tail.
# - **`transformers`**: `model.generate(ids, do_sample=True, ...)` with `temperature`, `top_k`, `top_p`,
#   `max_length` and `num_return_sequences`: the same dials in the same order, the same total length, the same
#   adjacent rows. Without `do_sample=True` it is greedy.
# - **In this repository**: `gpt2_ref/model/generation.py` has both of your functions, with what daily use asks
#   for. `generator=` makes the draws repeatable without touching anybody's seed, `stop_token=` ends a text
#   early, `on_token=` hands over each token as it comes, long runs show a progress bar, and models with a cache
#   (lesson 06) compute each token only once.
#
# Is the course's own greedy text the same as yours? And the last two options at work:

# %%
from gpt2_ref import generate as course_generate

quiet = {"temperature": 0, "progress": False}
theirs = course_generate(counting, prompt, 26, **quiet)
print("the same text:", torch.equal(theirs, yours))


def print_word(ids):
    print(words[ids.item()], end=" ")


stop = words.index(".")
course_generate(counting, prompt, stop_token=stop, on_token=print_word, **quiet)
print("<- stopped by itself")

# %% [markdown]
# ## Recap
#
# 1. A model gives scores; text needs a choice. Greedy loops, pure sampling wanders off.
# 2. Temperature reshapes all probabilities; top-k keeps a fixed number of tokens, top-p as many as it takes. In
#    that order, with probabilities that add up to 1 after each step.
# 3. `generate` is a loop: last logits, draw, append. The model sees at most `context_size` tokens; the result
#    keeps all.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **The third dial.** Give your `generate` a `top_p=None` and hand it on. Write at temperature 1.2 with and without
#    `top_p=0.9`, and measure the share of known words.
# 2. **A cut in the wrong place.** Ask for the tokens after `raise Value`. Is `Error` among the first? Then look at the
#    tokens of `raise Value` and of `raise ValueError`.
#
#    <details><summary>What you should see</summary>
#
#    ` ValueError` is one token. `raise Value` is cut into smaller pieces, and in the training text these pieces were
#    never followed by `Error`: where that came, the text had been cut in another way. It is the same with large
#    models, and so a prompt should not end within a word.
#
#    </details>
# 3. **How sure was it?** `torch.nn.functional.cross_entropy` on a text that the model wrote itself: is the loss at
#    temperature 0.1 above or below that of a program of yours? Predict first.
# 4. **The real GPT-2.** With a network, put `"gpt2"` in the place of `"python"`, in both lines (548 MB, once), and let
#    it go on with a sentence of yours.
#
# **Next**: lesson 06, the key/value cache. Your loop computes the whole text again for each token. It need not.
