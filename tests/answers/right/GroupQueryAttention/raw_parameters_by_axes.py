"""Raw parameters (embed, groups, share, size), einsum from end to end."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        size, share = embed_size // num_heads, num_heads // num_groups
        draw = lambda *shape: nn.Parameter(torch.randn(*shape) / embed_size**0.5)
        self.wq = draw(embed_size, num_groups, share, size)
        self.wk = draw(embed_size, num_groups, size)
        self.wv = draw(embed_size, num_groups, size)
        self.wo = draw(num_groups, share, size, embed_size)

    def forward(self, x):
        q = torch.einsum("bie,egsd->bgsid", x, self.wq)
        k = torch.einsum("bje,egd->bgjd", x, self.wk)
        v = torch.einsum("bje,egd->bgjd", x, self.wv)
        scores = torch.einsum("bgsid,bgjd->bgsij", q, k) / self.wk.shape[-1] ** 0.5
        place = torch.arange(x.shape[1])
        weights = scores.where(place <= place[:, None], -torch.inf).softmax(-1)
        return torch.einsum("bgsij,bgjd,gsde->bie", weights, v, self.wo)
