"""The model in the box: what its card says is so, it writes Python, it copies, and transformers loads it."""

import csv
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gpt2_ref import GPT2, attention_pattern, induction_score, load_tokenizer, training, without_heads
from gpt2_ref.checkpoints import BUILT_IN
from gpt2_ref.course import publish, train

FOLDER = BUILT_IN["python"]
CARD = (FOLDER / "README.md").read_text(encoding="utf-8")
PERIOD = 50


@pytest.fixture(scope="module")
def model():
    return GPT2.from_pretrained("python").eval()


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("python")


@pytest.fixture(scope="module")
def repeated():
    """Eight texts of 50 random tokens, three times over."""
    generator = torch.Generator().manual_seed(0)
    return torch.randint(300, 2048, (8, PERIOD), generator=generator).repeat(1, 3)


def next_tokens(model, tokenizer, text, number=1):
    """What the model writes when it always takes the most likely token."""
    ids = torch.tensor([tokenizer.encode(text).ids])
    written = model.generate(ids, ids.shape[1] + number, temperature=0, progress=False)
    return tokenizer.decode(written[0, ids.shape[1] :].tolist())


def losses(model, ids):
    with torch.no_grad():
        logits = model(ids)
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(len(ids), -1)


def test_it_fits_in_the_box():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= 20_000_000
    assert {file.name for file in FOLDER.iterdir()} == {*publish.NAMES, publish.LOSSES, "README.md"}


def test_transformers_loads_it(model, tokenizer):
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

    text = "class Stack:\n    def push(self, item):\n        self.items.append("
    ids = torch.tensor([tokenizer.encode(text).ids])
    theirs = GPT2LMHeadModel.from_pretrained(FOLDER).eval()
    torch.testing.assert_close(model(ids), theirs(ids).logits, rtol=1e-4, atol=1e-4)
    cutter = PreTrainedTokenizerFast(tokenizer_file=str(FOLDER / "tokenizer.json"))
    assert cutter(text)["input_ids"] == ids[0].tolist()


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("class Stack:\n    def __init__(self, items):\n        self.", "items"),
        ("def area(width, height):\n    return width *", " ?(height|width)"),
        ("import os\nimport sys\n\nprint(os.path.join(sys.argv[0", r"\]"),
        ("        print(len(self.items", r"(\(\))?\)"),
        ("def double(number):", "\n    "),
        ("if __name__ == '__main", "__'"),
        ("class Stack:\n    def __init__(self, items):\n        self.items =", " items"),
        ("class Reader:\n    def read(", "self"),
    ],
)
def test_it_completes_python(model, tokenizer, text, begins):
    assert re.match(begins, next_tokens(model, tokenizer, text, 3))


def test_the_second_time_is_easier(model, repeated):
    """Random tokens cannot be guessed, unless they came before in the same order."""
    surprise = losses(model, repeated)
    assert surprise[:, 5 : PERIOD - 1].mean() > 7
    assert surprise[:, PERIOD + 5 :].mean() < surprise[:, 5 : PERIOD - 1].mean() - 1


def test_it_has_induction_heads(model, repeated):
    scores = torch.stack(
        [induction_score(attention_pattern(model, repeated, layer), PERIOD).mean(0) for layer in range(6)]
    )
    assert scores.max() > 10 / PERIOD
    layer, head = divmod(int(scores.argmax()), scores.shape[1])
    assert layer > 0, "a head that copies reads what a layer before it has written"
    whole = losses(model, repeated)[:, PERIOD + 5 :].mean()
    with without_heads(model, {layer: [head]}):
        without = losses(model, repeated)[:, PERIOD + 5 :].mean()
    assert without > whole + 0.1


def test_the_card_says_what_is_so(model):
    assert f"{sum(parameter.numel() for parameter in model.parameters()):,} parameters" in CARD
    assert "```sh\n" + "\n".join(publish.COMMANDS) + "\n```" in CARD
    bits = {name: float(number) for name, number in re.findall(r"^\| (.+?) \| (\d\.\d+) \|$", CARD, flags=re.MULTILINE)}
    assert list(bits) == ["this model", "unigram", "bigram", "gzip", "xz", "xz, primed"]
    assert bits["this model"] < bits["gzip"] < bits["bigram"]
    assert bits["this model"] < bits["xz"]
    assert CARD.count("```python\nclass Stack:") == 4


def test_the_losses_are_those_of_the_commands():
    with (FOLDER / publish.LOSSES).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rates = []
    for command in publish.COMMANDS:
        how = train.settings_of(publish.options_of(command))
        rates += [
            training.learning_rate(step, how.num_steps, how.warmup_steps, how.peak, how.final)
            for step in range(how.num_steps)
        ]
    assert [int(row["step"]) for row in rows] == list(range(1, len(rates) + 1))
    assert [float(row["learning_rate"]) for row in rows] == rates
    found = np.array([float(row["loss"]) for row in rows])
    assert found[-500:].mean() < found[:500].mean() / 1.5
    said = float(re.search(r"^\| this model \| (.+?) \|", CARD, flags=re.MULTILINE)[1])
    assert float(rows[-1]["held_out"]) == pytest.approx(said, abs=0.01)


def test_it_knows_the_library_of_this_python(model, tokenizer):
    """Of another Python's library most is the same; the model must know what it was trained on, wherever it runs."""
    text = next(file for file in training.python_library() if file.name == "argparse.py").read_text(encoding="utf-8")
    ids = np.array(tokenizer.encode(text).ids[:4000])
    bytes_of = torch.tensor([len(tokenizer.id_to_token(token)) for token in range(2048)])
    assert training.bits_per_byte(model, ids, bytes_of, 256) < 1.5
