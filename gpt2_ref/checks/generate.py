"""Lesson 05: sample_next_token and generate."""

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from gpt2_ref.checks.engine import Exercise, Mistake, diagnose
from gpt2_ref.checks.generate_draws import (
    Case,
    Draw,
    believable,
    call,
    counted,
    draws_repeat,
    greedy,
    ids_in,
    in_words,
    interface,
    judge_draws,
    one_id_a_row,
    question_about_drawing,
    renamed,
    seed_the_others,
)
from gpt2_ref.checks.generate_models import (
    FOLLOWING_MISTAKES,
    VOCAB,
    Counting,
    Fake,
    Refused,
    Table,
    Text,
    continued,
    texts,
)
from gpt2_ref.checks.generate_oracle import (
    DRAWING_MISTAKES,
    TEMPERATURE_MISTAKES,
    TOP_K_MISTAKES,
    TOP_P_MISTAKES,
    distribution,
)
from gpt2_ref.checks.learner import Trial, Wrong, no_trace

# sample_next_token

ROWS = (
    (1.2, 3.1, 0.2, 2.4, 0.7, 2.0, 1.6),
    (7.6, 4.5, 7.0, 5.2, 3.4, 4.9, 6.1),
    (2.9, 3.4, 5.1, 2.2, 3.9, 5.8, 4.5),
)
"""Logits of 7 tokens: likely and unlikely ids lie scattered, and each row has a height of its own."""


def rows_of_logits(shift: float = 0.0, spread: float = 1.0) -> Tensor:
    return spread * torch.tensor(ROWS) + shift


CROWD = 300


def one_and_a_crowd(temperature: float) -> Tensor:
    """Two rows of logits: at this temperature id 0 is about as likely as the others together, no two of them alike."""
    others = -0.001 * torch.arange(CROWD).expand(2, -1)
    return torch.cat([torch.full((2, 1), temperature * math.log(CROWD)), others], dim=1)


def cases() -> list[Case]:
    """What sample_next_token is tried on."""

    def of(shift: float, number: int = 160, spread: float = 1.0, **options: float) -> Case:
        return Case("of logits", rows_of_logits(shift, spread), options, number)

    far_below = torch.tensor([[-3000.0], [0.0], [900.0]])
    close = rows_of_logits(spread=0.05)
    banned = rows_of_logits().where(torch.tensor([True, True, False, True, True, False, True]), -torch.inf)
    return [
        of(0.0, number=1100),
        of(-4.5, spread=0.6, temperature=0.4),
        of(-15.0, spread=3.0, temperature=3.0),
        of(-2.5, number=220, top_k=3),
        of(-2.5, number=220, top_p=0.75),
        of(-2.5, number=100, top_p=0.45),
        of(-2.5, number=220, top_k=4, top_p=0.75),
        of(-4.5, number=220, temperature=2.0, top_k=5, top_p=0.7),
        *(
            Case("of logits", close, {"temperature": temperature} | more, 20, slug="temperature-zero")
            for temperature in (0.0, 0)
            for more in ({}, {"top_k": 3, "top_p": 0.9})
        ),
        Case("of logits", rows_of_logits(), {"top_k": 1, "temperature": 1.5}, 2),
        Case("of logits", rows_of_logits(), {"top_p": 0.05}, 2, slug="top-p-one-short"),
        Case("of logits", rows_of_logits(), {"top_k": 7, "top_p": 1.0}, 60),
        Case("of logits", rows_of_logits(), {"top_k": 12}, 60, slug="top-k-beyond-vocabulary"),
        Case("of logits, two of them -inf", banned, {}, 40, slug="minus-infinity"),
        Case("of logits, two of them -inf", banned, {"top_k": 6, "top_p": 0.9}, 40, slug="minus-infinity"),
        Case(f"of logits: id 0 and {CROWD} others", one_and_a_crowd(1.0), {}, 300, slug="other-defaults", apart=1),
        Case("of large logits", rows_of_logits() + far_below, {}, 60, slug="large-logits"),
        Case("of large logits", rows_of_logits() + far_below, {"top_k": 3, "top_p": 0.9}, 60, slug="large-logits"),
    ]


