"""Takes the mean over a one-hot product."""

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    one_hot = F.one_hot(targets, num_classes=logits.shape[-1]).to(logits.dtype)
    return -(one_hot * torch.log_softmax(logits, dim=-1)).mean()
