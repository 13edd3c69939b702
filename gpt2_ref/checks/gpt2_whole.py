"""The second exercise of lesson 04: GPT2."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from gpt2_ref.checks import block
from gpt2_ref.checks.attention import shortened
from gpt2_ref.checks.engine import Exercise, Mistake, Probe, all_close, judge, tolerance
from gpt2_ref.checks.gpt2_anatomy import (
    FinalNorm,
    Sizes,
    Table,
    block_modules,
    find_final_norm,
    first_stream,
    layer,
    one_block,
    silence,
    tables,
    watched,
)
from gpt2_ref.checks.gpt2_oracle import (
    BETWEEN_MISTAKES,
    CHAIN_MISTAKES,
    ENDS_MISTAKES,
    OUTPUT_MISTAKES,
    SCALE_MISTAKES,
    Ends,
    Layer,
    model_logits,
)
from gpt2_ref.checks.gpt2_trial import LogitsTrial
from gpt2_ref.checks.learner import Trial, Wrong, first_difference, gradients, no_trace
from gpt2_ref.checks.roles import flat, trained

SIZES = Sizes(vocab=9, embed=24, heads=6, hidden=37, layers=3, context=11)
"""No two of the tensors of such a model have the same shape by accident, nor do two mistakes the same number."""


def built(trial: Trial, sizes: Sizes = SIZES) -> tuple[LogitsTrial, nn.Module]:
    """The learner's model, called once, in case it makes its parameters then."""
    trial = LogitsTrial.of(trial, sizes.vocab)
    model = trial.construct(*sizes.arguments(), context_size=sizes.context)
    trial.call(model, torch.zeros(2, 3, dtype=torch.long))
    return trial, model


def words(sizes: Sizes) -> str:
    return f"GPT2({', '.join(map(str, sizes.arguments()))}, context_size={sizes.context})"


def plain(trial: Trial) -> None:
    """Build it and call it in float32, as the learner would."""
    with no_trace(torch.float32):
        model = trial.build(50, 24, 6, 37, 2)
        LogitsTrial.of(trial, 50).call(model, torch.tensor([[2, 15, 22, 45, 3, 0]]))


# Parameters


def right_size(trial: Trial) -> None:
    """The parameters that the exercise names and no others, the token table counted once."""
    trial, model = built(trial)
    tokens = tables(model, SIZES.vocab, SIZES.embed)
    positions = tables(model, SIZES.context, SIZES.embed)
    numbers = len(flat(model)) if trained(model) else 0
    fixed = (SIZES.vocab + SIZES.context + 2) * SIZES.embed
    if len(tokens) == len(positions) == 1 and numbers - fixed in {
        SIZES.layers * (SIZES.block() + biases) for biases in SIZES.biases()
    }:
        return
    slug, where = mistake_of_size(trial, model, tokens, positions, numbers)
    shapes = shortened([f"{name} {tuple(p.shape)}" for name, p in model.named_parameters()]) or "no parameter"
    expected = (
        f"{fixed + SIZES.layers * SIZES.block()} learnable numbers, and more for the biases of the blocks: "
        f"token table {SIZES.vocab} x {SIZES.embed}, position table {SIZES.context} x {SIZES.embed}, "
        f"{SIZES.layers} blocks, last layer norm 2 x {SIZES.embed}"
    )
    raise Wrong(slug, built=words(SIZES), expected=expected, yours=f"{numbers}: {shapes}", where=where)


