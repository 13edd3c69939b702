"""The weights are computed in float64 and given back in the precision of the model."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    stream = model.token_embedding(input_ids)
    stream = stream + model.position_embedding.weight[: stream.shape[1]]
    for block in model.blocks[:layer]:
        stream = block(stream)
    block = model.blocks[layer]
    x, a = block.attention_norm(stream).double(), block.attention
    q = x @ a.query.weight.double().T + a.query.bias.double()
    k = x @ a.key.weight.double().T + a.key.bias.double()
    q, k = (y.unflatten(2, (-1, a.head_size)).transpose(1, 2) for y in (q, k))
    scores = (q / a.head_size**0.5) @ k.mT
    scores.masked_fill_(torch.ones_like(scores, dtype=torch.bool).triu(1), -torch.inf)
    return scores.softmax(-1).to(stream.dtype)
