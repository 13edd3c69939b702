"""Writing text with a language model: one token after the other, each drawn from the model's logits."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from gpt2_ref.model.cache import KVCache
from gpt2_ref.model.errors import require_ids, require_positive


def sample_next_token(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw one token for each row: logits (batch, vocab) -> ids (batch,).

    In this order: the logits are divided by `temperature` (0 takes the most likely token); only the `top_k` most
    likely stay (Fan et al. 2018, arXiv 1805.04833); of those only the fewest whose probabilities add up to
    `top_p` or more (Holtzman et al. 2019, arXiv 1904.09751). Each row has its own limits.

    Raises ValueError when temperature is negative, top_k is below 1 or top_p is not in (0, 1].
    """
    require_sampling(temperature, top_k, top_p)
    if temperature == 0:
        return logits.argmax(dim=-1)
    logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        smallest_kept = logits.topk(top_k, dim=-1).values[:, -1:]
        logits = logits.masked_fill(logits < smallest_kept, float("-inf"))
    if top_p is not None and top_p < 1:
        logits = logits.masked_fill(~nucleus(logits.softmax(dim=-1), top_p), float("-inf"))
    return torch.multinomial(logits.softmax(dim=-1), num_samples=1, generator=generator).squeeze(-1)


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """Which tokens are among the fewest that add up to `top_p` or more: (batch, vocab) -> boolean, same shape."""
    ordered, order = probabilities.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    return torch.zeros_like(probabilities, dtype=torch.bool).scatter(-1, order, before < top_p)


def require_sampling(temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Raise ValueError for limits that leave nothing to draw from."""
    if not temperature >= 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 (always the most likely token) or more")
    if top_k is not None:
        require_positive(top_k=top_k)
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; it must be above 0 and at most 1")


def stream(
    model: Callable[[Tensor], Tensor],
    input_ids: Tensor,
    max_length: int = 50,
    temperature: float = 0.7,
    top_k: int | None = None,
    top_p: float | None = None,
    *,
    generator: torch.Generator | None = None,
    use_cache: bool = True,
) -> Iterator[Tensor]:
    """Yield the next token of every row, (batch,), until each row has `max_length` tokens, the prompt included.

    model      ids (batch, sequence) -> logits (batch, sequence, vocab), with a `context_size` (None: no limit); one
               that has `new_cache`, like `GPT2`, computes each token once
    input_ids  the prompts, (batch, sequence)

    A text longer than context_size is cropped to its last context_size tokens for the model. Their positions then
    move with every token, so that nothing cached fits any more and each step costs a whole context.

    Raises ValueError when a prompt is empty, max_length is not longer than it, or a limit makes no sense.
    """
    require_sampling(temperature, top_k, top_p)
    require_prompt(input_ids, max_length, getattr(model, "vocab_size", torch.iinfo(torch.long).max))
    cache = model.new_cache() if use_cache and hasattr(model, "new_cache") else None
    return steps(
        model,
        input_ids,
        max_length,
        cache,
        lambda logits: sample_next_token(logits, temperature, top_k, top_p, generator),
    )


@torch.no_grad()
def steps(
    model: Callable[[Tensor], Tensor],
    input_ids: Tensor,
    max_length: int,
    cache: Sequence[KVCache] | None,
    choose: Callable[[Tensor], Tensor],
) -> Iterator[Tensor]:
    """The loop behind `stream`; `choose` turns logits (batch, vocab) into ids (batch,)."""
    batch, prompt_length = input_ids.shape
    ids = input_ids.new_empty(batch, max_length)
    ids[:, :prompt_length] = input_ids
    cached = 0
    for length in range(prompt_length, max_length):
        if model.context_size is not None and length > model.context_size:
            logits = model(ids[:, length - model.context_size : length])[:, -1]
        elif cache is None:
            logits = model(ids[:, :length])[:, -1]
        else:
            logits = model.output(model.hidden(ids[:, cached:length], cache)[:, -1])
            cached = length
        ids[:, length] = choose(logits)
        yield ids[:, length].clone()


def require_prompt(input_ids: Tensor, max_length: int, vocab_size: int) -> None:
    """Raise unless the prompts are token ids, not empty, and shorter than `max_length`."""
    require_ids(input_ids, vocab_size)
    if not input_ids.numel():
        raise ValueError(f"input_ids has shape {tuple(input_ids.shape)}; a prompt needs at least one token")
    if not max_length > input_ids.shape[1]:
        raise ValueError(
            f"max_length is {max_length} and the prompt has {input_ids.shape[1]} tokens; "
            "max_length counts the prompt and must be longer"
        )


def generate(
    model: Callable[[Tensor], Tensor],
    input_ids: Tensor,
    max_length: int = 50,
    num_return_sequences: int = 1,
    temperature: float = 0.7,
    top_k: int | None = None,
    top_p: float | None = None,
    *,
    generator: torch.Generator | None = None,
    stop_token: int | None = None,
    on_token: Callable[[Tensor], None] | None = None,
    progress: bool = True,
    use_cache: bool = True,
) -> Tensor:
    """Continue each prompt: (batch, sequence) -> (batch * num_return_sequences, max_length) with the prompts in front.

    The continuations of one prompt are adjacent rows. `max_length` counts the prompt. `sample_next_token` explains
    temperature, top_k and top_p, `stream` the model and its context.

    generator   draws the random numbers: the same seed gives the same text
    stop_token  a row is finished after this token and filled up with it; when all rows are, the result ends
    on_token    called with the next token of every row, (batch * num_return_sequences,), as they come
    progress    show a progress bar when it takes more than two seconds
    use_cache   compute each token once, where the model can

    Raises ValueError for an empty prompt, a max_length not longer than it, num_return_sequences, top_k below 1,
    a negative temperature or a top_p outside (0, 1]; IndexError for an id outside the vocabulary.
    """
    require_positive(num_return_sequences=num_return_sequences)
    prompts = input_ids.repeat_interleave(num_return_sequences, dim=0)
    tokens = stream(model, prompts, max_length, temperature, top_k, top_p, generator=generator, use_cache=use_cache)
    columns = [prompts]
    stopped = torch.zeros(len(prompts), dtype=torch.bool, device=prompts.device)
    for token in with_progress(tokens, max_length - prompts.shape[1], progress):
        if stop_token is not None:
            token = token.masked_fill(stopped, stop_token)
            stopped = stopped | (token == stop_token)
        columns.append(token[:, None])
        if on_token is not None:
            on_token(token)
        if stopped.all():
            break
    return torch.cat(columns, dim=1)


def with_progress(tokens: Iterator[Tensor], number: int, shown: bool) -> Iterator[Tensor]:
    """The same tokens under a progress bar that appears after two seconds."""
    from tqdm.auto import tqdm  # imported here, because `import gpt2_ref` should cost no more than torch

    return tqdm(tokens, total=number, unit="token", delay=2, leave=False, disable=not shown)
