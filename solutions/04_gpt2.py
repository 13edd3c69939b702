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
# # 04 · GPT-2
#
# **You put your pieces together into a whole GPT-2, see where its parameters sit, and load a checkpoint into it.**
#
# | | |
# |---|---|
# | time | 60 minutes |
# | you need | `GPT2LayerNorm` from lesson 01 and `GPT2Block` from lesson 03; attention need not be fresh |
# | you will have | `GPT2`, which gives the same numbers as Hugging Face's from the same checkpoint |

# %%
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from ipywidgets import Dropdown
from torch import nn

from gpt2_ref import check, hint, load_tokenizer, progress, read_checkpoint
from gpt2_ref.figures import gpt2 as pictures
from gpt2_ref.figures.canvas import explore, show

torch.set_printoptions(precision=3, sci_mode=False)

# %% [markdown]
# This lesson builds on **your own** pieces. For a piece that has not passed its check yet, the course lends its own and
# says so.

# %%
from my_gpt2 import GPT2Block, GPT2LayerNorm

# %% [markdown]
# ## Why: a block reads vectors, and a text is not vectors
#
# Your block takes `(batch, sequence, embed_size)` and returns the same. Three things are missing before it is a
# language model:
#
# 1. **the way in**: a text has to become vectors;
# 2. **the order**: a block does not know where a token stands;
# 3. **the way out**: a vector has to become a guess at the next token.
#
# The way in starts outside the model. A *tokenizer* cuts the text into pieces from a fixed list, the
# *vocabulary*, and replaces each by its place in the list, its **id**. GPT-2's vocabulary has 50,257 pieces:
# words, parts of words, single bytes. Ours has four words:

# %%
vocabulary = ["dog", "bites", "man", "today"]


def ids_of(text):
    """(1, sequence): the id of each word."""
    return torch.tensor([[vocabulary.index(word) for word in text.split()]])


print(ids_of("dog bites man today"))
print(ids_of("man bites dog today"))

# %% [markdown]
# An id says nothing by itself: 2 is not twice 1, and `man` is not two `bites`. So each id gets a vector of its
# own, which is learned. Here they are random, 16 numbers a word. Both texts go through your block, and we compare
# what comes out for the last word, `today`:

# %%
torch.manual_seed(4)
word_vectors = nn.Embedding(4, 16)  # a table: 4 rows of 16 numbers
block = GPT2Block(16, 2, 64)  # embed_size, num_heads, hidden_size
block.eval()  # no dropout, should yours have any

with torch.no_grad():
    dog_bites = block(word_vectors(ids_of("dog bites man today")))
    man_bites = block(word_vectors(ids_of("man bites dog today")))

gap = (dog_bites[0, -1] - man_bites[0, -1]).abs().max().item()
print("largest difference below 1e-5:", gap < 1e-5)

# %% [markdown]
# **The same vector for two opposite stories.** Attention is a weighted average, and an average does not ask in
# which order its parts came. The mask says *who* is earlier, not *where*. Somebody has to tell the block.

# %% [markdown]
# ## What: from ids to scores
#
# ```text
# ids               (batch, sequence)
#   |   look up a row of the token table for each id
#   |   add a row of the position table for each place: row 0, row 1, row 2, ...
# x                 (batch, sequence, embed_size)
#   |   block 0, block 1, ..., the last block
#   |   one more layer norm
# x                 (batch, sequence, embed_size)
#   |   output layer: the dot product with every row of the token table
# logits            (batch, sequence, vocab_size)
# ```
#
# A **logit** is a score: the larger, the likelier. `softmax` makes probabilities of them. Row i of the logits is the
# guess at what follows token i, made from tokens 0 to i. So one pass makes a guess at every place.
#
# We go through it by hand with vectors of 4 numbers, chosen so that every step ends in whole numbers:

# %%
token_table = torch.tensor(
    [
        [4.0, 0.0, 0.0, 3.0],  # dog
        [3.0, 3.0, 0.0, 1.0],  # bites
        [3.0, 0.0, 3.0, 1.0],  # man
        [0.0, 1.0, 1.0, 2.0],  # today
    ]
)
position_table = torch.tensor(
    [
        [0.0, 0.0, 0.0, 1.0],  # the first place
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
    ]
)

