"""One lambda expression."""
softmax = lambda scores: (lambda e: e / e.sum(-1, keepdim=True))((scores - scores.amax(-1, True)).exp())
