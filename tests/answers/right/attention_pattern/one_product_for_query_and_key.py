"""The weights of query and key are multiplied first: one bilinear form for each head."""
import torch


@torch.no_grad()
def attention_pattern(model, input_ids, layer):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    for block in model.blocks[:layer]:
        x = block(x)
    block = model.blocks[layer]
    a, x = block.attention, block.attention_norm(x)
    wq, bq = a.query.weight.unflatten(0, (-1, a.head_size)), a.query.bias.unflatten(0, (-1, a.head_size))
    wk = a.key.weight.unflatten(0, (-1, a.head_size))
    form = torch.einsum("hsi,hsj->hij", wq, wk)
    offset = torch.einsum("hs,hsj->hj", bq, wk)
    scores = torch.einsum("bqi,hij,bkj->bhqk", x, form, x) + torch.einsum("hj,bkj->bhk", offset, x)[:, :, None]
    scores = scores / a.head_size**0.5
    return scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -torch.inf).softmax(-1)
