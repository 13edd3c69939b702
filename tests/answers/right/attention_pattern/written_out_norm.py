"""The layer norm and the projections are written out with the numbers of the model."""
import torch


def norm(x, layer_norm):
    centred = x - x.mean(dim=-1, keepdim=True)
    spread = (centred.square().mean(dim=-1, keepdim=True) + layer_norm.eps).rsqrt()
    return centred * spread * layer_norm.scale + layer_norm.shift


def attention_pattern(model, input_ids, layer):
    with torch.no_grad():
        positions = torch.arange(input_ids.size(1))
        x = model.token_embedding.weight[input_ids] + model.position_embedding.weight[positions]
        for i in range(layer):
            x = model.blocks[i].forward(x)
        block = model.blocks[layer]
        x, a = norm(x, block.attention_norm), block.attention
        q = x @ a.query.weight.T + a.query.bias
        k = x @ a.key.weight.T  # its bias adds the same to every score of a row
        b, t, e = q.shape
        q, k = (y.reshape(b, t, e // a.head_size, a.head_size).transpose(1, 2) for y in (q, k))
        scores = q @ k.transpose(-1, -2) / a.head_size**0.5
        weights = torch.exp(scores - scores.amax(dim=-1, keepdim=True)).tril()
        return weights / weights.sum(dim=-1, keepdim=True)
