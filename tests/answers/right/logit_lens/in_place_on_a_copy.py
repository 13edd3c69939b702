"""The stream is changed in place, and copies of it are kept."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    x = model.token_embedding(input_ids) + model.position_embedding.weight[: input_ids.shape[1]]
    kept = [x.clone()]
    for block in model.blocks:
        x += block.attention(block.attention_norm(x))
        x += block.feed_forward(block.feed_forward_norm(x))
        kept.append(x.clone())
    return model.output(model.final_norm(torch.stack(kept)))
