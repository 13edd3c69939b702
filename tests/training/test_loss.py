"""The loss that reuses the memory of the logits: torch's own numbers."""

import pytest
import torch
import torch.nn.functional as F

from gpt2_ref.training import loss
from gpt2_ref.training.loss import next_token_loss


def both(dtype: torch.dtype, vocab: int, scale: float = 1.0, factor: float = 1.0):
    """Loss and gradient of x in ``logits = scale * x``, torch's and ours."""
    torch.manual_seed(0)
    start, targets = torch.randn(3, 5, vocab, dtype=dtype), torch.randint(vocab, (3, 5))
    found = []
    for of in (lambda logits: F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten()), None):
        x = start.clone().requires_grad_()
        value = next_token_loss(x * scale, targets) if of is None else of(x * scale)
        (value * factor).backward()
        found.append((value.detach(), x.grad))
    return found


@pytest.mark.parametrize("chunk", [1, 40, 2**18])
@pytest.mark.parametrize("vocab", [1, 7, 50])
@pytest.mark.parametrize("factor", [1.0, 0.25])
def test_numbers_of_torch(monkeypatch, chunk, vocab, factor):
    monkeypatch.setattr(loss, "CHUNK", chunk)
    (expected, its_gradient), (found, gradient) = both(torch.float32, vocab, factor=factor)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(gradient, its_gradient, rtol=1e-5, atol=1e-7)


def test_bfloat16_is_computed_in_float32():
    (expected, its_gradient), (found, gradient) = both(torch.bfloat16, 50)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(gradient, its_gradient, rtol=0.01, atol=1e-4)


def test_large_logits_stay_finite():
    (expected, its_gradient), (found, gradient) = both(torch.float32, 50, scale=10_000.0)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(gradient, its_gradient)


def test_without_a_gradient_the_logits_stay():
    logits, targets = torch.randn(2, 3, 5), torch.randint(5, (2, 3))
    before = logits.clone()
    next_token_loss(logits, targets)
    with torch.no_grad():
        next_token_loss(logits.requires_grad_(), targets)
    assert logits.equal(before)


def test_a_step_that_still_needs_the_logits_is_noticed():
    x = torch.randn(2, 3, 5, requires_grad=True)
    logits = x.exp()  # its backward pass reads its own result
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        next_token_loss(logits, torch.randint(5, (2, 3))).backward()
