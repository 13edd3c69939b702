"""Generation equals transformers': greedy token for token, sampling through the same limits; and its own promises."""

import pytest
import torch
import tqdm.std
from test_gpt2 import SHAPES, twins
from torch import nn

from gpt2_ref import GPT2, generate, sample_next_token
from gpt2_ref.model.generation import nucleus, stream


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("use_cache", [True, False])
@pytest.mark.parametrize("name", ["tiny", "odd", "wide head"])
def test_greedy_equals_transformers(name, batch, use_cache):
    theirs, ours = twins(SHAPES[name])
    prompts = torch.randint(SHAPES[name][0], (batch, 3))
    length = SHAPES[name][-1]
    expected = theirs.generate(
        prompts, attention_mask=torch.ones_like(prompts), max_length=length, do_sample=False, pad_token_id=0
    )
    assert torch.equal(ours.generate(prompts, length, temperature=0, use_cache=use_cache), expected)


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [
        (1.0, None, None),
        (0.3, None, None),
        (1.0, 3, None),
        (1.0, None, 0.6),
        (1.7, 5, 0.8),
        (0.5, 1, None),
        (1, 40, 1e-9),
    ],
)
def test_limits_equal_transformers_processors(temperature, top_k, top_p):
    """The probabilities that we draw with, seen through frequencies of 40,000 draws, are those of their processors."""
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    torch.manual_seed(0)
    logits = 2 * torch.randn(4, 9, dtype=torch.float64)
    processed = TemperatureLogitsWarper(float(temperature))(None, logits)
    if top_k:
        processed = TopKLogitsWarper(top_k)(None, processed)
    if top_p:
        processed = TopPLogitsWarper(top_p)(None, processed)
    expected = processed.softmax(dim=-1)
    drawn = sample_next_token(logits.repeat_interleave(10_000, dim=0), temperature, top_k, top_p).view(4, 10_000)
    frequencies = nn.functional.one_hot(drawn, 9).double().mean(dim=1)
    assert not frequencies[expected == 0].any()
    torch.testing.assert_close(frequencies, expected, rtol=0, atol=0.03)


def test_nucleus_keeps_the_token_that_crosses():
    probabilities = torch.tensor([[0.25, 0.5, 0.125, 0.125], [0.125, 0.125, 0.5, 0.25]])
    assert nucleus(probabilities, 0.5).tolist() == [[False, True, False, False], [False, False, True, False]]
    assert nucleus(probabilities, 0.51).tolist() == [[True, True, False, False], [False, False, True, True]]
    assert nucleus(probabilities, 1.0).all()


def model(**options):
    torch.manual_seed(0)
    return GPT2(11, 8, 2, 32, 2, context_size=options.pop("context_size", 16), **options)


def test_rows_of_one_prompt_are_adjacent():
    prompts = torch.tensor([[1, 2], [3, 4]])
    result = model().generate(prompts, max_length=7, num_return_sequences=3)
    assert result.shape == (6, 7)
    assert result[:, :2].tolist() == [[1, 2]] * 3 + [[3, 4]] * 3
    assert prompts.tolist() == [[1, 2], [3, 4]]


