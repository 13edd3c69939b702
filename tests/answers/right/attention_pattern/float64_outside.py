"""The result stays in float64."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    stream = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        stream = block(stream)
    a = model.blocks[layer].attention
    x = model.blocks[layer].attention_norm(stream)
    q, k = a.split_heads(a.query(x)).double(), a.split_heads(a.key(x)).double()
    scores = q @ k.mT / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1) > 0, -torch.inf).softmax(-1)
