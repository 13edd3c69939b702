"""Gives the model's own logits with one more axis."""


def logit_lens(model, input_ids):
    return model(input_ids)[None]
