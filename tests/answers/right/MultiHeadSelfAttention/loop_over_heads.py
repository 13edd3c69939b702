"""Full-width layers, with a loop that slices out the columns of each head."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.q_linear = nn.Linear(embed_size, embed_size)
        self.k_linear = nn.Linear(embed_size, embed_size)
        self.v_linear = nn.Linear(embed_size, embed_size)
        self.out_linear = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        Q = self.q_linear(x)
        K = self.k_linear(x)
        V = self.v_linear(x)
        seq_len = x.shape[1]
        mask = torch.tril(torch.ones(seq_len, seq_len, device=x.device))
        results = []
        for h in range(self.num_heads):
            start = h * self.head_size
            end = start + self.head_size
            q = Q[:, :, start:end]
            k = K[:, :, start:end]
            v = V[:, :, start:end]
            score = torch.matmul(q, k.transpose(1, 2)) / (self.head_size ** 0.5)
            score = score.masked_fill(mask == 0, float("-inf"))
            weight = torch.softmax(score, dim=-1)
            results.append(torch.matmul(weight, v))
        return self.out_linear(torch.cat(results, dim=-1))
