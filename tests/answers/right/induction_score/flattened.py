"""In the flattened pattern the right entries stand length + 1 apart."""


def induction_score(pattern, period):
    length = pattern.shape[-1]
    flat = pattern.reshape(*pattern.shape[:-2], length * length)
    return flat[..., period * length + 1 :: length + 1].mean(dim=-1)