def sampled(case: Case, **choices: object) -> Tensor:
    """The distribution that sample_next_token should draw from in a case, or a wrong variant's."""
    return distribution(case.rows, **{**choices, **case.options})


def draw_from(trial: Trial) -> Draw:
    """Draw with the learner's sample_next_token, all rows many times over in one batch."""

    def draw(case: Case) -> Tensor:
        logits = case.rows.repeat(case.number, 1)
        try:
            ids = next_ids(trial, logits, case.options, case.words)
        except Wrong as wrong:
            raise explained(wrong, case) from wrong.__cause__
        return ids.view(case.number, len(case.rows)).T

    def explained(wrong: Wrong, case: Case) -> Wrong:
        """The Wrong of an error, named after the case or after the number of rows if that is what matters."""
        if wrong.slug != "raises":
            return wrong
        wrong.question = question_about_drawing(wrong) or wrong.question
        return renamed(wrong, case.slug or ("one-row-only" if one_row_works(case) else None))

    def one_row_works(case: Case) -> bool:
        try:
            next_ids(trial, case.rows[:1], case.options)
        except Wrong:
            return False
        return True

    return draw


def next_ids(trial: Trial, logits: Tensor, options: dict[str, float], words: str = "of logits") -> Tensor:
    """What the learner's sample_next_token draws from logits, or raise Wrong. `words` tell what they are."""
    facts = {"input": f"{len(logits)} rows {words}, shape {tuple(logits.shape)}{in_words(options)}"}
    result = call(trial, logits, facts=facts, **options)
    batch, vocab_size = logits.shape
    if isinstance(result, Tensor) and batch == 1 and result.dim() == 0:
        raise Wrong("batch-of-one", **facts, expected="shape (1,)", yours="shape ()")
    if isinstance(result, Tensor) and batch > 1 and tuple(result.shape) == (batch, 1):
        question = "multinomial draws a whole column. Which axis has to go, so that one id is left for each row?"
        raise Wrong("wrong-shape", "", question, **facts, expected=f"shape ({batch},)", yours=f"shape ({batch}, 1)")
    return ids_in(trial, result, (batch,), vocab_size, facts)


def sampling_interface(trial: Trial) -> None:
    """It takes logits, then temperature, top_k and top_p, by position or by name."""
    interface(trial, [rows_of_logits()], {"temperature": 1.5, "top_k": 3, "top_p": 0.75})


def sampling_values(trial: Trial) -> None:
    """Ids come as often as they should, whatever the options; those that are cut off never come."""
    seed_the_others()
    draw = draw_from(trial)

    def rows_alone(case: Case, _ids: Tensor) -> Wrong | None:
        for row in case.rows:
            alone = Case("", row[None], case.options, 4 * case.number, apart=case.apart)
            if not believable(alone.merged(counted(draw(alone), len(row))), alone.merged(sampled(alone))):
                return None
        return Wrong("batch-mixing", where="each row alone is drawn from as it should be")

    judge_draws(draw, cases(), sampled, SAMPLING_MISTAKES, (one_id_a_row,), (draws_repeat(draw), rows_alone))


def one_row(trial: Trial) -> None:
    """A batch of one gives one id, in an axis of its own."""
    for options in ({}, {"temperature": 0}, {"top_k": 2}, {"top_p": 0.5}):
        next_ids(trial, rows_of_logits()[:1], options)


def another_vocabulary(trial: Trial) -> None:
    """The sizes are those of the logits, also where there are as many rows as tokens."""
    for size in (40, 3):
        likely = torch.arange(size).flip(0)[: min(size, 6)]
        logits = 60.0 * F.one_hot(likely, size)
        for options in ({}, {"top_k": 2, "top_p": 0.9}):
            ids = next_ids(trial, logits.to(torch.get_default_dtype()), options)
            if not torch.equal(ids, likely):
                text = {"expected": str(likely.tolist()), "yours": str(ids.tolist())}
                raise Wrong(None, input=f"logits of shape {tuple(logits.shape)}, one of them 60 in each row", **text)


