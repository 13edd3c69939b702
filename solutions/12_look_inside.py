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
# # 12 · Look inside
#
# **You open a trained GPT-2, see where each of its heads looks and what it would say after each layer, and find out
# which head copies.**
#
# | | |
# |---|---|
# | time | 60 minutes |
# | you need | attention and its heads (lesson 02), the whole model (lesson 04), the loss (lesson 11) |
# | you will have | `attention_pattern`, `induction_score` and `logit_lens`, and a head caught in the act |

# %%
import torch
from ipywidgets import IntSlider

from gpt2_ref import GPT2, check, hint, load_tokenizer, progress, without_heads
from gpt2_ref.figures import look_inside as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# Your own loss from lesson 11. If it is not there yet, the course's own stands in, and a line says so.

# %%
from my_gpt2 import cross_entropy

# %% [markdown]
# ## Why: it knows a word that nobody taught it
#
# The course comes with a GPT-2 that has read the source code of Python's standard library. Here it is, with its
# tokenizer. `double` takes 64 bits for a number, so that you get the same digits on every computer.

# %%
model = GPT2.from_pretrained("python").double()
tokenizer = load_tokenizer("python")

num_layers = len(model.blocks)
num_heads = model.blocks[0].attention.query.out_features // model.blocks[0].attention.head_size
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
print(f"{num_layers} layers of {num_heads} heads, {model.vocab_size:,} tokens, context {model.context_size}")


# %% [markdown]
# Now a text that it has not read. The name in it is made up, and it stands there three times:


# %%
def spell(token):
    return tokenizer.decode([token], skip_special_tokens=False)


def encode(text):
    return torch.tensor([tokenizer.encode(text).ids])


def program(name):
    return f"""import {name}


def main():
    {name}.run()
    return {name}.result
"""


def mentions(text, name):
    """The ids of a text, where its name begins each time, and how many tokens the name has."""
    ids, word = encode(text), tokenizer.encode(f" {name}").ids
    row = ids[0].tolist()
    starts = [place for place in range(len(row)) if row[place : place + len(word)] == word]
    return ids, starts, len(word)


ids, (first, second, third), length = mentions(program("zorblat"), "zorblat")
name_ids = ids[0, first : first + length]
print(f"{ids.shape[1]} tokens; the name is {[spell(token) for token in name_ids.tolist()]}")
print(f"it begins at token {first}, and again at {second} and {third}")

# %% [markdown]
# How likely is each token of the name, once the model has read what stands before it? (What a name begins with, nobody
# can know. So we leave out its first token.)

# %%
probability = model(ids).softmax(dim=-1)[0]
for title, start in (("first time", first), ("third time", third)):
    for place in range(start + 1, start + length):
        token = ids[0, place].item()
        print(f"{title} {spell(token):6} {probability[place - 1, token].item():.3f}")

# %% [markdown]
# The tokens are the same both times, and so are the weights. What the third time is more likely by, the model cannot
# have *remembered*: no text that it learned from has this name. It has *read* it, a few lines above, and copied it.
#
# Tokens meet in one kind of part only: attention. So the copying is done by heads. **Which head copies?** That is the
# question of this lesson. To answer it, you need to see inside.

# %% [markdown]
# ## What: one stream, and who writes to it
#
# A row of numbers for each token runs through the model: the *stream*. Each block reads it, through a layer norm, and
# adds to it, twice. These are the names in the course's model:
#
# | part | name | what it does |
# |---|---|---|
# | token embedding | `model.token_embedding` | id to row |
# | positions | `model.position_embedding` | place to row, which is added |
# | block `i` | `model.blocks[i]` | adds to the stream, twice |
# | its first norm | `.attention_norm` | what attention reads |
# | its attention | `.attention` | with `.query`, `.key`, `.value`, `.output`, `.split_heads(...)`, `.head_size` |
# | its second norm | `.feed_forward_norm` | what the feed-forward layer reads |
# | its feed-forward layer | `.feed_forward` | |
# | last norm | `model.final_norm` | what the output layer reads |
# | output layer | `model.output` | row to logits |
#
# With these names the whole model is six lines:

