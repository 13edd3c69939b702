"""The known ways to get an attention pattern wrong: masks, the softmax, and what comes back."""

import itertools

import torch

from gpt2_ref.checks.engine import Mistake
from gpt2_ref.checks.look_inside_oracle import earlier_hidden, filled_with, nothing_hidden, past_hidden, unchanged
from gpt2_ref.checks.look_inside_patterns import QUERY_AND_KEY_MISTAKES

PATTERN_MISTAKES = (
    *QUERY_AND_KEY_MISTAKES,
    Mistake(
        "no-mask",
        "tokens attend to later tokens",
        "What may a token not look at, and where do the scores say so?",
        ({"hide": nothing_hidden},),
    ),
    Mistake(
        "mask-inverted",
        "the mask hides what may be seen",
        "Where your mask is True: is that a pair to keep or a pair to hide?",
        (
            {"hide": past_hidden},
            {"hide": earlier_hidden},
            {"hide": lambda scores, future: past_hidden(scores, future, -1e9)},
        ),
    ),
    Mistake(
        "strict-mask",
        "a token cannot attend to itself",
        "What may the very first token look at, and what remains for its softmax?",
        (
            {"hide": filled_with(-torch.inf, 0)},
            {"hide": filled_with(-1e9, 0)},
            {"hide": filled_with(-torch.inf, 0), "after": lambda pattern, future: pattern.nan_to_num(0.0)},
        ),
    ),
    Mistake(
        "mask-too-weak",
        "hidden scores still count",
        "What is exp(0), and what score leaves nothing of a key after the softmax?",
        (
            {"hide": filled_with(0.0)},
            {"hide": lambda scores, future: scores - future.to(scores)},
            {"hide": filled_with(-1.0)},
            {"hide": filled_with(-10.0)},
            {"hide": lambda scores, future: scores - 10 * future.to(scores)},
        ),
    ),
    Mistake(
        "mask-after-softmax",
        "the mask comes after the softmax, and the rows no longer add up to 1",
        "Add up a row of your pattern. What did the softmax spend on the tokens that you then set to 0?",
        ({"hide": nothing_hidden, "after": lambda pattern, future: pattern.masked_fill(future, 0.0)},),
    ),
    Mistake(
        "softmax-missing",
        "it gives the scores, not the weights",
        "Can an attention weight be negative? What makes weights of scores?",
        (
            {"normalise": unchanged},
            {"normalise": unchanged, "hide": nothing_hidden},
            {"normalise": unchanged, "hide": filled_with(0.0)},
            {"normalise": unchanged, "hide": filled_with(-1e9)},
        ),
    ),
    Mistake(
        "log-probabilities",
        "it gives the logarithms of the weights",
        "What do the entries of a row add up to, and what should they?",
        ({"normalise": lambda scores: scores.log_softmax(dim=-1)},),
    ),
    Mistake(
        "softmax-wrong-axis",
        "the softmax runs over another axis than the keys",
        "Every query spends an attention of 1. Along which axis do the weights add up to 1?",
        tuple(
            {"normalise": lambda scores, axis=axis: scores.softmax(dim=axis)} | hidden
            for hidden, axis in itertools.product(({}, {"hide": filled_with(-1e9)}), (-2, 1, 0))
        ),
    ),
    Mistake(
        "softmax-twice",
        "the softmax is taken twice",
        "What does a softmax make of numbers that are all between 0 and 1?",
        ({"normalise": lambda scores: scores.softmax(dim=-1).softmax(dim=-1)},),
    ),
    Mistake(
        "other-normalisation",
        "the scores become weights by something else than a softmax",
        "A softmax takes exp of each score and divides by a sum. By which sum?",
        (
            {"normalise": lambda scores: scores.exp()},
            {"normalise": lambda scores: scores.sigmoid()},
            {"normalise": lambda scores: (scores == scores.amax(dim=-1, keepdim=True)).to(scores)},
            {"normalise": lambda scores: scores.exp() / scores.exp().sum(dim=(-2, -1), keepdim=True)},
        ),
    ),
    Mistake(
        "mean-over-heads",
        "the heads are averaged",
        "Every head looks elsewhere. Which axis of the result tells them apart?",
        (
            {"result": lambda pattern, value: pattern.mean(dim=1)},
            {"result": lambda pattern, value: pattern.mean(dim=1, keepdim=True)},
            {"result": lambda pattern, value: pattern.sum(dim=1)},
        ),
    ),
    Mistake(
        "one-head-only",
        "it gives one head only",
        "How many heads has the layer, and how many patterns come back?",
        (
            {"result": lambda pattern, value: pattern[:, 0]},
            {"result": lambda pattern, value: pattern[:, :1]},
            {"result": lambda pattern, value: pattern[:, -1]},
        ),
    ),
    Mistake(
        "query-and-key-axes-swapped",
        "rows are keys and columns are queries",
        "Row i should say where token i looks. Do your rows add up to 1, or your columns?",
        ({"result": lambda pattern, value: pattern.transpose(-2, -1)},),
    ),
    Mistake(
        "last-query-only",
        "it gives the attention of the last token alone",
        "How many tokens of the text look somewhere?",
        (
            {"result": lambda pattern, value: pattern[:, :, -1]},
            {"result": lambda pattern, value: pattern[:, :, -1:]},
        ),
    ),
    Mistake(
        "batch-missing",
        "the axis of the batch is gone",
        "Several texts come in. Where is the second one's pattern?",
        (
            {"result": lambda pattern, value: pattern[0]},
            {"result": lambda pattern, value: pattern[:1]},
            {"result": lambda pattern, value: pattern.mean(dim=0)},
            {"result": lambda pattern, value: pattern.squeeze(0)},
        ),
    ),
    Mistake(
        "axes-in-another-order",
        "the axes stand in another order",
        "The result is (batch, heads, query, key). Which axes do you have, from the first to the last?",
        tuple(
            {"result": lambda pattern, value, order=order: pattern.permute(order)}
            for order in ((0, 2, 1, 3), (0, 2, 3, 1), (1, 0, 2, 3))
        ),
    ),
    Mistake(
        "values-gathered",
        "it gives what the heads gather, not where they look",
        "The pattern is what the values are multiplied by. Does the value belong into this function?",
        (
            {"result": lambda pattern, value: pattern @ value},
            {"result": lambda pattern, value: (pattern @ value).transpose(1, 2).flatten(2)},
        ),
    ),
    Mistake(
        "all-layers",
        "it gives the patterns of all layers",
        "One layer is asked for. What does your code do with the number?",
        ({"every": True},),
    ),
)
