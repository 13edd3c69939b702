"""What the catalogue of answers cannot show of lesson 12: what is told, what is left behind, and how long it takes."""

import itertools
import math
import re
import time

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.module import register_module_forward_hook

from gpt2_ref import GPT2, attention_pattern, induction_score, logit_lens
from gpt2_ref.checks import EXERCISES, NotAttempted, Passed, WrongAnswer, examine
from gpt2_ref.checks.learner import no_trace
from gpt2_ref.checks.look_inside import lens_cases, models, pattern_cases, score_cases
from gpt2_ref.checks.look_inside_induction import SCORE_MISTAKES, score_of
from gpt2_ref.checks.look_inside_lens import LENS_MISTAKES, lens_of
from gpt2_ref.checks.look_inside_models import Sizes, Snapshot, patches_undone, random_model
from gpt2_ref.checks.look_inside_oracle import pattern_of
from gpt2_ref.checks.look_inside_weights import PATTERN_MISTAKES

LESSON = {"attention_pattern": attention_pattern, "induction_score": induction_score, "logit_lens": logit_lens}
TRIED = {
    "attention_pattern": (pattern_of, pattern_cases, PATTERN_MISTAKES),
    "induction_score": (score_of, score_cases, SCORE_MISTAKES),
    "logit_lens": (lens_of, lens_cases, LENS_MISTAKES),
}
EXACT = {"rtol": 1e-10, "atol": 1e-10}


def told(answer, exercise: str) -> WrongAnswer:
    with pytest.raises(WrongAnswer) as caught:
        examine(answer, exercise)
    return caught.value


def every_variant() -> list:
    return [
        pytest.param(exercise, mistake.slug, choices, id=f"{exercise}-{mistake.slug}-{number}")
        for exercise, (_, _, mistakes) in TRIED.items()
        for mistake in mistakes
        for number, choices in enumerate(mistake.variants)
    ]


# The oracles


@pytest.mark.parametrize("exercise", LESSON)
def test_the_oracle_equals_the_reference(exercise):
    oracle, cases, _ = TRIED[exercise]
    with no_trace():
        for case in cases():
            torch.testing.assert_close(oracle(*case.inputs), LESSON[exercise](*case.inputs), **EXACT)


@pytest.mark.parametrize(("exercise", "slug", "choices"), every_variant())
def test_each_way_to_go_wrong_is_named(exercise, slug, choices):
    oracle = TRIED[exercise][0]

    def answer(*given):
        result = oracle(*given, **choices)
        return result.detach() if isinstance(result, torch.Tensor) else result

    assert told(answer, exercise).mistake == slug


def test_attention_in_the_models_is_neither_flat_nor_a_single_token():
    with no_trace():
        for sizes, model in models():
            ids = torch.randint(sizes.vocab, (4, sizes.context))
            for layer in range(sizes.layers):
                pattern = attention_pattern(model, ids, layer)[:, :, -1]
                entropy = -(pattern * pattern.log()).sum(-1).mean().item() / math.log(sizes.context)
                assert 0.3 < entropy < 0.97


