"""Lets torch's cosine run down to the step."""

import torch


def learning_rate(step, num_steps, warmup_steps, peak, final=0.0):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if step >= num_steps:
        return final
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    length = num_steps - warmup_steps
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=length, eta_min=final)
    for _ in range(step - warmup_steps):
        optimizer.step()
        cosine.step()
    return optimizer.param_groups[0]["lr"]