# %%
x = model.token_embedding(ids) + model.position_embedding.weight[: ids.shape[1]]
for block in model.blocks:
    x = x + block.attention(block.attention_norm(x))
    x = x + block.feed_forward(block.feed_forward_norm(x))
logits = model.output(model.final_norm(x))

print("as model(ids):", torch.allclose(logits, model(ids)))

# %% [markdown]
# `block(x)` is the two lines in the middle. Anything we want to see lies on the way: we walk to where it is, and look.
#
# **Where heads look.** An attention's `query` and `key` are linear layers. `split_heads` cuts what they return:

# %%
attention = model.blocks[0].attention
normed = model.blocks[0].attention_norm(torch.zeros(1, 5, model.token_embedding.embedding_dim).double())
query = attention.split_heads(attention.query(normed))
print("(batch, heads, sequence, head_size) =", tuple(query.shape), "with head_size", attention.head_size)

# %% [markdown]
# The rest you wrote in lesson 02: scores are `query` times `key`, divided by the root of `head_size`; a token does not
# see later ones; the softmax of each row are the weights. There they were used and thrown away. Now we keep them. The
# weights of a head on a text are called its **pattern**: row = the token that looks, column = the token that is seen.

# %% [markdown] tags=["predict"]
# **Predict.** A head always looks at the token just before. What does its pattern look like?
#
# <details><summary>A. The diagonal is dark</summary>
#
# On the diagonal, row and column are the same token. That head looks at itself.
#
# </details>
# <details><summary>B. The line just below the diagonal is dark</summary>
#
# Right. Row 5, column 4; row 6, column 5; and so on. Row 0 is the exception: there is nothing before it, so the first
# token looks at itself.
#
# </details>
# <details><summary>C. The first column is dark</summary>
#
# In the first column, every row looks at token 0, however far away. There are heads that do that; you will meet them
# below.
#
# </details>

# %% [markdown]
# ## Exercise 1: `attention_pattern`
#
# About 10 minutes, about ten lines.
#
# - **Given**: a GPT-2 with the names above, `input_ids` of shape `(batch, sequence)`, and the number of a layer,
#   counted from 0.
# - **Returned**: the weights of all heads of this layer, `(batch, heads, query, key)`.
# - **Must hold**: each row adds up to 1 and is 0 for later tokens. Layer 2 sees what layers 0 and 1 have made of the
#   text, and sees it through its own `attention_norm`.
#
# Stuck? `hint("attention_pattern")` in a new cell.


# %% name="pattern-exercise" tags=["exercise"]
def attention_pattern(model, input_ids, layer):
    """How much each token attends to each token, in every head of one layer.

    input_ids (batch, sequence) -> (batch, heads, query, key)
    """
    # Walk to the layer, project and split, score, mask, softmax.
    ### BEGIN SOLUTION
    sequence = input_ids.shape[1]
    x = model.token_embedding(input_ids) + model.position_embedding.weight[:sequence]
    for block in model.blocks[:layer]:
        x = block(x)
    attention = model.blocks[layer].attention
    normed = model.blocks[layer].attention_norm(x)
    query = attention.split_heads(attention.query(normed))
    key = attention.split_heads(attention.key(normed))
    scores = query @ key.transpose(-2, -1) / attention.head_size**0.5
    seen = torch.ones(sequence, sequence, dtype=torch.bool, device=scores.device).tril()
    return scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
    ### END SOLUTION


# %% name="pattern-check" tags=["check"]
check(attention_pattern)

# %% [markdown]
# ## See: every head on a piece of code
#
# Your function, on all layers, with a few lines of Python:

# %%
code = '''class Basket:
    """What we carry home."""

    def __init__(self, owner):
        self.owner = owner
        self.items = {}

    def add(self, name, number=1):
        self.items[name] = number
'''


def all_patterns(ids):
    """(batch, layers, heads, query, key)"""
    return torch.stack([attention_pattern(model, ids, layer) for layer in range(num_layers)], dim=1)