# %% [markdown]
# **Step 1, look up and add.** The same word at two places becomes two vectors:

# %%
ids = ids_of("dog bites dog")[0]

show(pictures.adding(["dog", "bites", "dog"], token_table[ids], position_table[:3]))

# %% [markdown]
# From here on with `dog bites man`. The last row is $3, 0, 3, 1$ plus $0, 1, 0, 0$:

# %%
ids = ids_of("dog bites man")[0]
x = token_table[ids] + position_table[:3]
x

# %% [markdown]
# **Step 2, blocks.** We leave them out, to see what is left without them.
#
# **Step 3, layer norm.** The last row is 3, 1, 3, 1: mean 2, variance 1. So it becomes 1, -1, 1, -1:

# %%
normed = F.layer_norm(x, (4,))
normed

# %% [markdown]
# **Step 4, logits.** The dot product with each row of the token table, as one matrix product. The last row by
# hand: `dog` $4 - 0 + 0 - 3 = 1$, `bites` $3 - 3 + 0 - 1 = -1$, `man` $3 - 0 + 3 - 1 = 5$, `today`
# $0 - 1 + 1 - 2 = -2$:

# %%
logits = normed @ token_table.T
print(logits)
print("best guesses:", [vocabulary[best] for best in logits.argmax(dim=-1)])

# %% [markdown]
# Each word guesses itself, because its own row fits it best. **What the blocks have to do is to turn "what I am"
# into "what comes next".**
#
# In torch, a table is `nn.Embedding(rows, embed_size)`. Calling it with ids looks rows up: the same as
# `table.weight[ids]`, with a `weight` that is learned.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** Our position table has rows for 3 places. What does a text of 4
# tokens do?
#
# <details><summary>A. It works: the fourth token gets no position</summary>
#
# Nothing in the table says "none". A lookup needs a row, and there is no row 3.
#
# </details>
# <details><summary>B. An error</summary>
#
# Right. Learned positions end where the table ends. GPT-2's table has 1,024 rows: that is its *context size*,
# the longest text it can read. Lesson 09 replaces the table by a rule that goes on.
#
# </details>
# <details><summary>C. The fourth token is counted as the first again</summary>
#
# That would put two tokens at the same place, and the order between them would be lost again. torch does not
# do it: an index past the end is an error.
#
# </details>

# %%
positions = nn.Embedding(3, 4)  # context_size, embed_size
print(positions(torch.arange(3)).shape)

try:
    positions(torch.arange(4))
except IndexError as error:
    print("IndexError:", error)

# %% [markdown]
# ### Why the output weights are the token table
#
# The output layer needs a row of `embed_size` numbers for each token: `(vocab_size, embed_size)`, the very shape
# of the token table. GPT-2 uses **one table for both**. This is called *tying*:

# %%
vocab_size, embed_size = 50257, 768  # the smallest GPT-2
table = vocab_size * embed_size
tied = 124_439_808  # all its parameters; you will count them below
print(f"one table: {table:,}")
print(f"tied {tied / 1e6:.1f} million, untied {(tied + table) / 1e6:.1f} million: {table / tied:.0%} more")

# %% [markdown]
# The saving is one reason. The other is the meaning. A word's row is then both what the model *reads* when the word
# comes and what it has to *say* so that the word comes. Two words that are expected in the same places are pushed
# towards the same row, and are then read alike too.

# %% [markdown] tags=["predict"]
# **Predict, before you run the next cell.** The text is one word, `dog`. We ask how each row of the token table
# should change to make `bites` likelier. How many of the 4 rows get a gradient, untied and tied?
#
# <details><summary>A. Untied 1, tied 4</summary>
#
# Right. Untied, the table is only read, and only the row of `dog` was. Tied, every row is also a score: to make
# `bites` likelier, its row moves, and the rows of all its rivals move too.
#
# </details>
# <details><summary>B. Untied 1, tied 2: the word that is read and the word that is wanted</summary>
#
# Nearly. But a softmax compares: the probability of `bites` also grows when the scores of the other words fall.
# So their rows move as well.
#
# </details>
# <details><summary>C. 4 both times: it is a gradient of the whole table</summary>
#
# The gradient has the shape of the whole table, but a lookup touches only the rows that were looked up. The others
# get exactly 0. A word that is rare in the training texts is then rarely moved.
#
# </details>

