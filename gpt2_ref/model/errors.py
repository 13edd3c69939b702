"""Refusals that several components share: each names the argument, its value and what is allowed."""

import torch
from torch import Tensor


def require_positive(**sizes: int) -> None:
    """Raise ValueError for the first of `sizes` that is not a whole number of at least 1."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} is {value!r}; it must be a whole number of at least 1")


def require_divides(**sizes: int) -> None:
    """Raise ValueError unless the second of two `sizes` divides the first."""
    (whole_name, whole), (part_name, part) = sizes.items()
    if whole % part:
        raise ValueError(f"{whole_name} is {whole} and {part_name} is {part}; {part_name} must divide {whole_name}")


def require_ids(input_ids: Tensor, vocab_size: int) -> None:
    """Raise unless `input_ids` are token ids (batch, sequence): ValueError for their form, IndexError for their values.

    On a GPU the values are left to the kernel: looking at them would make the CPU wait at every step.
    """
    if input_ids.dim() != 2 or input_ids.is_floating_point() or input_ids.dtype == torch.bool:
        raise ValueError(
            f"input_ids has shape {tuple(input_ids.shape)} and dtype {input_ids.dtype}; "
            "it must be (batch, sequence) of whole numbers"
        )
    if input_ids.device.type != "cpu" or torch.compiler.is_compiling() or not input_ids.numel():
        return
    for outside in (input_ids.min().item(), input_ids.max().item()):
        if not 0 <= outside < vocab_size:
            raise IndexError(f"input_ids holds {outside}; ids run from 0 to vocab_size - 1 = {vocab_size - 1}")
