"""GPT-2 with the weights of a checkpoint as the oracle, and what known mistakes would have loaded instead.

A checkpoint is a dictionary with the names and layouts of Hugging Face's GPT-2: layer weights are (in, out), the
columns of c_attn are all queries, then all keys, then all values.
"""

import re
from collections.abc import Callable

import torch
from torch import Tensor

from gpt2_ref.checks.attention_oracle import attention
from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.gpt2_anatomy import Sizes
from gpt2_ref.checks.gpt2_oracle import Ends, Layer, layer_norm, model_logits

Checkpoint = dict[str, Tensor]
Alter = Callable[[Checkpoint, Sizes], Checkpoint]
"""What a mistake would have loaded, had it been in the checkpoint."""


def random_checkpoint(sizes: Sizes, seed: int = 0) -> Checkpoint:
    """A checkpoint of these sizes in the default dtype; every tensor is random and matters."""
    generator = torch.Generator().manual_seed(seed)
    embed, hidden = sizes.embed, sizes.hidden

    def draw(*shape: int, spread: float, around: float = 0.0) -> Tensor:
        return around + spread * torch.randn(shape, generator=generator)

    def linear(name: str, inputs: int, outputs: int) -> Checkpoint:
        return {
            f"{name}.weight": draw(inputs, outputs, spread=inputs**-0.5),
            f"{name}.bias": draw(outputs, spread=0.5),
        }

    def norm(name: str) -> Checkpoint:
        return {f"{name}.weight": draw(embed, spread=0.5, around=1.0), f"{name}.bias": draw(embed, spread=0.5)}

    tensors = {
        "wte.weight": draw(sizes.vocab, embed, spread=1.0),
        "wpe.weight": draw(sizes.context, embed, spread=1.0),
    }
    for number in range(sizes.layers):
        tensors |= norm(f"h.{number}.ln_1")
        tensors |= linear(f"h.{number}.attn.c_attn", embed, 3 * embed)
        tensors |= linear(f"h.{number}.attn.c_proj", embed, embed)
        tensors |= norm(f"h.{number}.ln_2")
        tensors |= linear(f"h.{number}.mlp.c_fc", embed, hidden)
        tensors |= linear(f"h.{number}.mlp.c_proj", hidden, embed)
    return tensors | norm("ln_f")


def checkpoint_logits(ids: Tensor, tensors: Checkpoint, sizes: Sizes, **mistakes: Alter) -> Tensor:
    """ids (batch, sequence) -> logits (batch, sequence, vocab), with what these mistakes would have loaded."""
    for alter in mistakes.values():
        tensors = alter(tensors, sizes)
    ends = Ends(tensors["wte.weight"], tensors["wpe.weight"], tensors["ln_f.weight"], tensors["ln_f.bias"])
    return model_logits(ids, ends, [block(tensors, f"h.{n}.", sizes.heads) for n in range(sizes.layers)])


def block(tensors: Checkpoint, prefix: str, heads: int) -> Layer:
    """One block with the tensors whose names begin with `prefix`."""

    def affine(name: str, x: Tensor) -> Tensor:
        return x @ tensors[f"{prefix}{name}.weight"] + tensors[f"{prefix}{name}.bias"]

    def normed(name: str, x: Tensor) -> Tensor:
        return layer_norm(x, tensors[f"{prefix}{name}.weight"], tensors[f"{prefix}{name}.bias"])

    def run(x: Tensor) -> Tensor:
        fused = affine("attn.c_attn", normed("ln_1", x))
        query, key, value = (part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in fused.chunk(3, dim=-1))
        x = x + affine("attn.c_proj", attention(query, key, value).transpose(1, 2).flatten(2))
        wide = torch.nn.functional.gelu(affine("mlp.c_fc", normed("ln_2", x)), approximate="tanh")
        return x + affine("mlp.c_proj", wide)

    return run


# What mistakes load


def each(pattern: str, change: Callable[[Tensor], Tensor]) -> Alter:
    """Change every tensor whose name matches."""

    def alter(tensors: Checkpoint, sizes: Sizes) -> Checkpoint:
        return {name: change(tensor) if re.search(pattern, name) else tensor for name, tensor in tensors.items()}

    return alter


def both(one: Alter, other: Alter) -> Alter:
    return lambda tensors, sizes: other(one(tensors, sizes), sizes)


def transposed(weight: Tensor) -> Tensor:
    return weight.T


def as_if_turned(weight: Tensor) -> Tensor:
    """What a Linear makes of weight.reshape(out, in)."""
    return weight.reshape(weight.shape[1], weight.shape[0]).T


def squares_of_three(weight: Tensor) -> Tensor:
    """Each of the three squares of c_attn as it lies."""
    return torch.cat([square.T for square in weight.chunk(3, dim=-1)], dim=-1)


def in_order(*parts: int) -> Callable[[Tensor], Tensor]:
    """The thirds of c_attn for query, key and value taken from these places."""
    return lambda tensor: torch.cat([tensor.chunk(3, dim=-1)[part] for part in parts], dim=-1)


