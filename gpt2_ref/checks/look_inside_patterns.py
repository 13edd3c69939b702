"""The known ways to get an attention pattern wrong, up to the scores: choices for the oracle's `pattern_of`."""

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.look_inside_oracle import (
    STREAM_MISTAKES,
    as_heads,
    bare,
    clamped,
    ends_everywhere,
    inside_the_blocks,
    one_head,
    own_norm,
    size_before_heads,
    view_after_a_transpose,
    view_as_heads,
)

QUERY_AND_KEY_MISTAKES = (
    *STREAM_MISTAKES,
    Mistake(
        "norm-missing",
        "query and key are computed from the stream itself",
        "What stands between the stream and the attention of a block?",
        ({"norm": lambda model, layer, x: x},),
    ),
    Mistake(
        "norm-twice",
        "the layer norm is applied twice",
        "What a hook on the attention catches has passed a layer norm. How often should it?",
        (
            {"norm": lambda model, layer, x: own_norm(model, layer, own_norm(model, layer, x))},
            {"norm": lambda model, layer, x: own_norm(model, layer, model.final_norm(x))},
        ),
    ),
    Mistake(
        "wrong-norm",
        "it is the layer norm of another place",
        "A block has two layer norms and the model one more. Which one feeds the attention of this layer?",
        (
            {"norm": lambda model, layer, x: model.blocks[layer].feed_forward_norm(x)},
            {"norm": lambda model, layer, x: model.final_norm(x)},
            {"norm": lambda model, layer, x: model.blocks[0].attention_norm(x)},
            {"norm": lambda model, layer, x: model.blocks[layer - 1].attention_norm(x)},
        ),
    ),
    Mistake(
        "norm-unscaled",
        "the layer norm has lost its scale and shift",
        "Besides mean 0 and variance 1, what does a trained layer norm do to each place?",
        ({"norm": lambda model, layer, x: bare(x)},),
    ),
    Mistake(
        "stream-of-another-layer",
        "the stream is read at another layer",
        "Block number `layer` reads what the blocks before it left. How many blocks are that for layer 0?",
        (
            {"read": lambda layer: layer + 1},
            {"read": lambda layer: 0},
            {"read": lambda layer: max(layer - 1, 0)},
            {"read": lambda layer: -1},
            {"read": lambda layer: layer - 1},
            {"streams": ends_everywhere},
            {"streams": ends_everywhere, "norm": lambda model, layer, x: x},
        ),
    ),
    Mistake(
        "stream-inside-block",
        "the stream is read in the middle of the block, after its attention",
        "Has this block's attention already added something to what you read?",
        (
            {"streams": inside_the_blocks},
            {"streams": inside_the_blocks, "norm": lambda model, layer, x: model.blocks[layer].feed_forward_norm(x)},
        ),
    ),
    Mistake(
        "layer-off-by-one",
        "it is the pattern of another layer",
        "The first layer has the number 0. Which block is model.blocks[1]?",
        (
            {"counted": lambda layer, layers: layer + 1},
            {"counted": lambda layer, layers: layer - 1 if layer else layers - 1},
            {"counted": lambda layer, layers: clamped(layer - 1, layers)},
            {"counted": lambda layer, layers: clamped(layer + 1, layers)},
            {"counted": lambda layer, layers: (layer + 1) % layers},
            {"counted": lambda layer, layers: layers - 1 - layer},
        ),
    ),
    Mistake(
        "always-one-layer",
        "it is the pattern of the same layer, whichever is asked for",
        "Which line uses the argument `layer`?",
        ({"counted": lambda layer, layers: 0}, {"counted": lambda layer, layers: layers - 1}),
    ),
    Mistake(
        "weights-of-another-layer",
        "the stream is that of the layer, its query and key are those of another",
        "Whose query and key does block number `layer` use?",
        (
            {"weights": lambda layer, layers: 0},
            {"weights": lambda layer, layers: layers - 1},
            {"weights": lambda layer, layers: layer - 1},
            {"weights": lambda layer, layers: clamped(layer - 1, layers)},
            {"weights": lambda layer, layers: layer + 1},
        ),
    ),
    Mistake(
        "key-of-another-layer",
        "query and key belong to two layers",
        "Which layer's key meets which layer's query?",
        (
            {"key_weights": lambda layer, layers: 0},
            {"key_weights": lambda layer, layers: layers - 1},
            {"key_weights": lambda layer, layers: layer - 1},
        ),
    ),
    Mistake(
        "query-and-key-swapped",
        "query and key have changed places",
        "Row i belongs to the token that looks. Is its vector the query or the key?",
        ({"roles": ("key", "query")},),
    ),
    Mistake(
        "wrong-projection",
        "one of the two projections is another one than query and key",
        "Three projections read the normalised stream. Which two of them decide who looks where?",
        tuple(
            {"roles": roles}
            for roles in (
                ("query", "value"),
                ("value", "key"),
                ("query", "query"),
                ("key", "key"),
                ("value", "query"),
                ("key", "value"),
            )
        ),
    ),
    Mistake(
        "bias-missing",
        "the biases of the projections are left out",
        "What does a Linear layer add after the product with its weight?",
        ({"project": lambda layer, x: x @ layer.weight.T},),
    ),
    Mistake(
        "weight-not-transposed",
        "the weight of a Linear layer is used the wrong way round",
        "weight has the shape (out, in). Which of its axes has to meet the last axis of x?",
        (
            {"project": lambda layer, x: x @ layer.weight + layer.bias},
            {"project": lambda layer, x: x @ layer.weight},
        ),
    ),
    Mistake(
        "heads-by-view",
        "tokens and heads are mixed up when the heads are split",
        "Take one token's numbers, 0, 1, 2, ...: in which head and at which token do they lie after your reshape?",
        (
            {"split": view_as_heads},
            {"split": view_after_a_transpose},
            {"split_key": view_as_heads},
            {"split": view_as_heads, "split_key": as_heads},
        ),
    ),
    Mistake(
        "size-and-heads-swapped",
        "the numbers of a head are taken from all over the row",
        "The first head_size numbers of a row are head 0. Which axis comes first when you split it?",
        ({"split": size_before_heads},),
    ),
    Mistake(
        "heads-not-split",
        "there is one head as wide as the stream",
        "How many heads has the attention, and where are the query and the key cut into them?",
        (
            {"split": one_head},
            {"split": one_head, "result": lambda pattern, value: pattern[:, 0]},
            {"split": one_head, "scale": lambda query, heads: (heads / query.shape[-1]) ** 0.5},
        ),
    ),
    Mistake(
        "scale-missing",
        "the scores are not scaled",
        "By what are the scores divided before the softmax?",
        ({"scale": lambda query, heads: 1.0},),
    ),
    Mistake(
        "scale-embed",
        "the scores are scaled by the width of the stream",
        "How many numbers are added up in one score: all of the stream, or those of one head?",
        ({"scale": lambda query, heads: (query.shape[-1] * heads) ** -0.5},),
    ),
    Mistake(
        "scale-other",
        "the scores are scaled by another number than the root of head_size",
        "With 4 numbers in a head, by what should a score be divided?",
        (
            {"scale": lambda query, heads: 1 / query.shape[-1]},
            {"scale": lambda query, heads: query.shape[-1] ** 0.5},
            {"scale": lambda query, heads: heads**-0.5},
            {"scale": lambda query, heads: query.shape[-2] ** -0.5},
            {"scale": lambda query, heads: 1 / (query.shape[-1] * heads)},
        ),
    ),
)