# %%
torch.manual_seed(4)
reads = nn.Embedding(4, 16)
answers = {"untied": torch.randn(4, 16), "tied": reads.weight}

for name, table in answers.items():
    reads.weight.grad = None
    logits = reads(ids_of("dog"))[0, -1] @ table.T
    logits.softmax(dim=-1)[vocabulary.index("bites")].backward()
    rows = (reads.weight.grad != 0).any(dim=1).sum().item()
    print(f"{name:6} {rows} of 4 rows")

# %% [markdown]
# ## Exercise 1: `GPT2OutputLayer`
#
# About 3 minutes, one line each.
#
# - **Given**: `embed_size` and `vocab_size`; `x` of shape `(..., embed_size)`, with any number of axes in front.
# - **Returned**: logits of shape `(..., vocab_size)`, no softmax.
# - **Must hold**: every logit is the dot product of `x` with that token's row of weights. No bias: a token's row is all
#   there is about it.
#
# `nn.Linear(a, b)` keeps its weight as `(b, a)`. Stuck? `hint("GPT2OutputLayer")`.


# %% name="output-exercise" tags=["exercise"]
class GPT2OutputLayer(nn.Module):
    """A score for every token of the vocabulary.

    x (..., embed_size) -> (..., vocab_size)
    """

    def __init__(self, embed_size, vocab_size):
        super().__init__()
        # One linear layer without a bias.
        ### BEGIN SOLUTION
        self.linear = nn.Linear(embed_size, vocab_size, bias=False)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return self.linear(x)
        ### END SOLUTION


# %% name="output-check" tags=["check"]
check(GPT2OutputLayer)

# %% [markdown]
# ## Exercise 2: `GPT2`
#
# About 15 minutes: six lines in `__init__`, five in `forward`. The diagram under *What* is your plan.
#
# - **Given**: the sizes, and `self.context_size`, so that others can ask your model how much it can read.
# - **In `__init__`**, names up to you: the token table, the position table with `context_size` rows,
#   `num_layers` blocks `GPT2Block(embed_size, num_heads, hidden_size)`, the last `GPT2LayerNorm(embed_size)`,
#   and the output layer, tied to the token table.
# - **Given to `forward`**: `ids` of shape `(batch, sequence)`, whole numbers below `vocab_size`; `sequence` is at
#   most `context_size`.
# - **Returned**: logits of shape `(batch, sequence, vocab_size)`.
# - **Must hold**: every text of the batch starts at position 0. The blocks are applied one after the other. The
#   output weights *are* the token table.
#
# Two things to know:
#
# - Blocks go into `nn.ModuleList([...])`. In a plain Python list their parameters are not found, and are neither
#   trained nor saved.
# - To tie, give one `nn.Parameter` two names: `a.weight = b.weight`. Or multiply by `b.weight.T` and have no second
#   weight at all. `a.weight.data = b.weight.data`, or a copy, makes *two* parameters that begin equal and come apart
#   sooner or later.
#
# Stuck? `hint("GPT2")`.