code_ids = encode(code)
tokens = [spell(token) for token in code_ids[0].tolist()]
patterns = all_patterns(code_ids)[0]

show(pictures.every_head(patterns))

# %% [markdown]
# Rows look, columns are seen; the darker, the more. (The colour grows with the root of the weight. Else you would see
# little besides the strongest.) Nobody told the heads to differ. They began as random numbers and became this in
# training.
#
# One at a time: choose a head, and a token that looks. In the text at the right, the token in the orange frame looks,
# and the shade of the others is the attention they get. `·` is a space, `↵` a new line.


# %% tags=["widget"]
def draw(layer, head, query):
    return pictures.one_query(patterns, tokens, layer, head, query)


def slider(name, last, value):
    return IntSlider(value=value, min=0, max=last, description=name)


explore(
    draw,
    layer=slider("layer", num_layers - 1, 2),
    head=slider("head", num_heads - 1, 0),
    query=slider("query", len(tokens) - 1, len(tokens) - 3),
)

# %% [markdown]
# Which heads are worth a look? We can let numbers choose. Two habits are easy to measure. The mean weight on **the
# token before** lies just below the diagonal. The mean weight on **the first token** is the first column (without
# row 0, which has no choice):

# %%
before = patterns.diagonal(-1, dim1=-2, dim2=-1).mean(dim=-1)
on_first = patterns[..., 1:, 0].mean(dim=-1)
even = (1 / torch.arange(2, len(tokens) + 1)).mean().item()

print(f"a head that spreads its attention evenly: {even:.3f} on each of the two")
show(pictures.head_map(before, "On the token before"))
show(pictures.head_map(on_first, "On the first token"))

# %%
looks_back = pictures.extreme(before)
show(pictures.one_query(patterns, tokens, *looks_back, len(tokens) - 3))

# %%
looks_first = pictures.extreme(on_first)
show(pictures.one_query(patterns, tokens, *looks_first, len(tokens) - 3))

# %% [markdown]
# A **previous-token head** is easy to put to use: it tells each token what stands before it.
#
# Attention on the first token is stranger, as that token is often of no interest. A softmax has to hand out a total
# of 1. A head that finds nothing to look for must put its attention *somewhere*, and the first token is there for every
# query. [Xiao et al. 2023](https://arxiv.org/abs/2309.17453) measured it in large models, where most of the attention
# can go there, and called it an *attention sink*. How strong it is in our small one, the second picture
# says: compare with the even spread.

# %% [markdown]
# ## Induction: what came next the last time?
#
# Back to copying. What would a head have to do to continue `A B C A B`? At the second `A`: look for an earlier `A`, and
# attend to **what came after it**, the `B`. Then hand over `B` as what comes next. A head that does this is called an
# *induction head*.
#
# By hand. The text repeats its first 3 tokens, so its *period* is 3:
#
# | place | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | token | A | B | C | A | B |
# | the same token stood at | | | | 0 | 1 |
# | what came after it stands at | | | | 1 | 2 |
#
# In general: for a place $i$ in the repetition, the same token stood at $i - \texttt{period}$, and what followed it
# stands at $i - \texttt{period} + 1$. The score of a head is the mean of its attention from $i$ to there:
#
# $$
# \texttt{score} = \mathrm{mean}_{\,i \ge \texttt{period}} \; \texttt{pattern}[i, \; i - \texttt{period} + 1]
# $$

# %%
pattern = torch.tensor(
    [
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [0.5, 0.5, 0.0, 0.0, 0.0],
        [0.4, 0.3, 0.3, 0.0, 0.0],
        [0.1, 0.6, 0.1, 0.2, 0.0],  # the second A: 0.6 on place 1, B
        [0.2, 0.1, 0.4, 0.1, 0.2],  # the second B: 0.4 on place 2, C
    ]
)
by_hand = (pattern[3, 1] + pattern[4, 2]) / 2
print(f"score {by_hand.item():.2f}")