def draws_anew(trial: Trial) -> None:
    """Two calls do not give the same ids."""
    flat = torch.zeros(40, 50)
    for options in ({}, {"temperature": 0.7, "top_k": 40, "top_p": 0.95}):
        one, other = (next_ids(trial, flat, options) for _ in range(2))
        if torch.equal(one, other):
            beginning = ", ".join(map(str, one[:8].tolist()))
            words = f"40 rows of 50 equal logits{in_words(options)}"
            raise Wrong("same-draws", input=words, first=f"{beginning}, ...", second=f"{beginning}, ...")


def plain_sampling(trial: Trial) -> None:
    """Right in float32, as the learner would call it."""
    with no_trace(torch.float32):
        seed_the_others()
        tried = [Case("of logits", rows_of_logits(), {"temperature": 0.8, "top_k": 5, "top_p": 0.8})]
        judge_draws(draw_from(trial), tried, sampled, SAMPLING_MISTAKES)


# generate: what follows what


def write(trial: Trial, model: Fake, prompts: Tensor, options: dict[str, float], facts: dict[str, str]) -> object:
    """What the learner's generate returns for a model in evaluation mode, or raise Wrong."""
    model.eval()
    try:
        result = call(trial, model, prompts, facts=facts, **options)
    except Wrong as wrong:
        if isinstance(wrong.__cause__, Refused):
            raise renamed(wrong, wrong.__cause__.slug) from wrong.__cause__
        raise
    if model.trained:
        raise Wrong("training-mode", **facts)
    return result


def following(trial: Trial) -> None:
    """The prompts stay in front, each new token follows from those before it, and the lengths are as asked."""
    came: list[Tensor] = []
    tried, failure = texts(), None
    for text in tried:
        try:
            came.append(tokens_of(trial, text).double())
        except Wrong as wrong:
            failure = wrong
            break
    for number, (text, mine) in enumerate(zip(tried, came, strict=False)):
        right = continued(text).double()
        if not torch.equal(mine, right):
            raise not_following(trial, tried, came, number, right)
    if failure is not None:
        raise failure


def tokens_of(trial: Trial, text: Text) -> Tensor:
    """The ids that the learner's generate makes of a text, or raise Wrong."""
    facts = {"input": text.words}
    model = Counting(text.context, text.height)
    try:
        result = write(trial, model, text.prompts.clone(), text.options, facts)
    except Wrong as wrong:
        if wrong.slug == "raises" and (slug := raised_by(trial, text, wrong)):
            raise renamed(wrong, slug) from wrong.__cause__
        raise
    batch, prompt_length = text.prompts.shape
    rows, length = batch * text.copies, text.max_length
    if isinstance(result, Tensor) and tuple(result.shape) != (rows, length):
        slug = shape_fault(result, text)
        shapes = {"expected": f"shape {(rows, length)}", "yours": f"shape {tuple(result.shape)}"}
        raise Wrong(slug, **facts, **shapes)
    ids = ids_in(trial, result, (rows, length), VOCAB, facts)
    steps = length - prompt_length
    if model.calls > steps and not any("calls the model" in note for note in trial.notes):
        times = f"it calls the model {model.calls} times for {steps} new tokens in {rows} rows"
        trial.notes.append(f"{times}: {steps} calls are enough, each for all rows")
    if model.tracked and GRADIENTS not in trial.notes:
        trial.notes.append(GRADIENTS)
    if model.training and MODE not in trial.notes:
        trial.notes.append(MODE)
    return ids


def raised_by(trial: Trial, text: Text, wrong: Wrong) -> str | None:
    """The mistake that an error shows, None if it has no name."""
    if text.slug == "temperature-zero":
        return text.slug
    if "index k out of range" in str(wrong.__cause__) and "top_k" not in text.options:
        return "other-defaults"
    if len(text.prompts) * text.copies == 1:
        return None
    try:
        options = text.options | {"num_return_sequences": 1}
        write(trial, Counting(text.context, text.height), text.prompts[:1].clone(), options, {})
    except Wrong:
        return None
    return "one-row-only"


