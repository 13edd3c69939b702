"""Takes the product with the one-hot table by einsum."""

import torch
import torch.nn.functional as F


def cross_entropy(logits, targets):
    logs = torch.log_softmax(logits, -1)
    table = F.one_hot(targets, logits.size(-1)).to(logs.dtype)
    return -torch.einsum("...v,...v->...", logs, table).mean()
