"""Names of another course, key heads repeated by a view of a stacked tensor."""
import math

import torch
import torch.nn as nn


class GroupQueryAttention(nn.Module):
    def __init__(self, d_model, n_heads, n_kv_heads):
        super(GroupQueryAttention, self).__init__()
        self.n_heads, self.n_kv_heads, self.d_k = n_heads, n_kv_heads, d_model // n_heads
        self.n_rep = n_heads // n_kv_heads
        self.fc_q = nn.Linear(d_model, n_heads * self.d_k)
        self.fc_k = nn.Linear(d_model, n_kv_heads * self.d_k)
        self.fc_v = nn.Linear(d_model, n_kv_heads * self.d_k)
        self.fc_o = nn.Linear(n_heads * self.d_k, d_model)

    def forward(self, inputs):
        bs, seq, _ = inputs.shape
        Q = self.fc_q(inputs).view(bs, seq, self.n_heads, self.d_k).permute(0, 2, 1, 3)
        K = self.fc_k(inputs).view(bs, seq, self.n_kv_heads, self.d_k).permute(0, 2, 1, 3)
        V = self.fc_v(inputs).view(bs, seq, self.n_kv_heads, self.d_k).permute(0, 2, 1, 3)
        K = K.tile((1, 1, 1, self.n_rep)).view(bs, self.n_kv_heads, seq, self.n_rep, self.d_k).transpose(2, 3)
        V = V.tile((1, 1, 1, self.n_rep)).view(bs, self.n_kv_heads, seq, self.n_rep, self.d_k).transpose(2, 3)
        K, V = K.reshape(bs, self.n_heads, seq, self.d_k), V.reshape(bs, self.n_heads, seq, self.d_k)
        energy = torch.matmul(Q, K.permute(0, 1, 3, 2)) / math.sqrt(self.d_k)
        mask = torch.tril(torch.ones((seq, seq))).view(1, 1, seq, seq)
        energy = energy.masked_fill(mask == 0, float("-1e20"))
        context = torch.matmul(torch.softmax(energy, dim=-1), V).permute(0, 2, 1, 3).contiguous()
        return self.fc_o(context.view(bs, seq, -1))
