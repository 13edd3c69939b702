"""Raw (embed, heads, size) parameters contracted with tensordot."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        d = embed_size // num_heads
        init = lambda *shape: nn.Parameter(0.02 * torch.randn(*shape))
        self.theta_q = init(embed_size, num_heads, d)
        self.theta_k = init(embed_size, num_heads, d)
        self.theta_v = init(embed_size, num_heads, d)
        self.theta_o = init(num_heads, d, embed_size)
        self.d = d

    def forward(self, x):
        q = torch.tensordot(x, self.theta_q, dims=1).transpose(1, 2)   # b h t d
        k = torch.tensordot(x, self.theta_k, dims=1).transpose(1, 2)
        v = torch.tensordot(x, self.theta_v, dims=1).transpose(1, 2)
        pos = torch.arange(x.shape[1], device=x.device)
        visible = pos.view(-1, 1) >= pos.view(1, -1)
        s = (q @ k.transpose(-1, -2)) / self.d ** 0.5
        s = torch.where(visible, s, torch.full_like(s, -1e9))
        z = (torch.softmax(s, -1) @ v).transpose(1, 2)                 # b t h d
        return torch.tensordot(z, self.theta_o, dims=2)
