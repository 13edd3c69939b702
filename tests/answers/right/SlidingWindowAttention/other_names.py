"""Other argument names, no helper methods, matmul spelled out."""
import torch
import torch.nn as nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, d_model, n_heads, w):
        super(SlidingWindowAttention, self).__init__()
        self.d_k = d_model // n_heads
        self.n = n_heads
        self.w = w
        self.linears = nn.ModuleList([nn.Linear(d_model, d_model) for _ in range(4)])

    def forward(self, inputs):
        nb, length, width = inputs.size()
        query, key, value = [l(inputs).view(nb, -1, self.n, self.d_k).permute(0, 2, 1, 3) for l in self.linears[:3]]
        energy = torch.matmul(query, key.permute(0, 1, 3, 2)) / torch.sqrt(torch.tensor(float(self.d_k)))
        window = torch.tensor([[int(max(0, r - self.w + 1) <= c <= r) for c in range(length)] for r in range(length)])
        energy = energy.masked_fill(window == 0, float("-1e20"))
        context = torch.matmul(torch.softmax(energy, dim=-1), value)
        return self.linears[3](context.permute(0, 2, 1, 3).contiguous().view(nb, length, width))
