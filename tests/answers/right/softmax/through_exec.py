"""Defined by exec: there is no source file to read."""
source = "\n".join(
    [
        "def softmax(scores):",
        "    e = (scores - scores.max(-1, keepdim=True).values).exp()",
        "    return e.div(e.sum(-1, keepdim=True))",
    ]
)
exec(source)
