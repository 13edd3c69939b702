"""Prints to stderr, logs and warns at every call."""
import logging
import sys
import warnings

import torch

log = logging.getLogger("learner")


def softmax(scores):
    print("softmax of", scores.shape, file=sys.stderr)
    log.warning("softmax of %s", tuple(scores.shape))
    warnings.warn("look, a warning")
    e = torch.exp(scores - scores.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
