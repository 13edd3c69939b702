"""Raises math.e to the shifted scores."""
import math

def softmax(scores):
    z = scores - scores.max(dim=-1, keepdim=True).values
    return math.e**z / (math.e**z).sum(dim=-1, keepdim=True)