# %% [markdown]
# These places lie on a line that runs parallel to the diagonal. `diagonal` reads such a line. Its `offset` is column
# minus row: 0 is the diagonal itself, and numbers below 0 lie under it. For batches and heads in front,
# say `dim1=-2, dim2=-1`:

# %%
print("offset -1:", pattern.diagonal(offset=-1))
print("offset -3:", pattern.diagonal(offset=-3))

# %% [markdown] tags=["predict"]
# **Predict.** On a text of period 3, a head looks from each token in the repetition back to *the same token*, with all
# its attention. What is its induction score?
#
# <details><summary>A. 1: it finds what is repeated</summary>
#
# It does find it. But it looks at `A` when it stands at `A`. What it can hand over is then `A`, which it knows already.
# To say `B`, it must look one further.
#
# </details>
# <details><summary>B. 0</summary>
#
# Right. Its attention lies at $i - 3$, and the score reads $i - 3 + 1$. One column beside, and nothing is left.
#
# </details>
# <details><summary>C. 1/3: it depends on the period</summary>
#
# The period says *where* to read. The mean is over all places of the repetition, and at each of them this head
# has 0 where the score looks.
#
# </details>

# %% [markdown]
# ## Exercise 2: `induction_score`
#
# About 5 minutes, one to five lines.
#
# - **Given**: `pattern` of shape `(..., query, key)`, with anything in front, and the `period` of the text. The text
#   is longer than its period, and need not end with a whole repetition.
# - **Returned**: one score for each pattern, shape `(...)`.
# - **Must hold**: the mean is over $i$ from `period` to the end of the text, not one place more or less.
#
# Stuck? `hint("induction_score")`.


# %% name="induction-exercise" tags=["exercise"]
def induction_score(pattern, period):
    """The mean attention to the token that came next the last time.

    pattern (..., query, key) -> (...)
    """
    ### BEGIN SOLUTION
    line = pattern.diagonal(offset=1 - period, dim1=-2, dim2=-1)  # begins at query period - 1
    return line[..., 1:].mean(dim=-1)
    ### END SOLUTION


# %% name="induction-check" tags=["check"]
check(induction_score)

# %% [markdown]
# ### A text without any sense
#
# In real code, much can be guessed from what Python looks like. To see copying alone, take a text with nothing else in
# it: random tokens, and then the same once more.

# %%
period = 20
torch.manual_seed(0)
half = torch.randint(1, model.vocab_size, (8, period))  # 8 texts; 0 marks the end of a file, and is left out
repeated = torch.cat([half, half], dim=1)

print(repr("".join(spell(token) for token in half[0, :16].tolist())))

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** What is the mean loss of the *first* pass, in which each of 2,047 tokens is
# equally likely?
#
# <details><summary>A. About ln 2,047 = 7.62</summary>
#
# That is the loss of a model that *knows* that the text is random and gives each token the same probability. Ours has
# learned Python. It expects some tokens more than others, and here it is wrong about it.
#
# </details>
# <details><summary>B. Below 7.62: it is trained, after all</summary>
#
# No model can get below 7.62 on tokens that are drawn evenly, except by luck: nothing in the text says which comes
# next.
#
# </details>
# <details><summary>C. Above 7.62</summary>
#
# Right. An even guess would cost 7.62. Every other guess costs more on such a text, as what is taken from one token is
# paid for when that token comes. Being sure of the wrong thing is worse than knowing nothing.
#
# </details>


# %%
def loss_by_token(ids):
    """The loss of token 1, 2, 3, ... of texts, as a mean over the texts."""
    logits = model(ids)
    places = range(ids.shape[1] - 1)
    return torch.stack([cross_entropy(logits[:, place], ids[:, place + 1]) for place in places])


def repeated_loss():
    """The mean loss of the second pass, without its first token, which nothing announces."""
    return cross_entropy(model(repeated)[:, period:-1], repeated[:, period + 1 :]).item()


curve = loss_by_token(repeated)
show(pictures.two_passes({"all heads": curve}, period))

