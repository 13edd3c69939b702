"""Text after text, joined along the second axis."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    texts = []
    for ids in input_ids:
        x = model.token_embedding(ids[None]) + model.position_embedding.weight[: len(ids)]
        rows = [x]
        for block in model.blocks:
            x = block(x)
            rows.append(x)
        texts.append(torch.cat([model.output(model.final_norm(row)) for row in rows]))
    return torch.stack(texts, dim=1)
