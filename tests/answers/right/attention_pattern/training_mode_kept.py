"""Switches to evaluation for the run and back to what it was."""
import torch


def attention_pattern(model, input_ids, layer):
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            x = model.token_embedding(input_ids)
            x = x + model.position_embedding(torch.arange(input_ids.shape[1], device=input_ids.device))[None]
            for i, block in enumerate(model.blocks):
                if i < layer:
                    x = x + block.attention(block.attention_norm(x))
                    x = x + block.feed_forward(block.feed_forward_norm(x))
            x = model.blocks[layer].attention_norm(x)
            attention = model.blocks[layer].attention
            b, t, _ = x.shape
            q = attention.query(x).reshape(b, t, -1, attention.head_size)
            k = attention.key(x).reshape(b, t, -1, attention.head_size)
            scores = torch.einsum("bqhs,bkhs->bhqk", q, k) / attention.head_size**0.5
            mask = torch.full((t, t), -10000.0).triu(1)
            return (scores + mask).softmax(-1)
    finally:
        model.train(was_training)
