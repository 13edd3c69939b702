"""Optional keyword-only arguments after the scores."""
import torch


def softmax(scores, /, *, dim: int = -1, dtype: torch.dtype | None = None) -> torch.Tensor:
    scores = scores if dtype is None else scores.to(dtype)
    e = torch.exp(scores - scores.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
