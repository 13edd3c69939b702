"""Linear layers by oneDNN, in float32 on a CPU.

For float32, torch hands the products of a linear layer to MKL, which on processors of other makers than Intel takes
its slower kernels: on an AMD Zen 5, oneDNN takes half the time for the same products, forward and backward.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def is_available() -> bool:
    """Whether this torch comes with oneDNN and its linear layer."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (..., in), weight (out, in) -> (..., out), by oneDNN; `weight` may be a transposed view at no cost."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


def product_over_rows(left: Tensor, right: Tensor) -> Tensor:
    """left (rows, out), right (rows, in) -> ``left.T @ right`` (out, in).

    oneDNN reads its second factor in either order, its first one in one order only, so that one has to be copied:
    `left`, or `right` and then the result, whichever is less.
    """
    if left.numel() <= right.numel() + left.shape[1] * right.shape[1]:
        return product(left.t().contiguous(), right.t())
    return product(right.t().contiguous(), left.t()).t().contiguous()


class OneDNNProduct(torch.autograd.Function):
    """`F.linear` with all three of its products by oneDNN."""

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return product(x, weight, bias)

    @staticmethod
    def setup_context(ctx, inputs: tuple[Tensor, Tensor, Tensor | None], output: Tensor) -> None:
        x, weight, _ = inputs
        # What a frozen weight or an input without a gradient will not ask for need not be kept until the backward pass.
        ctx.save_for_backward(x if ctx.needs_input_grad[1] else None, weight if ctx.needs_input_grad[0] else None)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        rows = gradient.reshape(-1, gradient.shape[-1])
        of_x = of_weight = of_bias = None
        if ctx.needs_input_grad[0]:
            of_x = product(gradient, weight.t())
        if ctx.needs_input_grad[1]:
            of_weight = product_over_rows(rows, x.reshape(-1, x.shape[-1]))
        if ctx.needs_input_grad[2]:
            of_bias = rows.sum(dim=0)
        return of_x, of_weight, of_bias


class OneDNNLinear(nn.Linear):
    """A linear layer that takes oneDNN for float32 on a CPU, and is torch's own everywhere else and when compiled.

    Shapes: x (..., in) -> (..., out). Equal to `nn.Linear` but for the last bits.
    """

    def forward(self, x: Tensor) -> Tensor:
        if (
            x.device.type == "cpu"
            and x.dtype == self.weight.dtype == torch.float32
            and x.numel()
            and not torch.is_autocast_enabled("cpu")
            and not torch.compiler.is_compiling()  # inductor takes oneDNN's linear for frozen weights only
        ):
            return OneDNNProduct.apply(x, self.weight, self.bias)
        return F.linear(x, self.weight, self.bias)


def use_onednn(model: nn.Module) -> None:
    """Let every linear layer of the model work by oneDNN, if this torch has it; parameters and names stay."""
    if not is_available():
        return
    for module in model.modules():
        if isinstance(module, nn.Linear) and type(module).forward is nn.Linear.forward:
            module.__class__ = OneDNNLinear