GRADIENTS = "gradients are on while it writes: under torch.no_grad() it takes less memory"
MODE = "the model was in evaluation mode before and is in training mode afterwards"


def shape_fault(result: Tensor, text: Text) -> str:
    """The mistake that a result of this shape shows."""
    batch, prompt_length = text.prompts.shape
    rows, length = batch * text.copies, text.max_length
    if text.slug == "other-defaults" and result.dim() == 2 and len(result) == rows:
        return "stops-early" if begins_right(result, text) and result.shape[1] not in USUAL_LENGTHS else text.slug
    if result.dim() == 3 and result.shape[0] * result.shape[1] == rows:
        return "sequences-not-merged"
    if result.dim() == 1 and rows == 1:
        return "batch-of-one"
    if result.dim() != 2:
        return "wrong-shape"
    if len(result) == batch != rows:
        return "num-return-ignored"
    named = {
        prompt_length + length: "max-length-counts-new",
        length - prompt_length: "prompt-missing",
        length + 1: "length-off-by-one",
        length - 1: "length-off-by-one",
    }
    if text.context < length:
        named |= {text.context: "result-cropped", text.context + 1: "result-cropped"}
    if len(result) != rows or result.shape[1] == length:
        return "wrong-shape"
    slug = named.get(result.shape[1], "wrong-shape")
    if slug in ("prompt-missing", "wrong-shape") and result.shape[1] < length and begins_right(result, text):
        return "stops-early"
    return slug


USUAL_LENGTHS = (20, 53, 100)
"""Lengths that another default of max_length leads to."""


def begins_right(result: Tensor, text: Text) -> bool:
    return torch.equal(result.double(), continued(text)[:, : result.shape[1]].double())


def not_following(trial: Trial, tried: list[Text], came: list[Tensor], number: int, right: Tensor) -> Wrong:
    """What the learner is told of tokens that are not those that follow."""
    text, mine = tried[number], came[number]
    row = (mine != right).any(dim=1).nonzero()[0].item()
    length = text.prompts.shape[1]
    facts = {
        "input": text.words,
        "expected": in_a_line(right[row], row, length),
        "yours": in_a_line(mine[row], row, length),
    }
    ordinary = [n for n in range(len(came)) if tried[n].slug is None or n == number]

    def variant(**choices: object) -> Iterator[Tensor]:
        return (continued(tried[n], **choices).double() for n in ordinary)

    found = diagnose([came[n] for n in ordinary], variant, FOLLOWING_MISTAKES, ordinary.index(number))
    unchanged = torch.equal(mine[:, :length], right[:, :length])
    if unchanged and (not found or found[0].slug == "one-token-for-all-rows"):
        named = named_by_draws(trial)
        if named is not None:
            return named
    if found:
        return Wrong(found[0].slug, " and ".join(mistake.title for mistake in found), **facts)
    if not unchanged:
        return Wrong("prompt-changed", **facts)
    if text.slug and text.slug != "other-defaults":
        return Wrong(text.slug, **facts)
    again = tokens_of(trial, text).double()
    if not torch.equal(again, mine):
        return Wrong("random-where-certain", **facts, again=in_a_line(again[row], row, length))
    return Wrong(None, **facts)


def named_by_draws(trial: Trial) -> Wrong | None:
    """The mistake in drawing that also shows where only one token can follow, None if there is none."""
    shown_here = {mistake.slug for mistake in (*TEMPERATURE_MISTAKES, *DRAWING_MISTAKES)} | {"least-likely-kept"}
    try:
        generate_values(trial)
    except Wrong as wrong:
        if wrong.slug in shown_here:
            return wrong
    return None


def in_a_line(ids: Tensor, row: int, prompt_length: int) -> str:
    words = [str(int(number)) for number in ids.tolist()]
    return f"row {row}: {' '.join(words[:prompt_length])} | {' '.join(words[prompt_length:])}"


# generate: draws

COPIES = 16
NEW = 12


def generated(case: Case, **choices: object) -> Tensor:
    """The distribution that generate should draw from in a case, or a wrong variant's."""
    return distribution(case.rows, **{"temperature": 0.7, **choices, **case.options})