# %%
print(f"first pass {pictures.first_pass(curve, period):.2f}, second pass {repeated_loss():.2f}")
assert repeated_loss() < pictures.first_pass(curve, period) - 0.5, "this lesson needs a model that copies"

# %% [markdown]
# Random tokens, never seen in this order by anyone, and yet the second pass costs less than the first. The only thing
# that can help is the first pass itself.
#
# ### Your score, for every head

# %%
scores = induction_score(all_patterns(repeated), period).mean(dim=0)  # mean over the 8 texts
best = pictures.extreme(scores)

show(pictures.head_map(scores, "Induction score"))

# %%
even = (1 / torch.arange(period + 1, 2 * period + 1)).mean().item()
print(f"highest score: layer {best[0]}, head {best[1]}, with {scores[best].item():.2f}")
print(f"a head that spreads its attention evenly: {even:.3f}")
assert scores[best] > 3 * even, "this lesson needs a model with an induction head"

# %% [markdown]
# The patterns on one of these texts show it too: in such a head, a dark line begins halfway down, one place above the
# line of equal tokens.

# %%
show(pictures.every_head(all_patterns(repeated[:1])[0]))

# %% [markdown]
# ### Switched off
#
# So far we know where the head *looks*. Does the model *need* it? Switch it off and measure. `without_heads` does
# that: inside the `with` block, what the given heads have gathered is 0, and nothing of it reaches the stream. As a
# control, the same with the head of its layer that has the lowest score. (Of its own layer, because a head of an
# earlier one could prepare what the copier reads.)

# %%
control = (best[0], int(scores[best[0]].argmin()))
curves = {"all heads": curve}
for layer, head in (best, control):
    with without_heads(model, {layer: [head]}):
        curves[f"without layer {layer}, head {head}"] = loss_by_token(repeated)

show(pictures.two_passes(curves, period))

# %% [markdown]
# One measurement with one control is little. There are few enough heads to try all, one at a time. How much does the
# loss of the second pass grow without each?


# %%
def cost_of_each(measure):
    """How much a loss grows when a head is off: (layers, heads)."""
    whole = measure()
    cost = torch.zeros(num_layers, num_heads)
    for layer in range(num_layers):
        for head in range(num_heads):
            with without_heads(model, {layer: [head]}):
                cost[layer, head] = measure() - whole
    return cost


repeated_cost = cost_of_each(repeated_loss)
show(pictures.head_map(repeated_cost, "Loss added without it"))

# %%
show(pictures.score_and_worth(scores, repeated_cost))

# %% [markdown]
# Read the picture with care. A dot far to the right *and* high up: it looks like a copier, and copying suffers without
# it. High up at the left: the loss needs this head, but not because it does induction. It may do something that
# every prediction needs, or prepare what another head reads. Right and low: it looks like a copier, and others do the
# same work when it is off.
#
# ### Two heads make one
#
# How can the head *find* the place after the earlier `A`? Its query comes from the second `A`. Its key comes from the
# `B` there. The token `B` says nothing about `A`, unless somebody has written into its row of the stream: "before
# me stood an A". That is the work of a previous-token head, and it has to sit **in an earlier layer**. The later head's
# key then reads what the earlier head wrote. [Elhage et al. 2021](https://transformer-circuits.pub/2021/framework/index.html)
# found this pair and called it *composition*.
#
# That can be tested. We switch off each head of the earlier layers, and look at the score of the later one:

# %%
assert best[0] > 0, "an induction head needs a layer before it"
score_without = torch.full((num_layers, num_heads), float("nan"))
for layer in range(best[0]):
    for head in range(num_heads):
        with without_heads(model, {layer: [head]}):
            pattern = attention_pattern(model, repeated, best[0])[:, best[1]]
            score_without[layer, head] = induction_score(pattern, period).mean().item()

show(pictures.head_map(score_without, "Score of the copier without it", baseline=scores[best].item(), lowest=True))

