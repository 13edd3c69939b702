"""Leaves dim out, so torch picks an axis by the number of axes."""
import warnings

import torch.nn.functional as F


def softmax(scores):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that long message about implicit dim
        return F.softmax(scores)