def cut_by_heads(layout: tuple[str, ...]) -> Alter:
    """The columns of c_attn read in another layout of (part, head, size)."""

    def alter(tensors: Checkpoint, sizes: Sizes) -> Checkpoint:
        lengths = {"part": 3, "head": sizes.heads, "size": sizes.embed // sizes.heads}

        def change(tensor: Tensor) -> Tensor:
            axes = tensor.unflatten(-1, [lengths[axis] for axis in layout])
            first = tensor.dim() - 1
            order = [first + layout.index(axis) for axis in ("part", "head", "size")]
            return axes.permute(*range(first), *order).flatten(first)

        return each("c_attn", change)(tensors, sizes)

    return alter


def swapped(one: str, other: str) -> Alter:
    """Two parts of names in each other's place."""

    def alter(tensors: Checkpoint, sizes: Sizes) -> Checkpoint:
        partner = {name: name.replace(one, other) if one in name else name.replace(other, one) for name in tensors}
        return {name: tensors[partner[name]] for name in tensors}

    return alter


def layers_from(source: Callable[[int, int], int]) -> Alter:
    """Layer n of the model gets layer `source(n, number of layers)` of the checkpoint."""

    def alter(tensors: Checkpoint, sizes: Sizes) -> Checkpoint:
        def moved(name: str) -> str:
            return re.sub(r"^h\.(\d+)", lambda found: f"h.{source(int(found[1]), sizes.layers)}", name)

        return {name: tensors[moved(name)] for name in tensors}

    return alter


def sorted_as_text(number: int, layers: int) -> int:
    return sorted(range(layers), key=str)[number]


BLOCK_NORMS_TURNED = both(swapped("ln_1.weight", "ln_1.bias"), swapped("ln_2.weight", "ln_2.bias"))

LOADING_MISTAKES = (
    Mistake(
        "square-not-transposed",
        "a square weight is not transposed",
        "c_proj is as wide as it is high, so that it fits both ways. Which axis of it is the input?",
        (
            {"turned": each(r"attn\.c_proj\.weight", transposed)},
            {"turned": both(each(r"attn\.c_proj\.weight", transposed), each("c_attn.weight", squares_of_three))},
            {"turned": each("c_attn.weight", squares_of_three)},
        ),
    ),
    Mistake(
        "reshaped-not-transposed",
        "weights are reshaped where they should be transposed",
        "[[1, 2, 3], [4, 5, 6]]: what does .T make of it, and what does .reshape(3, 2)?",
        (
            {"turned": each(r"(c_proj|c_fc|c_attn)\.weight", as_if_turned)},
            {"turned": each(r"(c_proj|c_fc)\.weight", as_if_turned)},
            {"turned": each(r"(mlp\.c_proj|c_fc)\.weight", as_if_turned)},
            {"turned": each(r"(mlp\.c_proj|c_fc|c_attn)\.weight", as_if_turned)},
            {"turned": both(each(r"(c_proj|c_fc)\.weight", as_if_turned), each(r"c_attn\.weight", squares_of_three))},
            {"turned": each(r"c_fc\.weight", as_if_turned)},
            {"turned": each(r"mlp\.c_proj\.weight", as_if_turned)},
            {"turned": each(r"c_attn\.weight", as_if_turned)},
        ),
    ),
    Mistake(
        "query-key-value-order",
        "query, key and value are in each other's places",
        "Which third of c_attn's columns makes the queries, which the keys, which the values?",
        tuple(
            {"cut": each(pattern, in_order(*parts))}
            for pattern in ("c_attn", r"c_attn\.weight", r"c_attn\.bias")
            for parts in ((1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0), (2, 0, 1), (0, 0, 0), (0, 0, 2), (0, 1, 1))
        ),
    ),
    Mistake(
        "cut-by-heads",
        "c_attn is cut head by head",
        "Do the columns of c_attn come as query, key, value of head 0, then those of head 1? Or first all queries?",
        (
            {"cut": cut_by_heads(("head", "part", "size"))},
            {"cut": cut_by_heads(("head", "size", "part"))},
            {"cut": cut_by_heads(("part", "size", "head"))},
        ),
    ),
    Mistake(
        "norms-swapped",
        "the two layer norms of a block are in each other's places",
        "Which of the two stands before attention: ln_1 or ln_2?",
        (
            {"norms": swapped("ln_1", "ln_2")},
            {"norms": swapped("ln_1.weight", "ln_2.weight")},
            {"norms": swapped("ln_1.bias", "ln_2.bias")},
        ),
    ),
    Mistake(
        "scale-and-shift-swapped",
        "scale and shift of layer norms are in each other's places",
        "A layer norm's weight multiplies, its bias is added. Which of your two parameters does which?",
        (
            {"vectors": both(BLOCK_NORMS_TURNED, swapped("ln_f.weight", "ln_f.bias"))},
            {"vectors": BLOCK_NORMS_TURNED},
            {"vectors": swapped("ln_f.weight", "ln_f.bias")},
            {"vectors": swapped("ln_1.weight", "ln_1.bias")},
            {"vectors": swapped("ln_2.weight", "ln_2.bias")},
        ),
    ),
    Mistake(
        "one-layer-for-all",
        "every block gets the weights of the same layer",
        "Which part of the name says which layer a tensor belongs to, and where does it change in your loop?",
        (
            {"layers": layers_from(lambda number, layers: 0)},
            {"layers": layers_from(lambda number, layers: layers - 1)},
        ),
    ),
    Mistake(
        "layers-in-another-order",
        "the layers are in another order",
        "Which block should get h.0? When names are sorted as text, what comes after h.1: h.2 or h.10?",
        (
            {"layers": layers_from(lambda number, layers: layers - 1 - number)},
            {"layers": layers_from(sorted_as_text)},
            {"layers": layers_from(lambda number, layers: (number + 1) % layers)},
            {"layers": layers_from(lambda number, layers: (number - 1) % layers)},
        ),
    ),
    Mistake(
        "low-precision",
        "the weights are rounded to half precision",
        "Which line names float16 or bfloat16, and what does that cost?",
        tuple(
            {"rounded": each("", lambda tensor, d=d: tensor.to(d).to(tensor))} for d in (torch.float16, torch.bfloat16)
        ),
    ),
)