# %%
random_patterns = all_patterns(repeated).mean(dim=0)
back = random_patterns.diagonal(-1, dim1=-2, dim2=-1).mean(dim=-1)  # weight on the token before, in this text
helper = pictures.extreme(score_without, lowest=True)
looks_back = pictures.extreme(back[: best[0]])

print(f"the copier is layer {best[0]}, head {best[1]}: score {scores[best].item():.2f}")
for title, (layer, head) in (("falls most", helper), ("most on the token before", looks_back)):
    print(f"{title:24} layer {layer}, head {head}:", end=" ")
    print(f"{back[layer, head].item():.2f} on the token before, score without it", end=" ")
    print(f"{score_without[layer, head].item():.2f}")

# %% [markdown]
# If both lines name the same head, you have found the pair: one head writes down who stood before, the other reads it.
# If they differ, the pair is not alone. Several heads can write down who stood before, so that the score falls a little
# for each of them (stretch 1 switches them off together). And a head of an early layer may prepare what *both* of the
# pair read.

# %% [markdown]
# ## Copying in real code
#
# Random tokens are a test, and no program. Does the same head copy `zorblat`? We need more than one name, or luck
# decides. Six made-up ones, all in the same program:

# %%
names = ["zorblat", "quimble", "frovnik", "taxuple", "wobdrin", "plivker"]
programs = [mentions(program(name), name) for name in names]


def name_loss(mention):
    """The mean loss of the names at a mention (0 is the first), without their first tokens."""
    losses = []
    for ids, starts, length in programs:
        start, end = starts[mention], starts[mention] + length - 1
        losses.append(cross_entropy(model(ids)[:, start:end], ids[:, start + 1 : end + 1]).item())
    return sum(losses) / len(losses)


print(", ".join(f"mention {number + 1}: {name_loss(number):.2f}" for number in range(3)))

# %% [markdown]
# And the name from the beginning, with and without the head that has the highest score:


# %%
def name_probabilities(start):
    probability = model(ids).softmax(dim=-1)[0]
    places = torch.arange(start, start + length - 1)
    return probability[places, ids[0, places + 1]]


bars = {"first time": name_probabilities(first), "third time": name_probabilities(third)}
for layer, head in (best, control):
    with without_heads(model, {layer: [head]}):
        bars[f"third, without layer {layer}, head {head}"] = name_probabilities(third)

show(pictures.token_bars([spell(token) for token in name_ids[1:].tolist()], bars, "probability"))

# %% [markdown]
# Where did it look? The head with the highest score, at the first token of the third mention. If it works here as it
# does on nonsense, it looks at what follows the first token of an earlier mention:

# %%
program_tokens = [spell(token) for token in ids[0].tolist()]
program_patterns = all_patterns(ids)[0]
show(pictures.one_query(program_patterns, program_tokens, *best, third))

# %% [markdown]
# ## Logit lens: what it would say after each layer
#
# Heads write into the stream, layer by layer, and only at the end does the output layer read it. What if it read
# earlier? The stream has the same size everywhere, so `final_norm` and `output` can be put on it after any block. It is
# as if the model ended there. nostalgebraist called this the
# [*logit lens*](https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens) in 2020.

# %% [markdown] tags=["predict"]
# **Predict.** After 0 blocks, the lens reads the stream as the embeddings made it. What can the logits at a token
# depend on there?
#
# <details><summary>A. On the whole text up to this token</summary>
#
# Not yet. Tokens meet in attention, and there has been none.
#
# </details>
# <details><summary>B. On this token and its position</summary>
#
# Right. Whatever needs the rest of the text comes in the blocks.
#
# </details>
# <details><summary>C. On nothing: all logits are equal</summary>
#
# The stream is not empty: it holds a row for the token and a row for the position. The output layer finds something in
# it, whatever it may be worth.
#
# </details>

# %% [markdown]
# ## Exercise 3: `logit_lens`
#
# About 5 minutes, about six lines.
#
# - **Given**: a GPT-2 with the names above, `input_ids` of shape `(batch, sequence)`.
# - **Returned**: logits of shape `(num_layers + 1, batch, sequence, vocab)`: read after 0, 1, 2, ... blocks.
# - **Must hold**: each is read through `model.final_norm` and `model.output`. The last equals `model(input_ids)`.
#
# `torch.stack` makes one tensor of a list of equal shapes. Stuck? `hint("logit_lens")`.


