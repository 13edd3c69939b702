"""Post-norm with a ReLU, the whole of the first transformer's layer, no mask."""
from torch import nn
from torch.nn import functional as F


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.h = num_heads
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.l1, self.l2 = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        self.n1, self.n2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)

    def attention(self, x):
        q, k, v = (w(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        return self.wo(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = self.n1(x + self.attention(x))
        return self.n2(x + self.l2(F.relu(self.l1(x))))