def test_a_generator_makes_it_reproducible():
    prompts, gpt2 = torch.tensor([[1, 2]]), model()
    state = torch.get_rng_state()
    one, other = (gpt2.generate(prompts, generator=torch.Generator().manual_seed(5), max_length=16) for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(one, gpt2.generate(prompts, generator=torch.Generator().manual_seed(6), max_length=16))


class Counts(nn.Module):
    """Continues every row with its last token plus one; refuses more than its context."""

    context_size = 4
    vocab_size = 10

    def forward(self, ids):
        assert ids.shape[1] <= self.context_size
        assert not torch.is_grad_enabled()
        return nn.functional.one_hot((ids + 1) % 10, 10) * 50.0


def test_past_the_context_the_model_is_cropped_and_the_result_is_not():
    result = generate(Counts(), torch.tensor([[3], [7]]), max_length=9, temperature=0)
    assert result.tolist() == [[3, 4, 5, 6, 7, 8, 9, 0, 1], [7, 8, 9, 0, 1, 2, 3, 4, 5]]


@pytest.mark.parametrize("prompt_length", [3, 16, 20])
def test_past_the_context_the_cache_gives_way(prompt_length):
    gpt2 = model().double()
    prompt = torch.randint(11, (2, prompt_length))
    cached, uncached = (gpt2.generate(prompt, 40, temperature=0, use_cache=use) for use in (True, False))
    assert torch.equal(cached, uncached)
    ids = prompt
    while ids.shape[1] < 40:
        ids = torch.cat([ids, gpt2(ids[:, -16:])[:, -1].argmax(-1, keepdim=True)], dim=1)
    assert torch.equal(cached, ids)


def test_stop_token_ends_each_row_and_then_the_text():
    result = generate(Counts(), torch.tensor([[3], [7]]), max_length=30, temperature=0, stop_token=9)
    assert result.tolist() == [[3, 4, 5, 6, 7, 8, 9], [7, 8, 9, 9, 9, 9, 9]]


def test_tokens_are_handed_over_as_they_come():
    seen = []
    result = generate(Counts(), torch.tensor([[3], [7]]), max_length=4, temperature=0, on_token=seen.append)
    assert torch.equal(torch.stack(seen, dim=1), result[:, 1:])
    steps = stream(Counts(), torch.tensor([[3]]), max_length=1000, temperature=0)
    assert [next(steps).item() for _ in range(3)] == [4, 5, 6]
    assert torch.is_grad_enabled()


def test_no_gradient_history_is_kept():
    gpt2 = model()
    logits = []
    gpt2.output.register_forward_hook(lambda module, inputs, result: logits.append(result))
    gpt2.generate(torch.tensor([[1]]), max_length=5)
    assert len(logits) == 4
    assert not any(result.requires_grad for result in logits)


def test_only_the_last_logits_of_the_prompt_are_computed():
    gpt2, shapes = model(), []
    gpt2.output.register_forward_hook(lambda module, inputs, result: shapes.append(tuple(result.shape)))
    gpt2.generate(torch.zeros(2, 8, dtype=torch.long), max_length=10)
    assert shapes == [(2, 11), (2, 11)]


def test_the_mode_and_the_prompt_are_as_before():
    gpt2 = model().train()
    gpt2.generate(torch.tensor([[1]]), max_length=5)
    assert gpt2.training


def test_a_long_run_shows_its_progress(capsys, monkeypatch):
    generate(Counts(), torch.tensor([[3]]), max_length=6, temperature=0)
    assert capsys.readouterr().err == ""
    original = tqdm.std.tqdm.__init__
    at_once = {"delay": 0, "mininterval": 0}
    monkeypatch.setattr(
        tqdm.std.tqdm, "__init__", lambda self, *given, **options: original(self, *given, **options | at_once)
    )
    generate(Counts(), torch.tensor([[3]]), max_length=6, temperature=0)
    assert "5/5" in capsys.readouterr().err
    generate(Counts(), torch.tensor([[3]]), max_length=6, temperature=0, progress=False)
    assert capsys.readouterr().err == ""


PROMPT = torch.tensor([[1, 2]])


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"input_ids": torch.zeros(1, 0, dtype=torch.long)}, ValueError, r"input_ids has shape \(1, 0\); a prompt needs at least one token"),
        ({"input_ids": torch.zeros(0, 3, dtype=torch.long)}, ValueError, r"input_ids has shape \(0, 3\)"),
        ({"input_ids": torch.tensor([[11]])}, IndexError, "input_ids holds 11; ids run from 0 to vocab_size - 1 = 10"),
        ({"input_ids": torch.tensor([1, 2])}, ValueError, r"it must be \(batch, sequence\)"),
        ({"max_length": 2}, ValueError, "max_length is 2 and the prompt has 2 tokens; max_length counts the prompt"),
        ({"temperature": -0.5}, ValueError, "temperature is -0.5; it must be 0"),
        ({"temperature": float("nan")}, ValueError, "temperature is nan"),
        ({"top_k": 0}, ValueError, "top_k is 0; it must be a whole number of at least 1"),
        ({"top_p": 0.0}, ValueError, r"top_p is 0.0; it must be above 0 and at most 1"),
        ({"top_p": 1.1}, ValueError, "top_p is 1.1"),
        ({"num_return_sequences": 0}, ValueError, "num_return_sequences is 0"),
    ],
)  # fmt: skip
def test_refusals_name_the_argument(arguments, error, text):
    with pytest.raises(error, match=text):
        model().generate(**{"input_ids": PROMPT} | arguments)