# %% name="lens-exercise" tags=["exercise"]
def logit_lens(model, input_ids):
    """The logits that the model would give if it ended after 0, 1, 2, ... blocks.

    input_ids (batch, sequence) -> (num_layers + 1, batch, sequence, vocab)
    """
    ### BEGIN SOLUTION
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    streams = [x]
    for block in model.blocks:
        x = block(x)
        streams.append(x)
    return torch.stack([model.output(model.final_norm(stream)) for stream in streams])
    ### END SOLUTION


# %% name="lens-check" tags=["check"]
check(logit_lens)

# %% [markdown]
# The program with `zorblat` again: a few tokens before the third mention, and the name. Read each column downwards.
# Above it stands the token that is read, below it what really comes next. A green frame: the lens names the right
# token.

# %%
layers = logit_lens(model, ids)[:, 0]  # (num_layers + 1, sequence, vocab)
shown = slice(third - 5, third + length)

show(pictures.lens(layers[:, shown], program_tokens[shown], ids[0, third - 4 : third + length + 1], spell))

# %%
says_itself = (layers.argmax(dim=-1) == ids[0]).double().mean(dim=-1)
for blocks, share in enumerate(says_itself.tolist()):
    print(f"after {blocks} blocks the likeliest next token is the token itself at {share:4.0%} of the places")

# %% [markdown]
# Why would it say the token itself? The output layer's weights *are* the token embedding (lesson 04). A row of it fits
# itself better than it fits most others. So the blocks do not begin with an empty page: they first have to write the
# old token away.
#
# How far up has the right token come? Its *rank* is 1 when it is the likeliest, 2 when one other is likelier, and so
# on. Two groups: all tokens of our piece of code, and the third mention of the six names. The median of each:


# %%
def ranks(ids):
    """The rank of each next token after 0, 1, 2, ... blocks: (num_layers + 1, sequence - 1)."""
    logits = logit_lens(model, ids)[:, 0, :-1]
    right = logits.gather(-1, ids[0, 1:].expand(len(logits), -1)[..., None])
    return 1 + (logits > right).sum(dim=-1)


copied = [ranks(ids)[:, starts[2] : starts[2] + length - 1] for ids, starts, length in programs]
medians = {
    "all tokens of the class": ranks(code_ids).double().quantile(0.5, dim=-1),
    "names, third time": torch.cat(copied, dim=-1).double().quantile(0.5, dim=-1),
}
show(pictures.ranks_by_layer(medians))

# %% [markdown]
# And where does the copied token *appear*? For each token of a name: the number of blocks after which it is the
# likeliest and stays so. The first block is layer 0. So what a head of layer 3 has copied can be seen after 4 blocks,
# and not before:


# %%
def appears(column):
    """After how many blocks the rank becomes 1 and stays it, or None."""
    wrong = (column != 1).nonzero()
    after = int(wrong.max()) + 1 if len(wrong) else 0
    return after if after < len(column) else None


found = [appears(column) for ranks_of_name in copied for column in ranks_of_name.T]
for blocks in range(num_layers + 1):
    number = found.count(blocks)
    print(f"after {blocks} blocks: {number:2} of {len(found)} tokens  {'#' * number}")
print(f"never: {found.count(None)}")
print(f"the head with the highest score sits in layer {best[0]}: its work can be seen after {best[0] + 1} blocks")

# %% [markdown]
# ## Which head copies?
#
# Three questions, three answers by computing. Which head **looks** at what came next the last time? Without which one
# does the **repeated nonsense** get worst? Without which one do the **made-up names** get worst, the third time?

# %%
name_cost = cost_of_each(lambda: name_loss(2))
show(pictures.head_map(name_cost, "Loss added to the names without it"))