def mistake_of_size(
    trial: LogitsTrial, model: nn.Module, tokens: list[Table], positions: list[Table], numbers: int
) -> tuple[str, str]:
    """The mistake that the parameters tell by their number and shapes, and where it shows."""
    embed, layers_asked = SIZES.embed, SIZES.layers
    vocab, context = SIZES.vocab * embed, SIZES.context * embed
    blocks = {SIZES.block() + biases for biases in SIZES.biases()}
    rest = numbers - len(tokens) * vocab - len(positions) * context - 2 * embed
    idle = idle_parameters(trial, model)
    idle_numbers = sum(parameter.numel() for parameter in idle.values())
    if len(tokens) > 1 and len(positions) == 1 and not idle:
        return untied(tokens)
    if len(tokens) > 1 and not positions and depends_on_position(trial, model):
        return "context-size-ignored", f"two tables have {SIZES.vocab} rows, and none has {SIZES.context}"
    if not positions and not idle:
        shapes = {tuple(size for size in p.shape if size > 1): name for name, p in model.named_parameters()}
        known = {SIZES.vocab, embed, 2 * embed, 3 * embed, 4 * embed, SIZES.hidden}
        lengths = {n: name for (n, width), name in pairs_of(shapes) if width == embed and n not in known}
        for length, name in lengths.items():
            if length == SIZES.context:
                return "positions-not-learned", f"{name} is kept from learning"
            near = abs(length - SIZES.context) == 1
            slug = "position-table-off-by-one" if near else "context-size-ignored"
            return slug, f"{name} has {length} rows for a context of {SIZES.context}"
        if rest - SIZES.vocab in {0} | {layers_asked * one for one in blocks} or rest in {
            layers_asked * one for one in blocks
        }:
            if not depends_on_position(trial, model):
                return "no-positions", "no parameter has a row for each position"
            return "positions-not-learned", "the logits depend on the position, but no parameter does"
    in_a_list = layers_in_a_list(model)
    if rest == 0 or (in_a_list and rest + 2 * embed <= 2 * embed):
        return "blocks-not-registered", in_a_list or "the numbers of the blocks are missing"
    if rest in blocks:
        return "one-block-for-all", f"the numbers of 1 block, not of {layers_asked}"
    if rest + 2 * embed in {layers_asked * one for one in blocks}:
        return "no-final-norm", f"the {2 * embed} numbers of the last layer norm are missing"
    if rest - SIZES.vocab in {layers_asked * one for one in blocks}:
        return "output-bias", f"{SIZES.vocab} numbers too many, one for each token of the vocabulary"
    for more in (layers_asked - 1, layers_asked + 1, 12, 1, 2):
        if rest in {more * one for one in blocks}:
            return "num-layers-ignored", f"the numbers of {more} blocks, not of {layers_asked}"
    if idle and numbers - idle_numbers <= (SIZES.vocab + SIZES.context + 2) * embed + layers_asked * max(blocks):
        return "unused-parameters", f"nothing depends on {shortened(list(idle))}"
    if len(tokens) > 1:
        return untied(tokens)
    return "wrong-parameter-count", f"{abs(rest)} numbers for {layers_asked} blocks of {SIZES.block()} each"