# %% name="gpt2-exercise" tags=["exercise"]
class GPT2(nn.Module):
    """For every token of a text, the logits of the token that comes next.

    ids (batch, sequence) -> (batch, sequence, vocab_size)
    """

    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.context_size = context_size
        # Token table, position table, blocks, last layer norm, tied output layer.
        ### BEGIN SOLUTION
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList(GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.final_norm = GPT2LayerNorm(embed_size)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.linear.weight = self.token_embedding.weight
        ### END SOLUTION

    def forward(self, ids):
        # Look up and add, blocks, norm, logits.
        ### BEGIN SOLUTION
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.token_embedding(ids) + self.position_embedding(positions)
        for block in self.blocks:
            x = block(x)
        return self.output(self.final_norm(x))
        ### END SOLUTION


# %% name="gpt2-check" tags=["check"]
check(GPT2)

# %% [markdown]
# ## See: the order counts, and where the parameters sit
#
# The two stories again, this time through your whole model, with random weights. `today` must not come out the same:

# %%
torch.manual_seed(4)
small = GPT2(4, 16, 2, 64, 2, context_size=8).eval()

with torch.no_grad():
    dog_bites = small(ids_of("dog bites man today"))
    man_bites = small(ids_of("man bites dog today"))

gap = (dog_bites[0, -1] - man_bites[0, -1]).abs().max().item()
print("logits", tuple(dog_bites.shape))
print("largest difference above 0.01:", gap > 0.01)

# %% [markdown]
# Now the smallest of the four GPT-2s that were published. It takes half a gigabyte, so we build it on torch's device
# `meta`: all shapes, no memory. `shapes_only` does that (and builds it for real if your code cannot do without
# memory).

# %%
whole = pictures.shapes_only(GPT2, 50257, 768, 12, 3072, 12)
total = sum(parameter.numel() for parameter in whole.parameters())
print(f"{total:,} parameters, {4 * total / 1e6:.0f} million bytes in float32")

# %% [markdown]
# Where do they sit? By hand, with $E = 768$ for `embed_size`:
#
# | part | numbers | |
# |---|---|---|
# | token table | $50257 \cdot E$ | 38,597,376 |
# | position table | $1024 \cdot E$ | 786,432 |
# | attention | 12 blocks, 4 matrices of $E \cdot E$ | 28,311,552 |
# | feed-forward | 12 blocks, 2 matrices of $E \cdot 4E$ | 56,623,104 |
#
# The picture counts them in **your** model. It cannot know your names. So it builds your model again with one more
# token, one more position, a wider embedding, and looks at how many parameters are added.

# %%
show(pictures.treemap(GPT2, 768, 12, 12))  # embed_size, num_heads, num_layers

# %% [markdown]
# Areas are true to size. What is left, biases and layer norms, is a tenth of a percent, too thin to be seen. Yet each
# one of them has to be there when a checkpoint is loaded.

# %% [markdown] tags=["predict"]
# **Predict, before you move the next widget.** The largest GPT-2, `gpt2-xl`, has 48 blocks and `embed_size` 1600.
# The token table is 31% of the smallest GPT-2. What share does it have in the largest?
#
# <details><summary>A. More: each of the 50,257 rows is longer now</summary>
#
# The rows are longer, about twice. But a block's matrices grow with the *square* of `embed_size`, and there are
# four times as many blocks.
#
# </details>
# <details><summary>B. About the same: all parts grow together</summary>
#
# They would if each part grew like `embed_size`. The tables do. The blocks grow like its square, times their number.
#
# </details>
# <details><summary>C. Much less</summary>
#
# Right: 5%. The table grows 1600 / 768 = 2.1 times, a block $2.1^2 = 4.3$ times, and there are 4 times as many blocks.
# This is why tying matters for small models, and why large ones can afford to leave it.
#
# </details>

# %% tags=["widget"]
family = {  # embed_size, num_heads, num_layers
    "gpt2": (768, 12, 12),
    "gpt2-medium": (1024, 16, 24),
    "gpt2-large": (1280, 20, 36),
    "gpt2-xl": (1600, 25, 48),
}


def draw(model):
    return pictures.treemap(GPT2, *family[model])


explore(draw, model=Dropdown(options=list(family), value="gpt2-medium", description="model"))

# %% [markdown]
# The largest one, to look at without running anything:

# %%
show(pictures.treemap(GPT2, 1600, 25, 48))

# %% [markdown]
# ## Checkpoints: names, shapes, numbers
#
# A *checkpoint* is a trained model on disk. In the layout of Hugging Face it is a folder:
#
# - `config.json`: the sizes;
# - `model.safetensors`: the tensors. First a list of names, shapes and places, then nothing but numbers;
# - `tokenizer.json`: the vocabulary and how a text is cut.
#
# Older checkpoints are `.bin` files in Python's *pickle* format: opening one can run any code that its author put into
# it, so we do not read them.
#
# The real GPT-2 is a large file. So we first make a small checkpoint with the same names. It is made by Hugging Face's
# library `transformers`, a GPT-2 that was written without yours: if both give the same numbers, both are GPT-2. All
# its weights are random, also the biases, which usually start at 0: a tensor that you forget then shows.

# %%
import transformers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

torch.manual_seed(4)
settings = transformers.GPT2Config(
    vocab_size=50, n_embd=32, n_head=4, n_layer=2, n_positions=16, bos_token_id=0, eos_token_id=0
)
theirs = transformers.GPT2LMHeadModel(settings).eval()
for parameter in theirs.parameters():
    nn.init.normal_(parameter, std=0.3)

folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # gone when the notebook is
theirs.save_pretrained(folder.name)
for file in sorted(Path(folder.name).iterdir()):
    print(file.name)

# %% [markdown]
# `read_checkpoint` opens such a folder. It gives you the content of `config.json` and the tensors by name (without the
# prefix `transformer.`, which all of them have). Here is what is not in a block, and the whole of block 0:

# %%
config, tensors = read_checkpoint(folder.name)

print({name: config[name] for name in ("vocab_size", "n_embd", "n_head", "n_inner", "n_layer", "n_positions")})
for name, tensor in tensors.items():
    if not name.startswith("h.1."):
        print(f"{name:22} {tuple(tensor.shape)}")

# %% [markdown]
# | name | is |
# |---|---|
# | `wte`, `wpe` | token table, position table |
# | `h.0.ln_1`, `h.0.ln_2` | the layer norms before attention and feed-forward: `weight` is scale, `bias` shift |
# | `h.0.attn.c_attn` | query, key and value side by side, in one matrix |
# | `h.0.attn.c_proj` | the output layer of attention |
# | `h.0.mlp.c_fc`, `h.0.mlp.c_proj` | the two layers of feed-forward |
# | `ln_f` | the last layer norm |
#
# There is no output layer: it is `wte`. `n_inner` is `hidden_size`, and `None` means 4 times `n_embd`.
#
# ### Stored the other way round
#
# Look at `c_attn`: 32 numbers in, 3 times 32 out, stored as `(in, out)`. The layer computes `x @ weight + bias`.
# Your `nn.Linear` keeps `(out, in)` and computes `x @ weight.T + bias`. So every matrix of a block has to be
# **transposed**. A small one, 2 numbers in, 3 out. By hand with x = 1, 10: $1 \cdot 1 + 10 \cdot 4 = 41$.

# %%
stored = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # (in, out)
two_to_three = nn.Linear(2, 3, bias=False)

with torch.no_grad():
    two_to_three.weight.copy_(stored.T)  # (out, in)

one_ten = torch.tensor([1.0, 10.0])
print(one_ten @ stored)
print(two_to_three(one_ten).detach())

# %% [markdown]
# Three things happen in the middle line:
#
# - `.T` transposes. Forget it here and torch complains about the shapes. But `attn.c_proj` is **square**: forget it
#   there and nothing complains.
# - `copy_` writes the numbers into the parameter that is there. A new `nn.Parameter` in its place would cut the tie
#   between the token table and the output.
# - `torch.no_grad()` allows it: torch refuses to overwrite a parameter while it records gradients.
#
# The tables and the layer norms are copied as they are. `c_attn` has to be cut first, if your attention has
# separate layers for query, key and value:

# %%
for part in tensors["h.0.attn.c_attn.weight"].chunk(3, dim=-1):  # query, key, value
    print(tuple(part.shape))

# %% [markdown]
# Now the other side: the names in **your** model, here with one block. You chose them; only you know which is which.


# %%
def model_of(config):
    """Your GPT2 in the sizes of a checkpoint."""
    embed_size = config["n_embd"]
    hidden_size = config["n_inner"] or 4 * embed_size
    sizes = config["vocab_size"], embed_size, config["n_head"], hidden_size, config["n_layer"]
    model = GPT2(*sizes, context_size=config["n_positions"]).eval()
    model(torch.zeros(1, 1, dtype=torch.long))  # lazy layers have parameters only from their first call on
    return model


for name, parameter in model_of(config | {"n_layer": 1}).named_parameters():
    print(f"{name:38} {tuple(parameter.shape)}")

# %% [markdown]
# ## Exercise 3: `load_checkpoint`
#
# About 15 minutes: a loop over the blocks with a line for each of their 12 tensors, and 4 lines for the others. A
# helper that copies a linear layer saves half of them.
#
# - **Given**: `model`, a `GPT2` of yours in the right sizes; `tensors`, a dict from the names above to tensors. The
#   number of blocks may be any.
# - **Returned**: nothing. The numbers of `model` are replaced in place.
# - **Must hold**: every tensor of the checkpoint ends up in its place, weights and biases; the output stays tied;
#   `tensors` is not changed.
#
# GPT-2 has a bias in every linear layer of a block. If the list above lacks some, there is no place for the numbers: go
# back to the lesson of that piece, leave out `bias=False`, run its check again, and restart this notebook.
#
# Stuck? `hint("load_checkpoint")`. The solution in `solutions/` uses its own names, not yours.


# %% name="load-exercise" tags=["exercise"]
def load_checkpoint(model, tensors):
    """Copy the tensors of a GPT-2 checkpoint into `model`, in place.

    tensors: name, such as "h.0.attn.c_attn.weight", -> tensor; weights of linear layers are (in, out)
    """
    ### BEGIN SOLUTION

    def copy_norm(norm, name):
        norm.scale.copy_(tensors[f"{name}.weight"])
        norm.shift.copy_(tensors[f"{name}.bias"])

    def copy_linear(linears, name):
        """Layers that lie side by side in one matrix."""
        weights = tensors[f"{name}.weight"].chunk(len(linears), dim=-1)
        biases = tensors[f"{name}.bias"].chunk(len(linears), dim=-1)
        for linear, weight, bias in zip(linears, weights, biases, strict=True):
            linear.weight.copy_(weight.T)
            linear.bias.copy_(bias)

    with torch.no_grad():
        model.token_embedding.weight.copy_(tensors["wte.weight"])
        model.position_embedding.weight.copy_(tensors["wpe.weight"])
        for i, block in enumerate(model.blocks):
            attention, feed_forward = block.attention, block.feed_forward
            copy_norm(block.attention_norm, f"h.{i}.ln_1")
            copy_linear([attention.query, attention.key, attention.value], f"h.{i}.attn.c_attn")
            copy_linear([attention.output], f"h.{i}.attn.c_proj")
            copy_norm(block.feed_forward_norm, f"h.{i}.ln_2")
            copy_linear([feed_forward.expand], f"h.{i}.mlp.c_fc")
            copy_linear([feed_forward.contract], f"h.{i}.mlp.c_proj")
        copy_norm(model.final_norm, "ln_f")
    ### END SOLUTION


# %% name="load-check" tags=["check"]
check(load_checkpoint)

# %% [markdown]
# ## See: your model is GPT-2
#
# Your model, your loading, the checkpoint from the folder, a random text of 16 tokens. And beside it what transformers
# makes of the same text:

# %%
yours = model_of(config)
load_checkpoint(yours, tensors)

torch.manual_seed(4)
random_text = torch.randint(config["vocab_size"], (1, config["n_positions"]))
with torch.no_grad():
    your_logits = yours(random_text)
    their_logits = theirs(random_text).logits

gap = (your_logits - their_logits).abs().max().item()
print("largest difference below 1e-4:", gap < 1e-4)

# %% [markdown]
# Is that a sharp test? We spoil one tensor of the 28, the square one of block 0, as if the transpose had been
# forgotten, and load again:

# %%
square = "h.0.attn.c_proj.weight"
spoiled = model_of(config)
load_checkpoint(spoiled, tensors | {square: tensors[square].T})
with torch.no_grad():
    spoiled_logits = spoiled(random_text)

show(pictures.agreement(their_logits, {"yours": your_logits, "one matrix not transposed": spoiled_logits}))

# %% [markdown]
# Each dot is one logit, 16 places times 50 tokens. On the left they lie on the diagonal. On the right every shape fits,
# no error was raised, and the numbers are wrong. Only a comparison tells. (If your feed-forward layer uses the exact
# GELU, your difference is about 0.0004. Lesson 03 says why.)
#
# ### The real one
#
# You are one word away from the 124 million trained parameters. With a network, put `"gpt2"` where `None` stands and
# run the cell. It fetches 548 MB, once, with a progress bar: the 498 million bytes from above, and 50 of masks that the
# file also stores and nobody needs. The path of a folder that holds a GPT-2 works as well, without a network.


# %%
def likeliest(checkpoint, text, number=5):
    """The likeliest next tokens of a text and their probabilities, by your own model."""
    config, tensors = read_checkpoint(checkpoint)
    tokenizer = load_tokenizer(checkpoint)
    model = model_of(config)
    load_checkpoint(model, tensors)
    with torch.no_grad():
        logits = model(torch.tensor([tokenizer.encode(text).ids]))
    shares, best = logits[0, -1].softmax(dim=-1).topk(number)
    return dict(zip([tokenizer.decode([token]) for token in best], shares.tolist(), strict=True))


checkpoint = None  # put "gpt2" here

if checkpoint is None:
    print('No checkpoint chosen: put "gpt2" there and run this cell again.')
else:
    try:
        for word, share in likeliest(checkpoint, "The capital of France is").items():
            print(f"{share:6.1%} {word!r}")
    except ConnectionError as error:
        print(error)

# %% [markdown]
# ## In the wild
#
# - **The paper**: *Language models are unsupervised multitask learners* (Radford et al. 2019) is
#   [GPT-2](https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf).
#   Its section 2.3 is short: a layer norm before each half of a block and one at the end, 50,257 tokens, context 1,024.
# - **Tying** comes from [Press and Wolf 2017](https://arxiv.org/abs/1608.05859), who found that it makes language
#   models smaller *and* better.
# - **Llama** ([Touvron et al. 2023](https://arxiv.org/abs/2302.13971)) and **Mistral**
#   ([Jiang et al. 2023](https://arxiv.org/abs/2310.06825)) have no position table (positions come in inside attention,
#   lesson 09) and two separate tables for reading and answering.
# - **In this repository**: `gpt2_ref/model/gpt2.py` is your `GPT2`. `gpt2_ref/checkpoints.py` has the table of names
#   both ways, and refuses a checkpoint in which a tensor is missing, left over or of another shape.
#
# What do two tables cost? The default sizes in transformers are those of the smallest GPT-2 and of the models with 7
# billion parameters:

# %%
for kind in (transformers.GPT2Config, transformers.LlamaConfig, transformers.MistralConfig):
    defaults = kind()
    one_table = defaults.vocab_size * defaults.hidden_size
    print(f"{defaults.model_type:8} tied: {defaults.tie_word_embeddings!s:5}  one table: {one_table / 1e6:.0f} million")

# %% [markdown]
# 131 million more is 2% of 7 billion. For GPT-2 it would have been 31%.

# %% [markdown]
# ## Recap
#
# 1. Ids become vectors by two lookups, one for the token and one for its place. Without the second, a block cannot
#    tell `dog bites man` from `man bites dog`.
# 2. Blocks, one last layer norm, and the dot product with every row of the token table: logits for the next
#    token, at every place at once. One table reads and answers.
# 3. A checkpoint is names, shapes and numbers. A wrong transpose raises no error; only equal logits prove that a
#    model was loaded.

# %% tags=["progress"]
progress()

# %% [markdown]
# ## Stretch
#
# Not checked; for those who want more.
#
# 1. **Does a deeper stack know the order?** Take the cell with `word_vectors` and send both texts through *two* blocks,
#    without positions. Predict first.
#
#    <details><summary>What you should see</summary>
#
#    The two vectors differ. `bites` may see only what is before it, `dog` in one text and `man` in the other. So after
#    the first block, `bites` itself is different, and the second block reads that. The mask lets some order leak in,
#    and models without any positions can be trained ([Haviv et al. 2022](https://arxiv.org/abs/2203.16634)).
#
#    </details>
#
# 2. **A bias that does nothing.** The middle third of `h.0.attn.c_attn.bias` is added to all keys. Copy the tensor, set
#    `[32:64]` of the copy to zero, load the checkpoint with it and compare with `their_logits`. Predict first.
#
#    <details><summary>What you should see</summary>
#
#    No difference, up to rounding. Adding the same vector to every key adds the same number to all scores of a query,
#    and a softmax does not see what is added to all. Llama leaves this bias out, and the others with it.
#
#    </details>
#
# 3. **Neighbours in the table.** With the real GPT-2: which rows of `wte.weight` have the largest dot product with the
#    row of ` dog`? Divide each row by its length first.
#
# **Next**: lesson 05 draws the next token from the logits, again and again, until there is a text.
