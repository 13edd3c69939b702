"""F.multi_head_attention_forward with identity projections, one head at a time."""
import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    b, h, t, d = query.shape
    q, k, v = (x.reshape(b * h, t, d).transpose(0, 1) for x in (query, key, value))
    eye = torch.eye(d, dtype=query.dtype, device=query.device)
    later = torch.ones(t, t, dtype=torch.bool, device=query.device).triu(1)
    out, _ = F.multi_head_attention_forward(
        q, k, v, d, 1, torch.cat([eye] * 3), None, None, None, False, 0.0, eye, None, need_weights=False, attn_mask=later
    )
    return out.transpose(0, 1).reshape(b, h, t, d)