# %%
answers = {
    "induction score": scores,
    "nonsense without it": repeated_cost,
    "names without it": name_cost,
}
for question, values in answers.items():
    top = [
        f"layer {layer}, head {head}: {values[layer, head].item():5.2f}"
        for layer, head in pictures.top_heads(values, 3)
    ]
    print(f"{question:20}" + "   ".join(top))

winners = {pictures.extreme(values) for values in answers.values()}
print()
if len(winners) == 1:
    print(f"All three agree: layer {best[0]}, head {best[1]} copies.")
else:
    print(f"The three name {len(winners)} different heads: looking like it and being needed are not the same.")

# %% [markdown]
# Whatever it says, be careful with "*the* head". You have seen that one head prepares what another reads, that several
# can share the work, and that being needed is not the same as looking like it. What you can say is what you measured:
# where a head looks, and what is lost without it.

# %% [markdown]
# ## In the wild
#
# - **The circuit**: Elhage et al. 2021,
#   [*A Mathematical Framework for Transformer Circuits*](https://transformer-circuits.pub/2021/framework/index.html),
#   found induction heads in small models with attention only, and how two heads in two layers compose.
# - **In larger models**: [Olsson et al. 2022](https://arxiv.org/abs/2209.11895) followed them through training, in
#   models of many sizes. They appear rather suddenly, and at that time models get better at using what stands
#   far back in their text. Your score is close to theirs, which they call prefix matching.
# - **Attention sinks**: [Xiao et al. 2023](https://arxiv.org/abs/2309.17453) keep the first few tokens in the cache
#   when a window (lesson 07) would drop them. Without them, the models that they measured broke down.
# - **The lens**: nostalgebraist 2020, for GPT-2.
# - **Switching off** is called *ablation*. Setting to 0 is the plainest kind; one can also put in the mean of what the
#   head usually gathers, which disturbs the rest less.
# - **In this repository**: `gpt2_ref/model/inspection.py` has the three functions and `without_heads`. They use hooks,
#   functions that torch calls when a part runs, and work for the variants of lessons 07 to 10 as well.
#
# The course's functions and yours, side by side:

# %%
import gpt2_ref

last = num_layers - 1
pairs = {
    "attention_pattern": (attention_pattern(model, ids, last), gpt2_ref.attention_pattern(model, ids, last)),
    "induction_score": (induction_score(random_patterns, period), gpt2_ref.induction_score(random_patterns, period)),
    "logit_lens": (logit_lens(model, ids), gpt2_ref.logit_lens(model, ids)),
}
for name, (mine, theirs) in pairs.items():
    print(f"{name:17} largest difference below 1e-5: {(mine - theirs).abs().max().item() < 1e-5}")

# %% [markdown]
# ## Recap
#
# 1. A head's pattern says where it looks: at the token before, at the first token, or at what came next the last time.
# 2. An induction head copies: its query finds the place after the same token, as an earlier head has written there
#    what stood before. Random tokens, repeated, measure it without anything else.
# 3. Looking is not needing. Switch a head off to see what is lost, and read the stream early, through the logit lens,
#    to see when an answer appears.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **All helpers.** Switch off the three heads of earlier layers with the most weight on the token before, together:
#    `without_heads(model, {layer: [head, ...], ...})`. How far does the score of the copier fall? Compare with three
#    others from the same layers.
# 2. **Untrained.** `GPT2(...)` with the same sizes and random weights: what is its highest induction score? Predict
#    first.
#
#    <details><summary>What you should see</summary>
#
#    About what an even spread gives. With small random weights all scores are close to 0, so every token gets about the
#    same attention. And there are no other marks of copying: both passes have the same loss.
#
#    </details>
# 3. **How far back?** Make `period` longer, up to half of `model.context_size`. Does the score fall?
# 4. **A lens on a head.** The lens after a block shows the work of all its heads together. Use `without_heads` and
#    `logit_lens` at once: in which layer does the rank of a copied token begin to differ?
#
# This was the last lesson. You have written every part of a GPT-2, trained it, and looked inside one.
