"""One variable for all layers: the last one stays."""


def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks:
        x = block(x)
        logits = model.output(model.final_norm(x))
    return logits