def written_cases() -> list[Case]:
    words = "of the logits that the model gives after every text"
    crowded = one_and_a_crowd(0.7)

    def of(shift: float, spread: float = 1.0, **options: float) -> Case:
        return Case(words, rows_of_logits(shift, spread), options, COPIES * NEW)

    return [
        of(0.0, temperature=1.0),
        of(-4.5, spread=0.6, temperature=0.4),
        of(-15.0, spread=3.0, temperature=3.0),
        of(-2.5, temperature=1.0, top_k=3),
        of(-200.0, temperature=1.6, top_k=4),
        Case(f"{words}: id 0 and {CROWD} others", crowded, {}, COPIES * 48, slug="other-defaults", apart=1),
    ]


def draw_with_generate(trial: Trial) -> Draw:
    """Draw with the learner's generate: the model gives the same logits at every step, so each new token is a draw."""

    def draw(case: Case, copies: int = COPIES) -> Tensor:
        rows = len(case.rows)
        prompts = torch.stack([torch.arange(rows), torch.full((rows,), 5)], dim=1)
        new = case.number // COPIES
        options = {"num_return_sequences": copies} | ({"max_length": 2 + new} | case.options if case.options else {})
        facts = {"input": f"prompts {prompts.tolist()}{in_words(options)}"}
        try:
            result = write(trial, Table(case.rows), prompts, options, facts)
        except Wrong as wrong:
            if wrong.slug == "raises" and len(case.rows) > 1 and one_row_works(case):
                raise renamed(wrong, "one-row-only") from wrong.__cause__
            raise
        ids = ids_in(trial, result, (rows * copies, 2 + new), case.rows.shape[-1], facts)
        return ids[:, 2:].reshape(rows, copies * new)

    def one_row_works(case: Case) -> bool:
        try:
            draw(Case("", case.rows[:1], case.options), copies=1)
        except Wrong:
            return False
        return True

    return draw


