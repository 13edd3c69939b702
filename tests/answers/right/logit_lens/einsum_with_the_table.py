"""The output layer is the token embedding, used by einsum."""
import torch


@torch.no_grad()
def logit_lens(model, input_ids):
    positions = torch.arange(input_ids.shape[1])
    streams = torch.empty(len(model.blocks) + 1, *input_ids.shape, model.token_embedding.embedding_dim).to(
        model.token_embedding.weight
    )
    streams[0] = model.token_embedding(input_ids) + model.position_embedding(positions)
    for number, block in enumerate(model.blocks):
        streams[number + 1] = block(streams[number])
    return torch.einsum("lbte,ve->lbtv", model.final_norm(streams), model.token_embedding.weight)
