"""The model equals transformers' GPT2LMHeadModel, and refuses what it cannot compute."""

import pytest
import torch
from torch import nn

from gpt2_ref import GPT2, GPT2Block, GPT2OutputLayer, MultiHeadSelfAttention, PositionWiseFeedForward, TransformerBlock
from gpt2_ref.checkpoints import load_tensors

SHAPES = {  # vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size
    "tiny": (11, 8, 2, 32, 2, 16),
    "odd": (37, 15, 3, 29, 3, 19),
    "one of each": (5, 1, 1, 1, 1, 1),
    "wide head": (13, 12, 1, 7, 2, 9),
}
GPT2_SMALL = (50257, 768, 12, 3072, 12, 1024)


def twins(shape, dtype=torch.float64):
    """A randomly initialised model of transformers and ours with the same numbers, both in evaluation mode."""
    transformers = pytest.importorskip("transformers")
    vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size = shape
    torch.manual_seed(0)
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=vocab_size,
            n_embd=embed_size,
            n_head=num_heads,
            n_inner=hidden_size,
            n_layer=num_layers,
            n_positions=context_size,
            initializer_range=0.3 if embed_size < 100 else 0.02,
            bos_token_id=None,
            eos_token_id=None,
        )
    )
    for parameter in theirs.parameters():  # biases start at 0 and layer norms as the identity
        if parameter.dim() == 1:
            parameter.data.add_(0.3 * torch.randn_like(parameter))
    theirs = theirs.eval().to(dtype)
    ours = GPT2(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=context_size).to(dtype)
    load_tensors(ours, theirs.transformer.state_dict())
    return theirs, ours


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("dtype", "close"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_logits_equal_transformers(shape, dtype, close):
    theirs, ours = twins(shape, dtype)
    for length in {1, shape[-1]}:
        ids = torch.randint(shape[0], (3, length))
        torch.testing.assert_close(ours(ids), theirs(ids).logits, rtol=0, atol=close)


@pytest.mark.parametrize(("dtype", "close"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_gpt2_small_equals_transformers(dtype, close):
    theirs, ours = twins(GPT2_SMALL, dtype)
    ids = torch.randint(50257, (1, 24))
    with torch.no_grad():
        torch.testing.assert_close(ours(ids), theirs(ids).logits, rtol=0, atol=close)


def test_gradients_equal_transformers():
    theirs, ours = twins(SHAPES["odd"])
    ids = torch.randint(37, (2, 19))
    weights = torch.randn(2, 19, 37, dtype=torch.float64)
    (theirs(ids).logits * weights).sum().backward()
    (ours(ids) * weights).sum().backward()
    their_block, our_block = theirs.transformer.h[1], ours.blocks[1]
    pairs = [
        (theirs.transformer.wte.weight, ours.token_embedding.weight),
        (theirs.transformer.wpe.weight, ours.position_embedding.weight),
        (theirs.transformer.ln_f.bias, ours.final_norm.shift),
        (their_block.mlp.c_fc.bias, our_block.feed_forward.expand.bias),
        (their_block.ln_1.weight, our_block.attention_norm.scale),
    ]
    for their, our in pairs:
        torch.testing.assert_close(our.grad, their.grad, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(our_block.feed_forward.contract.weight.grad.T, their_block.mlp.c_proj.weight.grad)


def test_gpt2_small_has_its_number_of_parameters():
    with torch.device("meta"):
        model = GPT2(50257, 768, 12, 3072, 12)
    assert sum(parameter.numel() for parameter in model.parameters()) == 124_439_808


def test_the_brief_runs():
    vocab_size, embed_size, num_heads, hidden_size, num_layers = 50, 24, 6, 96, 2
    gpt2_model = GPT2(vocab_size, embed_size, num_heads, hidden_size, num_layers)
    output = gpt2_model(torch.tensor([[2, 15, 22, 45, 3, 0]]))
    assert output.shape == (1, 6, 50)
    input_ids = torch.tensor([[2, 15]])
    assert gpt2_model.generate(input_ids, max_length=50, num_return_sequences=1, temperature=0.7).shape == (1, 50)


def test_output_weights_stay_the_token_embedding():
    model = GPT2(11, 8, 2, 32, 2).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.tensor([[1, 2]])).logsumexp(-1).sum().backward()
    optimizer.step()
    assert model.output.weight is model.token_embedding.weight
    assert "output.weight" not in dict(model.named_parameters())


def test_parts_that_add_to_the_stream_start_smaller():
    torch.manual_seed(0)
    model = GPT2(11, 64, 2, 256, 8)
    block = model.blocks[0]
    assert block.feed_forward.expand.weight.std().item() == pytest.approx(0.02, rel=0.05)
    for addition in (block.attention.output, block.feed_forward.contract):
        assert addition.weight.std().item() == pytest.approx(0.02 / 16**0.5, rel=0.05)


def test_attention_can_be_chosen_and_positions_switched_off():
    built = []

    def attention(embed_size, num_heads):
        built.append((embed_size, num_heads))
        return MultiHeadSelfAttention(embed_size, num_heads, num_groups=1, bias=False)

    model = GPT2(11, 8, 2, 32, 3, attention=attention, learned_positions=False, context_size=4)
    assert built == [(8, 2)] * 3
    assert model.context_size is None
    assert model(torch.zeros(1, 9, dtype=torch.long)).shape == (1, 9, 11)


def test_block_zeroed_lets_the_stream_through():
    block = GPT2Block(8, 2, 32)
    x = torch.randn(2, 3, 8)
    for parameter in block.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(block(x), x)


def test_block_equals_its_equation():
    torch.manual_seed(0)
    block = TransformerBlock(8, 32, MultiHeadSelfAttention(8, 2)).double()
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    y = x + block.attention(nn.functional.layer_norm(x, (8,)))
    expected = y + block.feed_forward(nn.functional.layer_norm(y, (8,)))
    torch.testing.assert_close(block(x), expected, rtol=1e-12, atol=1e-12)


def test_feed_forward_equals_the_formula():
    layer = PositionWiseFeedForward(3, 5).double()
    x = torch.randn(4, 3, dtype=torch.float64)
    wide = layer.expand(x)
    bent = 0.5 * wide * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (wide + 0.044715 * wide**3)))
    torch.testing.assert_close(layer(x), layer.contract(bent), rtol=1e-12, atol=1e-12)


MODEL = GPT2(11, 8, 2, 32, 2, context_size=4)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: GPT2(11, 8, 3, 32, 2), ValueError, "embed_size is 8 and num_heads is 3; num_heads must divide embed_size"),
        (lambda: GPT2(0, 8, 2, 32, 2), ValueError, "vocab_size is 0; it must be a whole number of at least 1"),
        (lambda: GPT2(11, 8, 2, 32, 0), ValueError, "num_layers is 0"),
        (lambda: GPT2(11, 8, 2, 0, 2), ValueError, "hidden_size is 0"),
        (lambda: GPT2(11, 8, 2, 32, 2, context_size=0), ValueError, "context_size is 0"),
        (lambda: GPT2OutputLayer(8, -1), ValueError, "vocab_size is -1"),
        (lambda: PositionWiseFeedForward(8, 2.5), ValueError, "hidden_size is 2.5; it must be a whole number"),
        (lambda: GPT2Block(8, 3, 32), ValueError, "num_heads must divide embed_size"),
        (lambda: MODEL(torch.tensor([[1, 11]])), IndexError, "input_ids holds 11; ids run from 0 to vocab_size - 1 = 10"),
        (lambda: MODEL(torch.tensor([[1, -1]])), IndexError, "input_ids holds -1; ids run from 0"),
        (lambda: MODEL(torch.tensor([[0] * 5])), ValueError, "input_ids reach to token 5 of the text; context_size = 4"),
        (lambda: MODEL(torch.tensor([1, 2])), ValueError, r"input_ids has shape \(2,\).*it must be \(batch, sequence\)"),
        (lambda: MODEL(torch.tensor([[0.5]])), ValueError, "dtype torch.float32; it must be .* whole numbers"),
        (lambda: MODEL(torch.tensor([[1]]), MODEL.new_cache()[:1]), ValueError, "cache has 1 layers and the model 2"),
    ],
)  # fmt: skip
def test_refusals_name_the_argument(call, error, text):
    with pytest.raises(error, match=text):
        call()
