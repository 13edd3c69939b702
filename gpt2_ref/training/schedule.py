"""How large the steps are: up in a line, down in half a cosine."""

import math


def learning_rate(step: int, num_steps: int, warmup_steps: int, peak: float, final: float = 0.0) -> float:
    """The learning rate of one step; steps count from 0.

    The first `warmup_steps` steps rise in equal parts, the last of them to `peak`. Then half a cosine leads from
    `peak` to `final`, which `num_steps` and all later steps have.

    Warm-up as in Vaswani et al. 2017, arXiv 1706.03762, the cosine as in Loshchilov and Hutter 2017, arXiv
    1608.03983, without restarts.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    progress = (step - warmup_steps) / (num_steps - warmup_steps)
    return final + (peak - final) * (1 + math.cos(math.pi * progress)) / 2