def identical_continuations(cases: Sequence[Case], ids: Sequence[Tensor]) -> str | None:
    """Whether all continuations of each prompt are the same, and not because they are the most likely ones."""
    same = all(
        (drawn.unflatten(1, (COPIES, -1)) == drawn[:, None, : case.number // COPIES]).all()
        for case, drawn in zip(cases, ids, strict=False)
    )
    always_greedy = all(greedy(case, drawn) for case, drawn in zip(cases, ids, strict=False))
    return "identical-continuations" if same and not always_greedy else None


def one_token_again_and_again(_cases: Sequence[Case], ids: Sequence[Tensor]) -> str | None:
    """Whether the continuations differ, and each repeats what was drawn at its first step."""
    each = [drawn.unflatten(1, (COPIES, -1)) for drawn in ids]
    repeats = all((tokens == tokens[:, :, :1]).all() for tokens in each)
    return "same-draws" if repeats and any((tokens != tokens[:, :1]).any() for tokens in each) else None


def generate_interface(trial: Trial) -> None:
    """It takes a model and ids, then its options, by position or by name."""
    options = {"max_length": 9, "num_return_sequences": 2, "temperature": 1.5, "top_k": 3}
    interface(trial, [Counting(8), torch.tensor([[1, 2]])], options)


def generate_values(trial: Trial) -> None:
    """The tokens come as often as temperature and top_k say, in each row."""
    seed_the_others()
    draw = draw_with_generate(trial)
    certain = (identical_continuations, one_token_again_and_again)
    judge_draws(draw, written_cases(), generated, WRITTEN_MISTAKES, certain, (draws_repeat(draw),))


def writes_anew(trial: Trial) -> None:
    """Two calls do not give the same text, two continuations of a prompt differ from their first token on."""
    draw = draw_with_generate(trial)
    flat = Case("", torch.zeros(2, 30), {"temperature": 1.0})
    one, other = draw(flat), draw(flat)
    words = "a model with 30 equal logits after every text"
    if torch.equal(one, other):
        beginning = " ".join(map(str, one[0, :8].tolist()))
        raise Wrong("same-draws", input=words, first=f"{beginning} ...", second=f"{beginning} ...")
    each = one.unflatten(1, (COPIES, -1))
    if torch.equal(each[0], each[1]):
        raise Wrong("same-draws", input=words, where="two prompts are continued by the same tokens")
    shared = (each == each[:, :1]).flatten(0, 1).all(dim=0)
    if shared.any():
        step = shared.nonzero()[0].item() + 1
        where = f"all {COPIES} continuations of a prompt have the same new token number {step}"
        raise Wrong("identical-continuations", input=words, where=where)


def plain_generate(trial: Trial) -> None:
    """Right in float32, as the learner would call it; a top_k beyond the vocabulary is all of it."""
    with no_trace(torch.float32):
        seed_the_others()
        case = Case("of the model's logits", rows_of_logits(), {"temperature": 0.8, "top_k": 5}, COPIES * NEW)
        judge_draws(draw_with_generate(trial), [case], generated, WRITTEN_MISTAKES)
        try:
            write(trial, Counting(8), torch.tensor([[1, 2]]), {"max_length": 4, "top_k": VOCAB + 1}, {})
        except Wrong as wrong:
            if wrong.slug != "raises":
                raise
            trial.notes.append("it raises an error for a top_k larger than the vocabulary, where it could keep all")


# Mistakes

SHARED_MISTAKES = (
    Mistake(
        "one-row-only",
        "it works for one row and not for several",
        "Which shapes meet on this line? A limit for each row needs an axis of length 1 to meet all logits of its "
        "row: what do keepdim=True, [:, -1:] or [:, None] give?",
    ),
    Mistake(
        "same-draws",
        "every call draws the same",
        "Where do your random numbers come from, and what seeds them anew?",
    ),
    Mistake(
        "ids-not-whole",
        "the ids are not whole numbers",
        "Which dtype can be an index into an embedding, and which line makes another one?",
    ),
    Mistake(
        "id-out-of-range",
        "it returns an id that is not in the vocabulary",
        "Which is the smallest and which the largest id, and where could one be added or subtracted?",
    ),
    Mistake(
        "batch-of-one",
        "a batch of one loses its axis",
        "Which axes does squeeze() remove when there is only one row, and which one did you mean?",
    ),
)

SAMPLING_MISTAKES = (
    *TEMPERATURE_MISTAKES,
    *DRAWING_MISTAKES,
    *TOP_K_MISTAKES,
    *TOP_P_MISTAKES,
    *SHARED_MISTAKES,
    Mistake(
        "other-defaults",
        "a default is not that of the exercise",
        "What should sample_next_token(logits) do, without a word about temperature, top_k and top_p?",
        (
            *({"temperature": temperature} for temperature in (0.7, 0.8, 0.5, 0.9)),
            *({"top_k": top_k} for top_k in (50, 40, 100, 5, 3)),
            *({"top_p": top_p} for top_p in (0.9, 0.95)),
        ),
    ),
    Mistake(
        "same-draw-for-every-row",
        "every row gets the same random number",
        "How many random numbers does a batch of 5 rows need?",
    ),
    Mistake(
        "top-k-beyond-vocabulary",
        "a top_k larger than the vocabulary is an error",
        "There are 7 tokens and top_k is 12. How many can stay?",
    ),
    Mistake(
        "minus-infinity",
        "a logit of -inf does not make its token impossible",
        "What are -inf - (-inf), 0 * -inf and exp(-inf)? Which of these does your code come to?",
    ),
    Mistake(
        "large-logits",
        "it goes wrong when logits are far from 0",
        "What is exp(900), and what does a finite number in place of -inf do when all logits are near -3000?",
    ),
)


WRITTEN_MISTAKES = (
    *TEMPERATURE_MISTAKES,
    *DRAWING_MISTAKES,
    *TOP_K_MISTAKES,
    *SHARED_MISTAKES,
    Mistake(
        "other-defaults",
        "a default is not that of the exercise",
        "Which max_length, num_return_sequences, temperature and top_k should generate(model, ids) use?",
        (*tuple({"temperature": temperature} for temperature in (1.0, 0.8, 0.9, 0.5)), {"top_k": 50}, {"top_k": 40}),
    ),
)

WRITING_MISTAKES = (
    *FOLLOWING_MISTAKES,
    *WRITTEN_MISTAKES,
    Mistake(
        "context-overrun",
        "the model is given more tokens than its context_size",
        "Which tokens does the model still need when the text is longer than model.context_size, and which number "
        "stands in that line?",
    ),
    Mistake(
        "result-cropped",
        "the result is cropped to the context",
        "Only the model needs the shorter text. Into which variable does the cropped text go?",
    ),
    Mistake(
        "max-length-counts-new",
        "max_length is taken as the number of new tokens",
        "With a prompt of 4 tokens and max_length=11, how long should a row be, and how many tokens are new?",
    ),
    Mistake(
        "length-off-by-one",
        "the result is one token too long or too short",
        "How many tokens are there before the first step, and how many after the last?",
    ),
    Mistake(
        "prompt-missing",
        "only the new tokens are returned",
        "What should the beginning of each row be?",
    ),
    Mistake(
        "prompt-changed",
        "the rows do not begin with the prompt",
        "Which line puts something before the prompt, or writes over it?",
    ),
    Mistake(
        "stops-early",
        "it stops before max_length",
        "Which id makes it stop? The exercise names no token that ends a text.",
    ),
    Mistake(
        "num-return-ignored",
        "num_return_sequences changes nothing",
        "For 2 prompts and num_return_sequences=3, how many rows should there be?",
    ),
    Mistake(
        "sequences-not-merged",
        "the sequences lie in a third axis",
        "Which shape is asked for: (batch, number, length) or (batch * number, length)?",
    ),
    Mistake(
        "identical-continuations",
        "all continuations of a prompt are the same",
        "When is the prompt repeated: before the first token is drawn, or after the last?",
    ),
    Mistake(
        "random-where-certain",
        "it draws tokens that the model holds for impossible",
        "One logit lies 20 above all others. How can another token be drawn?",
    ),
    Mistake(
        "training-mode",
        "the model runs in training mode",
        "What does dropout do in training, and which of train() and eval() do you want while writing?",
    ),
)

EXERCISES = (
    Exercise(
        name="sample_next_token",
        lesson="05_generate",
        form="function",
        properties=(
            sampling_interface,
            sampling_values,
            one_row,
            another_vocabulary,
            draws_anew,
            plain_sampling,
        ),
        mistakes=SAMPLING_MISTAKES,
        hints=(
            "Four steps: the temperature, top_k, top_p, the draw. Both limits make some tokens impossible. Which "
            "logit gives a token the probability 0?",
            "Temperature 0 is a case of its own: the most likely token. Else divide the logits by it. top_k: the "
            "top_k-th largest logit of each row is the limit. top_p: sort, add up, keep a token while the sum before "
            "it is below top_p, and bring that decision back to the order of the ids.",
            "logits.topk(k, dim=-1).values[:, -1:] is the limit of each row, (batch, 1); logits.masked_fill(low, "
            "float('-inf')) cuts off; kept_in_order.scatter(-1, order, kept_in_order) undoes a sort; "
            "torch.multinomial(probabilities, 1) draws one column, and squeeze(-1) takes its axis away.",
        ),
    ),
    Exercise(
        name="generate",
        lesson="05_generate",
        form="function",
        properties=(
            generate_interface,
            following,
            generate_values,
            writes_anew,
            plain_generate,
        ),
        mistakes=WRITING_MISTAKES,
        hints=(
            "First the rows: each prompt num_return_sequences times. Then a loop that adds one token to every row. "
            "How many steps does it take from the prompt to max_length?",
            "In each step: the last model.context_size tokens go into the model; of its logits only those at the last "
            "position count; sample_next_token draws one id for each row; torch.cat puts it behind the row.",
            "input_ids.repeat_interleave(num_return_sequences, dim=0); model(ids[:, -model.context_size:])[:, -1]; "
            "torch.cat([ids, next_ids[:, None]], dim=1).",
        ),
        needs=("sample_next_token",),
    ),
)
