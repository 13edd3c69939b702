"""AdamW, with weight decay on the matrices that multiply and on nothing else."""

import torch
from torch import nn


def make_optimiser(model: nn.Module, peak: float, weight_decay: float, betas: tuple[float, float]) -> torch.optim.AdamW:
    """Kingma and Ba 2015, arXiv 1412.6980, with decoupled decay: Loshchilov and Hutter 2019, arXiv 1711.05101.

    Decay pulls the weights of linear layers towards 0, the tied embedding among them. Biases, the scale and shift of
    layer norms and learned positions stay as they are: to pull a scale towards 0 would only switch the norm off.
    """
    matrices = {module.weight for module in model.modules() if isinstance(module, nn.Linear)}
    groups = [
        {"params": [one for one in model.parameters() if one in matrices], "weight_decay": weight_decay},
        {"params": [one for one in model.parameters() if one not in matrices], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=peak, betas=betas, fused=True)
