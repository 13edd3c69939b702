"""Linear layers by oneDNN: torch's own numbers, names and ways of working."""

import copy

import pytest
import torch
from torch import nn

from gpt2_ref.model import GPT2
from gpt2_ref.training import linear
from gpt2_ref.training.linear import OneDNNLinear, OneDNNProduct, use_onednn

pytestmark = pytest.mark.skipif(not linear.is_available(), reason="this torch has no oneDNN")


def pair(size_in: int, size_out: int, bias: bool = True, dtype: torch.dtype = torch.float32):
    """The same layer twice: torch's own and by oneDNN."""
    torch.manual_seed(0)
    own = nn.Linear(size_in, size_out, bias=bias, dtype=dtype)
    fast = copy.deepcopy(own)
    use_onednn(fast)
    assert type(fast) is OneDNNLinear
    return own, fast


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    """Equal to 1e-5 of the largest number: single entries are sums that may cancel."""
    assert found.shape == expected.shape and found.dtype == expected.dtype
    difference = (found - expected).abs().max()
    assert difference <= 1e-5 * expected.abs().max(), f"{difference} against {expected.abs().max()}"


def compare(own: nn.Linear, fast: nn.Linear, x: torch.Tensor) -> None:
    """Outputs and every gradient of a sum with random weights."""
    inputs = [x, x.detach().clone(memory_format=torch.preserve_format).requires_grad_(x.requires_grad)]
    results = [layer(one) for layer, one in zip((own, fast), inputs, strict=True)]
    close(results[1], results[0])
    weights = torch.randn_like(results[0])
    for result in results:
        (result * weights).sum().backward()
    if x.requires_grad:
        close(inputs[1].grad, inputs[0].grad)
    for (name, expected), found in zip(own.named_parameters(), fast.parameters(), strict=True):
        assert (found.grad is None) == (expected.grad is None), name
        if expected.grad is not None:
            close(found.grad, expected.grad)
            assert found.grad.is_contiguous()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "shape, size_out",
    [
        ((5,), 3),
        ((1, 1), 1),
        ((7, 13), 11),
        ((2, 9, 32), 96),
        ((2, 3, 4, 33), 17),
        ((4, 64, 192), 768),
        ((600, 24), 80),
        ((256, 48), 2050),
    ],
)
def test_numbers_of_torch(shape, size_out, bias):
    own, fast = pair(shape[-1], size_out, bias)
    compare(own, fast, torch.randn(shape, requires_grad=True))


def test_onednn_is_really_taken(monkeypatch):
    calls = []
    apply = OneDNNProduct.apply
    monkeypatch.setattr(OneDNNProduct, "apply", lambda *inputs: calls.append(inputs) or apply(*inputs))
    _, fast = pair(8, 8)
    fast(torch.randn(2, 8))
    assert len(calls) == 1


def test_frozen_weight():
    own, fast = pair(12, 7)
    for layer in (own, fast):
        layer.weight.requires_grad_(False)
    compare(own, fast, torch.randn(3, 12, requires_grad=True))


def test_frozen_bias():
    own, fast = pair(12, 7)
    for layer in (own, fast):
        layer.bias.requires_grad_(False)
    compare(own, fast, torch.randn(3, 12, requires_grad=True))


def test_input_without_gradient():
    own, fast = pair(12, 7)
    compare(own, fast, torch.randn(3, 12))


@pytest.mark.parametrize(
    "x",
    [
        torch.randn(6, 5, 4).transpose(0, 1),
        torch.randn(4, 6).t(),
        torch.randn(6, 8)[:, ::2],
        torch.randn(6, 5)[:, 1:],
        torch.randn(1, 4).expand(6, 4),
    ],
    ids=["axes swapped", "transposed", "every other", "slice", "expanded"],
)
def test_input_in_any_layout(x):
    own, fast = pair(4, 9)
    compare(own, fast, x.requires_grad_())


def test_gradient_in_any_layout():
    own, fast = pair(16, 8)
    x = torch.randn(2, 5, 16)
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    for layer, one in zip((own, fast), inputs, strict=True):
        layer(one).unflatten(-1, (2, 4)).transpose(1, 2).pow(2).sum().backward()
        layer(one).sum().backward()  # its gradient is one number, expanded
    close(inputs[1].grad, inputs[0].grad)
    close(fast.weight.grad, own.weight.grad)
    close(fast.bias.grad, own.bias.grad)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_dtypes_are_torchs_own(dtype):
    own, fast = pair(12, 7, dtype=dtype)
    x = torch.randn(3, 12, dtype=dtype)
    assert fast(x).equal(own(x))


def test_autocast_is_torchs_own():
    own, fast = pair(32, 16)
    x = torch.randn(3, 32)
    with torch.autocast("cpu", torch.bfloat16):
        result = fast(x)
        assert result.dtype == torch.bfloat16 and result.equal(own(x))


def test_nothing_to_multiply():
    own, fast = pair(4, 3)
    x = torch.randn(0, 4, requires_grad=True)
    assert fast(x).shape == own(x).shape == (0, 3)


def test_wrong_width_is_refused():
    _, fast = pair(4, 3)
    with pytest.raises(RuntimeError):
        fast(torch.randn(2, 5))


def test_gradients_add_up():
    own, fast = pair(6, 5)
    for _ in range(2):
        x = torch.randn(4, 6)
        for layer in (own, fast):
            layer(x).pow(2).sum().backward()
    close(fast.weight.grad, own.weight.grad)
    close(fast.bias.grad, own.bias.grad)


# Whole models


def model(fast: bool) -> GPT2:
    torch.manual_seed(0)
    made = GPT2(96, 32, 4, 128, 2, context_size=16)
    if fast:
        use_onednn(made)
    return made


def gradients(one: nn.Module, run=None) -> dict[str, torch.Tensor]:
    ids = torch.arange(32).view(2, 16)
    (one if run is None else run)(ids).log_softmax(-1)[..., 3].sum().backward()
    return {name: parameter.grad for name, parameter in one.named_parameters()}


def test_model_keeps_names_parameters_and_the_tie():
    own, fast = model(False), model(True)
    assert all(type(one) is OneDNNLinear for one in fast.modules() if isinstance(one, nn.Linear))
    assert list(fast.state_dict()) == list(own.state_dict())
    assert [name for name, _ in fast.named_parameters()] == [name for name, _ in own.named_parameters()]
    assert fast.output.weight is fast.token_embedding.weight
    own.load_state_dict(fast.state_dict())


def test_model_has_torchs_gradients():
    expected = gradients(model(False))
    for name, found in gradients(model(True)).items():
        if not name.endswith("key.bias"):  # its gradient is 0 but for rounding
            close(found, expected[name])


def test_model_compiles():
    fast = model(True)
    expected = gradients(model(False))
    torch._dynamo.reset()
    for name, found in gradients(fast, torch.compile(fast, backend="aot_eager", fullgraph=True)).items():
        if not name.endswith("key.bias"):
            close(found, expected[name])


def test_layers_with_a_forward_of_their_own_are_left_alone():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    layer = Doubled(4, 4)
    use_onednn(layer)
    assert type(layer) is Doubled


def test_without_onednn_nothing_changes(monkeypatch):
    monkeypatch.setattr(linear, "is_available", lambda: False)
    layer = nn.Linear(4, 4)
    use_onednn(layer)
    assert type(layer) is nn.Linear
