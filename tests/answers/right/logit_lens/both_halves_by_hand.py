"""Each block is taken apart: attention adds, then the feed-forward layer adds."""
import torch


def logit_lens(model, input_ids):
    stream = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    kept = [stream]
    for block in model.blocks:
        stream = stream + block.attention(block.attention_norm(stream))
        stream = stream + block.feed_forward(block.feed_forward_norm(stream))
        kept.append(stream)
    return torch.stack([model.output(model.final_norm(s)) for s in kept])
