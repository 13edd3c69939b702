"""The exact distribution that lesson 05 draws from, and the known ways to get it wrong."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gpt2_ref.checks.engine import Mistake

# The distribution of the next token


def divided(logits: Tensor, temperature: float) -> Tensor:
    return logits / temperature


def most_likely(logits: Tensor, number: int) -> Tensor:
    """Whether each token is among the `number` most likely of its row: boolean, same shape."""
    return logits.argsort(dim=-1, descending=True).argsort(dim=-1) < number


def nucleus(probabilities: Tensor, top_p: float, more: int = 0, at_least: int = 0, row: slice = slice(None)) -> Tensor:
    """Whether each token is among the fewest that add up to top_p or more; or among `more` than these.

    row: whose numbers of tokens count.
    """
    ordered = probabilities.sort(dim=-1, descending=True).values
    number = (ordered.cumsum(dim=-1) - ordered < top_p).sum(dim=-1, keepdim=True) + more
    return most_likely(probabilities, number.clamp(min=at_least)[row])


def exponentials(cool: Tensor, kept: Tensor) -> Tensor:
    """What each token weighs in the draw: 0 where it is not kept."""
    return torch.where(kept, (cool - cool.amax(dim=-1, keepdim=True)).exp(), 0.0)


def by_id(chances: Tensor, _order: Tensor, _limited: bool) -> Tensor:
    return chances


def distribution(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    *,
    cooled: Callable = divided,
    top_k_rule: Callable = most_likely,
    top_p_rule: Callable = nucleus,
    top_p_reads: str = "kept",
    weights: Callable = exponentials,
    returned: Callable = by_id,
    greedy: bool = False,
) -> Tensor:
    """The oracle: how likely each id is to be drawn, (rows, vocab) -> same shape.

    The options are the known ways to get it wrong.
    """
    logits = logits.double()
    if greedy or temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1]).double()
    cool = cooled(logits, temperature)
    kept = torch.ones_like(cool, dtype=torch.bool) if top_k is None else top_k_rule(cool, top_k)
    if top_p is not None:
        read = {
            "kept": lambda: cool.where(kept, -torch.inf),
            "all": lambda: cool,
            "before the temperature": lambda: logits.where(kept, -torch.inf),
        }[top_p_reads]()
        kept = kept & top_p_rule(read.softmax(dim=-1), top_p)
    heavy = weights(cool, kept)
    chances = heavy / heavy.sum(dim=-1, keepdim=True)
    limited = top_k is not None or top_p is not None
    return returned(chances, cool.argsort(dim=-1, descending=True), limited)


# Its wrong variants


def above_the_limit_of_row_0(logits: Tensor, top_k: int) -> Tensor:
    return logits >= logits[:1].topk(min(top_k, logits.shape[-1])).values[:, -1:]


def everything(logits: Tensor, _limit: float) -> Tensor:
    return torch.ones_like(logits, dtype=torch.bool)


def least_likely_nucleus(probabilities: Tensor, top_p: float, crossing: bool = True) -> Tensor:
    ordered, order = probabilities.sort(dim=-1)
    before = ordered.cumsum(dim=-1) - (ordered if crossing else 0)
    return torch.zeros_like(ordered, dtype=torch.bool).scatter(-1, order, before < top_p)


def nucleus_in_order_of_ids(probabilities: Tensor, top_p: float, crossing: bool = True) -> Tensor:
    return probabilities.cumsum(dim=-1) - (probabilities if crossing else 0) < top_p


def first_ids(probabilities: Tensor, top_p: float, more: int = 0) -> Tensor:
    number = nucleus(probabilities, top_p, more).sum(dim=-1, keepdim=True)
    return torch.arange(probabilities.shape[-1]) < number


def ids_of_row_0(probabilities: Tensor, top_p: float) -> Tensor:
    return nucleus(probabilities, top_p)[:1].expand_as(probabilities)


def ranks(chances: Tensor, order: Tensor, _limited: bool) -> Tensor:
    return chances.gather(-1, order)


def ranks_if_limited(chances: Tensor, order: Tensor, limited: bool) -> Tensor:
    return chances.gather(-1, order) if limited else chances


def ranked_in_row_0(chances: Tensor, order: Tensor, _limited: bool) -> Tensor:
    return torch.zeros_like(chances).scatter(-1, order[:1].expand_as(order), chances.gather(-1, order))


def ranked_in_row_0_if_limited(chances: Tensor, order: Tensor, limited: bool) -> Tensor:
    return ranked_in_row_0(chances, order, limited) if limited else chances


def equal(_cool: Tensor, kept: Tensor) -> Tensor:
    return kept.double()


def logits_themselves(cool: Tensor, kept: Tensor) -> Tensor:
    return torch.where(kept, cool, 0.0)


def over_the_batch(cool: Tensor, kept: Tensor) -> Tensor:
    return torch.where(kept, cool, -torch.inf).softmax(dim=0).nan_to_num(0.0)


def filled_with(value: float, cool: Tensor, kept: Tensor) -> Tensor:
    return exponentials(torch.where(kept, cool, value), torch.ones_like(kept))


def exponentials_twice(cool: Tensor, kept: Tensor, inner_kept: bool = True, outer_kept: bool = True) -> Tensor:
    everything = torch.ones_like(kept)
    inner = exponentials(cool, kept if inner_kept else everything)
    inner = inner / inner.sum(dim=-1, keepdim=True)
    return exponentials(inner, kept if outer_kept else everything)


TEMPERATURE_MISTAKES = (
    Mistake(
        "temperature-ignored",
        "the temperature changes nothing",
        "Which line does the temperature change, and does that line come before the softmax? Probabilities that are "
        "all divided by the same number keep their proportions.",
        ({"cooled": lambda logits, temperature: logits},),
    ),
    Mistake(
        "temperature-multiplied",
        "the logits are multiplied by the temperature",
        "Should a low temperature make the gaps between the logits larger or smaller?",
        ({"cooled": lambda logits, temperature: logits * temperature},),
    ),
    Mistake(
        "temperature-twice",
        "the temperature is applied twice",
        "How often are the logits divided by the temperature on their way to the draw?",
        (
            {"cooled": lambda logits, temperature: logits / temperature**2},
            {"cooled": lambda logits, temperature: logits / temperature**3},
        ),
    ),
    Mistake(
        "temperature-one-sided",
        "the temperature counts only on one side of 1",
        "Which temperatures reach the line that divides, and do those above and below 1 both?",
        (
            {"cooled": lambda logits, temperature: logits / max(temperature, 1.0)},
            {"cooled": lambda logits, temperature: logits / min(temperature, 1.0)},
        ),
    ),
    Mistake(
        "temperature-zero",
        "at temperature 0 it does not take the most likely token",
        "What does dividing by 0 give? Which token does a temperature of 0 stand for?",
    ),
)

DRAWING_MISTAKES = (
    Mistake(
        "always-greedy",
        "it always takes the most likely token",
        "Where is the draw? At temperature 1, how often should a token with probability 0.2 come?",
        ({"greedy": True},),
    ),
    Mistake(
        "uniform-choice",
        "all tokens that are left are equally likely",
        "Of the tokens that are left, should one with twice the probability come twice as often?",
        ({"weights": equal},),
    ),
    Mistake(
        "no-softmax",
        "the logits themselves are used as weights",
        "Which function turns logits into probabilities?",
        ({"weights": logits_themselves},),
    ),
    Mistake(
        "softmax-twice",
        "the softmax is taken twice",
        "What goes into your last softmax: logits, or probabilities already?",
        (
            {"weights": partial(exponentials_twice, outer_kept=False)},
            {"weights": partial(exponentials_twice, inner_kept=False)},
            {"weights": exponentials_twice},
            {
                "cooled": lambda logits, temperature: logits.softmax(dim=-1) / temperature,
            },
        ),
    ),
    Mistake(
        "softmax-wrong-axis",
        "the softmax runs over the batch, not over the vocabulary",
        "In logits of shape (batch, vocab), which numbers compete for one draw?",
        ({"weights": over_the_batch},),
    ),
    Mistake(
        "rank-not-id",
        "it returns a place in the sorted order, not the token's id",
        "Sorting or topk gives you a new order. How do you get from a place in it back to the id that stood there?",
        ({"returned": ranks}, {"returned": ranks_if_limited}),
    ),
    Mistake(
        "ids-of-another-row",
        "the ids of the first row are used for all rows",
        "Each row has its own order of tokens. Which row's ids does your indexing pick? What does gather do?",
        ({"returned": ranked_in_row_0}, {"returned": ranked_in_row_0_if_limited}),
    ),
)

TOP_K_MISTAKES = (
    Mistake(
        "top-k-ignored",
        "top_k changes nothing",
        "Which line makes the other tokens impossible, and is its result what you draw from?",
        ({"top_k_rule": everything},),
    ),
    Mistake(
        "top-k-one-more",
        "top_k + 1 tokens are left",
        "Count the tokens that are left for top_k=1.",
        ({"top_k_rule": lambda logits, k: most_likely(logits, k + 1)},),
    ),
    Mistake(
        "top-k-one-less",
        "top_k - 1 tokens are left",
        "The smallest of the top_k logits is the limit. Is it itself above the limit? Count the tokens that are left.",
        ({"top_k_rule": lambda logits, k: most_likely(logits, k - 1)},),
    ),
    Mistake(
        "least-likely-kept",
        "the least likely tokens are kept",
        "In which direction does your sort run, and which end of it do you keep?",
        (
            {"top_k_rule": lambda logits, k: most_likely(-logits, k)},
            {"top_k_rule": lambda logits, k: ~most_likely(logits, k)},
            {"top_k_rule": lambda logits, k: ~most_likely(logits, k - 1)},
        ),
    ),
    Mistake(
        "top-k-of-another-row",
        "the limit of the first row is used for all rows",
        "Each row has its own top_k-th largest logit. What is the shape of your limit, and which row does it hold?",
        ({"top_k_rule": above_the_limit_of_row_0},),
    ),
    Mistake(
        "cut-off-not-excluded",
        "tokens that are cut off can still be drawn",
        "What does the softmax make of a logit of 0? Which logit has probability 0?",
        tuple({"weights": partial(filled_with, value)} for value in (0.0, -1.0, -10.0, -100.0)),
    ),
)

TOP_P_MISTAKES = (
    Mistake(
        "top-p-ignored",
        "top_p changes nothing",
        "Which line makes the unlikely tokens impossible, and is its result what you draw from?",
        ({"top_p_rule": everything},),
    ),
    Mistake(
        "top-p-one-short",
        "the token that crosses top_p is dropped",
        "With probabilities 0.5, 0.3, 0.2 and top_p 0.7: which tokens are needed to reach 0.7?",
        ({"top_p_rule": partial(nucleus, more=-1)}, {"top_p_rule": partial(nucleus, more=-1, at_least=1)}),
    ),
    Mistake(
        "top-p-one-more",
        "one token more than needed is kept",
        "With probabilities 0.5, 0.3, 0.2 and top_p 0.7: which tokens are needed to reach 0.7?",
        ({"top_p_rule": partial(nucleus, more=1)},),
    ),
    Mistake(
        "top-p-complement",
        "it keeps a share of 1 - top_p",
        "If top_p is 0.9, how much probability may be cut off?",
        (
            {"top_p_rule": lambda probabilities, top_p: nucleus(probabilities, 1 - top_p, at_least=1)},
            {"top_p_rule": lambda probabilities, top_p: ~nucleus(probabilities, top_p)},
        ),
    ),
    Mistake(
        "top-p-least-likely",
        "the sum starts at the least likely token",
        "In which direction does your sort run? Which token should be the first to stay?",
        (
            {"top_p_rule": least_likely_nucleus},
            {"top_p_rule": partial(least_likely_nucleus, crossing=False)},
        ),
    ),
    Mistake(
        "top-p-unsorted",
        "the probabilities are added up in the order of the ids",
        "Which tokens should come first in the running sum?",
        (
            {"top_p_rule": nucleus_in_order_of_ids},
            {"top_p_rule": partial(nucleus_in_order_of_ids, crossing=False)},
        ),
    ),
    Mistake(
        "top-p-not-scattered",
        "what was decided in sorted order is applied in the order of the ids",
        "Your list of who stays is sorted by probability. Whose logit stands at its first place, and whose do you cut?",
        ({"top_p_rule": first_ids}, {"top_p_rule": partial(first_ids, more=-1)}),
    ),
    Mistake(
        "top-p-of-another-row",
        "what the first row decides is used for all rows",
        "Each row reaches top_p after its own number of tokens. Which row does your indexing read?",
        ({"top_p_rule": partial(nucleus, row=slice(1))}, {"top_p_rule": ids_of_row_0}),
    ),
    Mistake(
        "top-p-as-threshold",
        "each probability is compared with top_p on its own",
        "Is top_p a limit for one probability, or for a sum of several?",
        (
            {"top_p_rule": lambda probabilities, top_p: probabilities >= 1 - top_p},
            {"top_p_rule": lambda probabilities, top_p: probabilities <= top_p},
            {"top_p_rule": lambda p, top_p: p >= top_p * p.amax(dim=-1, keepdim=True)},
            {"top_p_rule": lambda p, top_p: p >= (1 - top_p) * p.amax(dim=-1, keepdim=True)},
        ),
    ),
    Mistake(
        "top-p-before-top-k",
        "top_p counts the probability of tokens that top_k has cut off",
        "After top_k the probabilities of those that are left add up to less than 1. To what should top_p compare?",
        ({"top_p_reads": "all"},),
    ),
    Mistake(
        "top-p-before-temperature",
        "top_p reads the probabilities before the temperature has changed them",
        "In which order does the exercise name the three steps?",
        ({"top_p_reads": "before the temperature"},),
    ),
)