def pairs_of(shapes: dict[tuple[int, ...], str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The shapes that are a table, in either orientation."""
    for shape, name in shapes.items():
        if len(shape) == 2:
            yield shape, name
            yield shape[::-1], name


def untied(tokens: list[Table]) -> tuple[str, str]:
    """How the output weights are less than the token table itself."""
    one, other = tokens[0], tokens[1]
    both = f"two parameters of shape {tuple(one.parameter.shape)} and {tuple(other.parameter.shape)}"
    if one.parameter.data_ptr() == other.parameter.data_ptr():
        return "tied-through-data", f"{both} that lie in the same memory"
    if torch.equal(one.read(), other.read()):
        return "copied-once", f"{both}, equal until the first training step"
    return "not-tied", both


def idle_parameters(trial: LogitsTrial, model: nn.Module) -> dict[str, nn.Parameter]:
    """The trained parameters that take no part in the logits."""
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    result = trial.call(model, some_ids(2, 5))
    found = gradients(result, list(named.values())) if named else ()
    return {name: p for (name, p), slope in zip(named.items(), found, strict=True) if slope is None}


def depends_on_position(trial: LogitsTrial, model: nn.Module) -> bool:
    """Whether the same token gets other logits elsewhere, in a text that has no other token."""
    logits = trial.call(model, torch.full((1, 6), 3))
    return not all_close(logits[:, 1:], logits[:, :1].expand(-1, 5, -1))


def layers_in_a_list(model: nn.Module) -> str:
    """Where modules lie in a plain list or dict, which hides them from parameters(); empty if nowhere."""
    for name, module in model.named_modules():
        for attribute, value in vars(module).items():
            if attribute.startswith("_") or not isinstance(value, list | tuple | dict):
                continue
            inside = value.values() if isinstance(value, dict) else value
            if any(isinstance(item, nn.Module) for item in inside):
                return f"{'.'.join(filter(None, ['self', name, attribute]))} is a Python {type(value).__name__}"
    return ""


def some_ids(batch: int, sequence: int, vocab: int = SIZES.vocab) -> Tensor:
    return torch.randint(vocab, (batch, sequence))


# Blocks


def right_blocks(trial: Trial) -> None:
    """The block of a model with one layer is GPT-2's."""
    sizes = replace(SIZES, layers=1, context=160)
    _, model = built(trial, sizes)
    found = one_block(model, sizes)
    if found is None:
        return
    try:
        block.judge_block(trial, found.parts, found.run, sizes.embed, sizes.heads, sizes.hidden)
    except Wrong as wrong:
        known = next(
            (exercise.mistake(wrong.slug) for exercise in block.EXERCISES if exercise.name == "GPT2Block"), None
        )
        title = wrong.title or (known.title if known else "not right yet")
        question = wrong.question or (known.hint if known else "")
        wrong.title, wrong.question = f"its blocks are not right: {title}", question
        raise


# Embeddings, last layer norm, output


@dataclass(frozen=True)
class Laid:
    """A model whose parts have been found."""

    trial: LogitsTrial
    model: nn.Module
    token: Table
    position: Table
    first_tokens: Tensor
    silenced: list[nn.Parameter]

    def ends(self) -> Ends:
        """The ends that the model has while its last layer norm is new."""
        return self.ends_with(torch.ones(SIZES.embed), torch.zeros(SIZES.embed))

    def ends_with(self, scale: Tensor, shift: Tensor) -> Ends:
        """The ends with this last layer norm."""
        return Ends(self.token.read().clone(), self.position.read().clone(), scale, shift)

    def final_norm(self) -> FinalNorm | None:
        """Where the numbers of the last layer norm are, while it is new and the blocks are silent."""
        ids = some_ids(3, 5)
        logits = self.trial.call(self.model, ids)
        return find_final_norm(self.model, logits, ids, self.ends(), [self.token, self.position])


def laid_out(trial: Trial) -> Laid:
    """A model with random tables and no weights else."""
    trial, model = built(trial)
    (token,), (position,) = (tables(model, rows, SIZES.embed) for rows in (SIZES.vocab, SIZES.context))
    first_tokens = token.read().clone()
    silenced = silence(model, [token, position])
    for table in (token, position):
        table.read().copy_(torch.randn(table.read().shape))
    return Laid(trial, model, token, position, first_tokens, silenced)


def ids_to_try(setting: str) -> list[Probe]:
    def drawn(batch: int, sequence: int, note: str = "") -> Probe:
        return Probe(f"ids of shape {(batch, sequence)}{note}{setting}", (some_ids(batch, sequence),))

    return [
        drawn(2, 5),
        drawn(3, 7),
        Probe(f"ids [[0, 8, 0, 0]]{setting}", (torch.tensor([[0, 8, 0, 0]]),)),
        drawn(1, 1),
        drawn(4, 2),
        drawn(2, SIZES.context, ", a full context"),
    ]


def right_ends(trial: Trial) -> None:
    """With all weights of the blocks 0, the logits are norm(token + position) @ token.T."""
    laid = laid_out(trial)
    setting = "; all weights 0 but those of the two tables"
    judge_ends(laid, laid.ends(), setting)
    norm = laid.final_norm()
    if norm is None:
        judge_misplaced_norm(laid)
    norm.write(*tried_norm())
    ends = laid.ends_with(*tried_norm())
    judge_ends(laid, ends, f"{setting} and of the last layer norm")
    judge_gradient(laid, ends)
    judge_other_norms(laid, norm, ends)


def judge_misplaced_norm(laid: Laid) -> None:
    """Raise Wrong for a model whose last layer norm does not act on the logits as it should."""
    fill_the_rest(laid, None)
    modules = block_modules(laid.model, SIZES)
    if len(modules) == SIZES.layers:
        judge_chain(laid, laid.ends(), modules)
    title = "the scale and the shift of the last layer norm do not act on the logits as they should"
    raise Wrong("final-norm-misplaced", title, input="ids of shape (3, 5); all weights 0 but those of the two tables")


def judge_other_norms(laid: Laid, norm: FinalNorm, ends: Ends) -> None:
    """Raise Wrong if the scales of the other layer norms matter, although the weights behind them are 0."""
    ids = some_ids(2, 5)
    for parameter in trained(laid.model):
        if parameter is not laid.token.parameter and parameter is not laid.position.parameter:
            last = torch.zeros(parameter.numel(), dtype=torch.bool)
            last[[index for owner, index in norm.numbers if owner is parameter]] = True
            others = (parameter.data == 1) & ~last.view(parameter.shape)
            parameter.data[others] = 1 + 0.5 * torch.randn(int(others.sum()))
    came, expected = laid.trial.call(laid.model, ids).detach(), model_logits(ids, ends)
    if not all_close(came, expected):
        wanted, yours = first_difference(expected, came, tolerance())
        words = "ids of shape (2, 5); all weights 0 but those of the two tables and of the layer norms"
        raise Wrong("post-norm", input=words, expected=wanted, yours=yours)


def tried_norm() -> tuple[Tensor, Tensor]:
    """The scale and shift that the last layer norm is tried with."""
    scale, shift = torch.randn(2, SIZES.embed, generator=torch.Generator().manual_seed(1))
    return 1 + 0.5 * scale, shift


def judge_ends(laid: Laid, ends: Ends, setting: str) -> None:
    tried = ids_to_try(setting)

    def variant(**choices) -> Iterator[Tensor]:
        return (model_logits(*probe.inputs, ends, **choices) for probe in tried)

    copied = Mistake("copied-once", "", "", ({"table": lambda token: laid.first_tokens},))
    judge(
        laid.trial,
        laid.model,
        tried,
        variant,
        (*ENDS_MISTAKES, *OUTPUT_MISTAKES, *BETWEEN_MISTAKES, copied),
        (lambda: output_of_its_own(laid, ends),),
        laid.model,
    )


def output_of_its_own(laid: Laid, ends: Ends) -> Wrong | None:
    """A fault if the logits are a linear function of what the output layer should read, but not by the token table."""
    ids = some_ids(8, SIZES.context - 1)
    hidden = model_logits(ids, ends, table=lambda token: torch.eye(SIZES.embed)).flatten(0, 1)
    logits = laid.trial.call(laid.model, ids).detach().flatten(0, 1)
    weights = torch.linalg.lstsq(hidden, logits).solution
    if not logits.isfinite().all() or not all_close(hidden @ weights, logits) or not logits.any():
        return None
    return Wrong("not-tied", where="the output layer has weights that are not the token table")


def judge_gradient(laid: Laid, ends: Ends) -> None:
    """The gradients of the two tables are the oracle's: through the lookup and, for tokens, through the output."""
    ids = torch.tensor([[0, 3, 8, 0, 5], [2, 0, 1, 7, 7]])
    weights = torch.randn(2, 5, SIZES.vocab)
    token, position = (table.clone().requires_grad_() for table in (ends.token, ends.position))
    right = model_logits(ids, Ends(token, position, ends.scale, ends.shift))
    wanted = torch.autograd.grad(right, (token, position), weights)
    came = laid.trial.call(laid.model, ids)
    found = gradients(came, [laid.token.parameter, laid.position.parameter], weights)
    names = ("the token table", "the position table")
    for name, table, mine, expected in zip(names, (laid.token, laid.position), found, wanted, strict=True):
        mine = torch.zeros_like(table.parameter) if mine is None else mine
        mine = replace(table, parameter=nn.Parameter(mine)).read()
        if all_close(mine, expected):
            continue
        wrong_rows = [row for row in range(len(expected)) if not all_close(mine[row], expected[row])]
        slug = "padding-token" if wrong_rows == [0] and name == names[0] else "detached"
        wanted_text, yours = first_difference(expected, mine, tolerance())
        raise Wrong(
            slug,
            "" if slug == "padding-token" else f"the gradient of {name} is wrong",
            expected=f"gradient of {name} {wanted_text}",
            yours=yours,
        )


# The chain of blocks


def right_chain(trial: Trial) -> None:
    """The stream passes through every block once, and all of them are of one kind."""
    laid = laid_out(trial)
    norm = laid.final_norm()
    fill_the_rest(laid, norm)
    ends = laid.ends_with(*tried_norm())
    modules = block_modules(laid.model, SIZES)
    if len(modules) == SIZES.layers:
        judge_chain(laid, ends, modules)
        same_kind(laid, modules)
    judge_text(laid)


def right_eps(trial: Trial) -> None:
    """The last layer norm is right for a tiny stream too; all else has been looked at, so that only its eps is left."""
    laid = laid_out(trial)
    norm = laid.final_norm()
    if norm is None:
        return
    norm.write(*tried_norm())
    for times in (0.003, 0.1):
        for table in (laid.token, laid.position):
            table.read().mul_(times)
        ids = some_ids(2, 5)
        came = laid.trial.call(laid.model, ids).detach()
        expected = model_logits(ids, laid.ends_with(*tried_norm()))
        if not all_close(came, expected):
            wanted, yours = first_difference(expected, came, 1e-9)
            words = "ids of shape (2, 5); tables of tiny numbers, all other weights 0 but those of the last layer norm"
            raise Wrong("layer-norm-eps", input=words, expected=wanted, yours=yours)


def fill_the_rest(laid: Laid, norm: FinalNorm | None) -> None:
    """Random numbers for the blocks, and `tried_norm` for the last layer norm.

    Without a last layer norm that can be told from the others, all of them stay as they are.
    """
    generator = torch.Generator().manual_seed(2)
    tables_kept = (laid.token.parameter, laid.position.parameter)
    filled = laid.silenced if norm is None else [p for p in trained(laid.model) if all(p is not t for t in tables_kept)]
    new = [owner.data.view(-1)[index].item() for owner, index in norm.numbers] if norm else []
    for parameter in filled:
        parameter.data.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
    if norm is not None:
        for (owner, index), number in zip(norm.numbers, new, strict=True):
            owner.data.view(-1)[index] = number
        norm.write(*tried_norm())


def judge_chain(laid: Laid, ends: Ends, modules: list[nn.Module]) -> None:
    """Compare with the oracle that chains the learner's own blocks, in the order in which they are called."""
    shapes = ((2, 5), (1, 1), (3, SIZES.context))
    tried = [Probe(f"ids of shape {shape}, all weights drawn at random", (some_ids(*shape),)) for shape in shapes]
    blocks = [blocks_called(laid, modules, *probe.inputs) for probe in tried]
    if None in blocks:
        return

    def variant(**choices) -> Iterator[Tensor]:
        for probe, mine in zip(tried, blocks, strict=True):
            with torch.no_grad():
                yield model_logits(*probe.inputs, ends, mine, **choices)

    judge(laid.trial, laid.model, tried, variant, (*CHAIN_MISTAKES, *SCALE_MISTAKES), module=laid.model)


def blocks_called(laid: Laid, modules: list[nn.Module], ids: Tensor) -> list[Layer] | None:
    """The blocks as functions of the stream alone, in the order of their first calls on these ids.

    None if they cannot be run alone: no module is the block, or it gets something else than the stream of all ids.
    """
    with watched(modules) as calls:
        laid.trial.call(laid.model, ids)
    first = {call.module: call for call in reversed(calls) if first_stream(call.result) is not None}
    if not first or any(call.shape() not in (ids.shape, ids.T.shape) for call in calls):
        return None
    if len(first) < len(modules):
        idle = [name for name, module in laid.model.named_modules() if module in set(modules) - set(first)]
        raise Wrong("blocks-skipped", where=f"never called: {shortened(idle)}")

    def run(module: nn.Module, arguments: tuple, options: dict) -> object:
        return laid.trial.run(module, *arguments, facts={}, **options)

    called = dict.fromkeys(call.module for call in calls)
    return [layer(first[module], run, *ids.shape) for module in called]


def same_kind(laid: Laid, modules: list[nn.Module]) -> None:
    """Raise Wrong if two blocks with the same weights do different things: the first was judged for all of them."""
    first = list(modules[0].parameters())
    if any([p.shape for p in module.parameters()] != [p.shape for p in first] for module in modules):
        return
    for module in modules[1:]:
        for mine, original in zip(module.parameters(), first, strict=True):
            mine.data.copy_(original.data)
    x = torch.randn(2, 5, SIZES.embed)
    results = [run(x).detach() for run in blocks_called(laid, modules, some_ids(2, 5)) or ()]
    for number, result in enumerate(results):
        if not all_close(result, results[0]):
            expected, yours = first_difference(results[0], result, tolerance())
            where = f"x of shape (2, 5, {SIZES.embed}), given to the first block and to block {number}"
            raise Wrong("blocks-differ", input=where, expected=expected, yours=yours)


def judge_text(laid: Laid) -> None:
    """What must hold however the model is written: it reads from the left, row by row, and every weight takes part."""
    ids = some_ids(1, 5)
    before = laid.trial.call(laid.model, ids).detach()
    for place in range(5):
        changed = ids.clone()
        changed[0, place] = (changed[0, place] + 4) % SIZES.vocab
        moved = ((laid.trial.call(laid.model, changed) - before).abs() > 1e-9).any(-1)[0]
        if moved[:place].any():
            i = moved.nonzero()[0].item()
            raise Wrong("sees-the-future", where=f"token {place} comes after token {i} and moves its logits")
        if not moved[place:].all():
            i = place + (~moved[place:]).nonzero()[0].item()
            raise Wrong("misses-the-past", where=f"token {place} does not move the logits of token {i}")
    idle = idle_parameters(laid.trial, laid.model)
    if idle:
        raise Wrong("unused-parameters", where=f"nothing depends on {shortened(list(idle))}")


def takes_part(trial: Trial) -> None:
    """Every parameter of a new model takes part, and the logits are finite."""
    trial, model = built(trial)
    logits = trial.call(model, some_ids(2, 5))
    if not logits.isfinite().all():
        raise Wrong("not-finite", input="a new model with its own weights")
    idle = idle_parameters(trial, model)
    if idle:
        raise Wrong("unused-parameters", where=f"nothing depends on {shortened(list(idle))}")


def default_context(trial: Trial) -> None:
    """Without a context_size of its own, the model has 1024 positions."""
    inner = LogitsTrial.of(trial, SIZES.vocab)
    model = trial.construct(*replace(SIZES, layers=1).arguments())
    inner.call(model, some_ids(1, 13))
    if not tables(model, 1024, SIZES.embed):
        shapes = shortened([f"{name} {tuple(p.shape)}" for name, p in model.named_parameters()])
        raise Wrong("context-default", expected=f"a position table of shape (1024, {SIZES.embed})", yours=shapes)


PARTS_MISTAKES = (
    Mistake(
        "not-tied",
        "the output weights are not the token embedding",
        "Which tensor should score token v: a new one, or the one that says what v means? Are they one Parameter?",
    ),
    Mistake(
        "tied-through-data",
        "two parameters share their memory, but they are two",
        "How many gradients do two parameters have, and how many has one? What does assigning .data leave as it was?",
    ),
    Mistake(
        "copied-once",
        "the output weights are a copy of the token embedding",
        "After one training step, are a tensor and its copy still equal?",
    ),
    Mistake(
        "output-bias",
        "the output layer has a bias",
        "Which argument of nn.Linear leaves the bias out?",
    ),
    Mistake(
        "positions-not-learned",
        "the positions are not learned",
        "GPT-2 learns a vector for each position. Which layer keeps a learned vector for each whole number?",
    ),
    Mistake(
        "context-size-ignored",
        "the position table does not have context_size rows",
        "On which line does context_size say how many positions there are?",
    ),
    Mistake(
        "position-table-off-by-one",
        "the position table has one row too few or too many",
        "Positions run from 0 to context_size - 1. How many are these?",
    ),
    Mistake(
        "context-default",
        "context_size is not 1024 when none is given",
        "Which default does the exercise's signature give to context_size?",
    ),
    Mistake(
        "one-block-for-all",
        "one block is used for every layer",
        "How often does [GPT2Block(...)] * 3 call GPT2Block?",
    ),
    Mistake(
        "blocks-not-registered",
        "the blocks are not part of the model",
        "Which container makes modules known to parameters(), so that an optimiser can train them?",
    ),
    Mistake(
        "num-layers-ignored",
        "it has another number of blocks than num_layers",
        "On which line does num_layers say how many blocks there are?",
    ),
    Mistake(
        "blocks-differ",
        "two blocks with the same weights do different things",
        "Which line makes one layer treat the stream differently from another?",
    ),
    Mistake(
        "sees-the-future",
        "a token sees tokens that come after it",
        "Which part of the model moves numbers from one token to another, and what must hide the future there?",
    ),
    Mistake(
        "misses-the-past",
        "a token does not see all that came before it",
        "Which part of the model moves numbers from one token to another?",
    ),
    Mistake(
        "unused-parameters",
        "some weights take no part",
        "On which line of forward is each of your layers used?",
    ),
    Mistake(
        "wrong-parameter-count",
        "it has the wrong number of parameters",
        "Which tables and layers does the exercise name, and of which sizes?",
    ),
    Mistake(
        "last-token-only",
        "only the last token gets logits",
        "Training learns from every position. What shape do the logits have when each token gets its own?",
    ),
    Mistake(
        "layer-norm-eps",
        "eps inside a layer norm is not 1e-5 added to the variance",
        "What does your layer norm make of a token whose numbers are tiny, or all equal?",
    ),
    Mistake(
        "picks-a-token",
        "it returns a choice of tokens, not their scores",
        "Which lesson chooses the next token, and what does it need from the model?",
    ),
)

WHOLE_MODEL = Exercise(
    name="GPT2",
    lesson="04_gpt2",
    form="class",
    properties=(plain, right_size, right_blocks, right_ends, right_chain, right_eps, takes_part, default_context),
    mistakes=(*PARTS_MISTAKES, *ENDS_MISTAKES, *CHAIN_MISTAKES, *OUTPUT_MISTAKES),
    hints=(
        "Read the model from ids to logits: look up tokens, add positions, pass through the blocks one after the "
        "other, normalise, score. Which of these steps own parameters, and which one borrows them?",
        "x = token_embedding(ids) + position_embedding(0 .. sequence - 1); x = block(x) for every block; "
        "logits = final_norm(x) @ token weights transposed. The blocks lie in an nn.ModuleList.",
        "torch.arange(ids.shape[1], device=ids.device) are the positions. To tie: output.weight = "
        "token_embedding.weight, after which both names mean one nn.Parameter.",
    ),
    needs=("GPT2Block", "GPT2LayerNorm", "MultiHeadSelfAttention", "PositionWiseFeedForward", "GPT2OutputLayer"),
)
