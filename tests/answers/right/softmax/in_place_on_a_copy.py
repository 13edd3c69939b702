"""Works in place, on a copy of its own."""


def softmax(scores):
    work = scores.clone()
    work -= scores.amax(-1, keepdim=True)   # work is ours, scores stays as it is
    work.exp_()
    return work / work.sum(-1, keepdim=True)
