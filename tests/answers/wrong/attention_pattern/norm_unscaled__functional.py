"""F.layer_norm without the scale and shift of the model."""
import torch
import torch.nn.functional as F


def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    x = F.layer_norm(x, (x.shape[-1],))
    attention = model.blocks[layer].attention
    q, k = attention.split_heads(attention.query(x)), attention.split_heads(attention.key(x))
    scores = q @ k.mT / attention.head_size**0.5
    return scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -torch.inf).softmax(-1)