def test_sizes_that_meet_in_a_shape_differ():
    with no_trace():
        for case in pattern_cases():
            model, ids, _ = case.inputs
            size, heads = model.blocks[0].attention.head_size, model.blocks[0].attention.query.out_features
            assert len({ids.shape[1], size, heads // size}) == 3 or ids.numel() < 5


# What is told


def wrong_pattern(model, ids, layer):
    return attention_pattern(model, ids, min(layer + 1, len(model.blocks) - 1))


def test_a_wrong_pattern_is_told_with_the_model_the_layer_and_the_place():
    text = str(told(wrong_pattern, "attention_pattern"))
    assert re.sub(r"= 0\.\d+", "= 0.5", text).splitlines() == [
        "✗ attention_pattern: it is the pattern of another layer",
        "  input     a GPT2(19, 12, 3, 20, 3) with random weights, ids of shape (2, 7), layer 1",
        "  expected  [0, 0, 1, 0] = 0.5",
        "  yours     [0, 0, 1, 0] = 0.5",
        "  think     The first layer has the number 0. Which block is model.blocks[1]?",
        '  stuck?    hint("attention_pattern")',
    ]


def test_a_wrong_shape_is_told_as_shapes_under_its_name():
    wrong = told(lambda model, ids, layer: attention_pattern(model, ids, layer).mean(1), "attention_pattern")
    assert wrong.mistake == "mean-over-heads"
    assert ("expected", "shape (2, 3, 7, 7)") in wrong.facts and ("yours", "shape (2, 7, 7)") in wrong.facts
    wrong = told(lambda model, ids: logit_lens(model, ids)[..., :-1], "logit_lens")
    assert (wrong.mistake, wrong.title) == ("wrong-shape", "the result has the wrong shape")


def test_a_list_is_told_how_to_become_a_tensor():
    wrong = told(lambda model, ids: list(logit_lens(model, ids)), "logit_lens")
    assert wrong.mistake == "returns-list"
    assert "expected  a tensor of shape (4, 2, 7, 19)" in str(wrong)
    assert "torch.stack" in wrong.question


def test_two_mistakes_are_both_named():
    def answer(model, ids):
        x, logits = model.token_embedding(ids), []
        for block in [*model.blocks, None]:
            logits.append(model.output(x))
            x = block(x) if block else x
        return torch.stack(logits)

    title = told(answer, "logit_lens").title
    assert title == "the stream begins without the positions and the last layer norm is left out"
    wrong = told(lambda pattern, period: score_of(pattern, period, key=lambda i, p: i - p).mean(), "induction_score")
    assert wrong.title == "it counts the attention to the earlier copy of the token itself and the heads are averaged"


def test_one_text_that_changes_another_is_told():
    def answer(model, ids):
        lens = logit_lens(model, ids)
        return lens + 0.1 * lens.mean(1, keepdim=True) - 0.1 * lens[:, :1]

    assert told(answer, "logit_lens").mistake == "batch-mixing"


def test_an_error_is_told_with_the_input_and_the_line():
    wrong = told(lambda model, ids, layer: model.blocks[layer].attn(ids), "attention_pattern")
    assert wrong.mistake == "raises"
    assert "no attribute 'attn'" in str(wrong) and "layer 1" in str(wrong)


@pytest.mark.parametrize("exercise", LESSON)
def test_blanks_are_not_attempted(exercise):
    def blank(*given):
        raise NotImplementedError

    def empty(*given): ...

    for answer in (blank, empty):
        with pytest.raises(NotAttempted):
            examine(answer, exercise)


@pytest.mark.parametrize("exercise", LESSON)
def test_the_hints_name_no_whole_answer(exercise):
    hints = EXERCISES[exercise].hints
    assert len(hints) == 3 and "softmax(dim" not in " ".join(hints) and ".mean(" not in " ".join(hints)


# What is left behind


def small_model() -> nn.Module:
    with no_trace():
        return random_model(Sizes(vocab=7, embed=6, heads=2, hidden=5, layers=2, context=4))


def replaced_forward(model):
    model.blocks[0].forward = lambda x, cache=None: x


def another_part(model):
    model.blocks.append(nn.Identity())


def another_parameter(model):
    model.final_norm.shift = nn.Parameter(model.final_norm.shift.detach().clone())


CHANGES = {
    "a hook": (lambda model: model.blocks[1].register_forward_hook(lambda *_: None), "hooks-left", "model.blocks.1"),
    "a hook before": (lambda model: model.output.register_forward_pre_hook(lambda *_: None), "hooks-left", "output"),
    "a hook behind": (lambda model: model.register_full_backward_hook(lambda *_: None), "hooks-left", "the model"),
    "a forward": (replaced_forward, "model-changed", "blocks.0.forward"),
    "a part": (another_part, "model-changed", "other parts"),
    "a parameter": (another_parameter, "model-changed", "final_norm.shift is another tensor"),
    "a number": (lambda model: model.final_norm.scale.data[2].add_(1), "model-changed", "final_norm.scale has other"),
    "a setting": (lambda model: setattr(model.blocks[1].attention, "head_size", 6), "model-changed", "head_size"),
    "a dtype": (lambda model: model.half(), "model-changed", "dtype torch.float16"),
    "frozen": (lambda model: model.requires_grad_(False), "model-changed", "does not learn any more"),
}


@pytest.mark.parametrize(("change", "slug", "words"), CHANGES.values(), ids=CHANGES)
def test_what_an_answer_leaves_on_the_model_is_seen(change, slug, words):
    with no_trace():
        model = small_model()
        snapshot = Snapshot(model)
        assert snapshot.fault() is None and not list(snapshot.remarks())
        change(model)
        fault = snapshot.fault()
    assert fault.slug == slug
    assert words in dict(fault.facts)["where"]


def test_a_hook_of_somebody_else_that_is_gone_is_seen():
    model = small_model()
    model.blocks[0].register_forward_hook(lambda *_: None)
    snapshot = Snapshot(model)
    model.blocks[0]._forward_hooks.clear()
    assert "a hook of somebody else is gone from model.blocks.0" in str(snapshot.fault().facts)


def test_a_mode_and_an_attribute_are_remarked_on_and_undone():
    model = small_model()
    snapshot = Snapshot(model)
    model.eval()
    model.blocks[1].attention.pattern = torch.ones(1)
    model(torch.tensor([[1]])).sum().backward()
    assert list(snapshot.remarks()) == [
        "it leaves attributes of its own on the model's modules",
        "it leaves gradients on the model's parameters",
        "the model was in training mode before and is in evaluation mode afterwards",
    ]
    snapshot.restore()
    assert model.blocks[1].training and not hasattr(model.blocks[1].attention, "pattern")
    assert model.final_norm.scale.grad is None


def test_functions_that_were_replaced_are_put_back():
    kernel, forward = F.scaled_dot_product_attention, nn.Linear.forward
    with pytest.raises(Exception, match="patch-left"), patches_undone():
        F.scaled_dot_product_attention = nn.Linear.forward = None
    assert (F.scaled_dot_product_attention, nn.Linear.forward) == (kernel, forward)
    with pytest.raises(KeyError), patches_undone():
        F.softmax = None
        raise KeyError
    with pytest.raises(Exception, match="patch-left"), patches_undone():
        register_module_forward_hook(lambda *_: None)
    assert not nn.modules.module._global_forward_hooks
    assert F.softmax(torch.zeros(2), -1).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("exercise", LESSON)
def test_a_check_leaves_torch_as_it_was(exercise):
    torch.manual_seed(5)
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    examine(LESSON[exercise], exercise)
    told(lambda *given: torch.rand(3), exercise)
    assert torch.equal(torch.get_rng_state(), state)
    assert (torch.get_default_dtype(), torch.is_grad_enabled()) == (dtype, True)


def test_an_answer_may_use_random_numbers_of_its_own():
    """A copy of the model is built with random numbers, and then filled."""

    def answer(model, ids):
        attention = model.blocks[0].attention
        vocab, embed = model.token_embedding.weight.shape
        heads, hidden = embed // attention.head_size, model.blocks[0].feed_forward.expand.out_features
        twin = GPT2(vocab, embed, heads, hidden, len(model.blocks), context_size=model.context_size)
        twin.load_state_dict(model.state_dict())
        return logit_lens(twin, ids)

    assert examine(answer, "logit_lens") == Passed("logit_lens")
    assert told(lambda model, ids: (torch.manual_seed(1), logit_lens(model, ids))[1], "logit_lens").mistake == "reseeds"


# Time


@pytest.mark.parametrize("exercise", LESSON)
def test_a_check_takes_less_than_a_second(exercise):
    def unnamed(*given):
        return LESSON[exercise](*given) * 1.01 + 0.003

    begin = time.process_time()
    examine(LESSON[exercise], exercise)
    between = time.process_time()
    assert told(unnamed, exercise).mistake is None
    assert between - begin < 0.6 and time.process_time() - between < 1.5


def test_no_two_mistakes_have_the_same_name():
    for exercise in LESSON:
        slugs = [mistake.slug for mistake in EXERCISES[exercise].mistakes]
        assert not [slug for slug, group in itertools.groupby(sorted(slugs)) if len(list(group)) > 1]
