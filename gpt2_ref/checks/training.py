"""Lesson 11: cross_entropy, train_step and learning_rate."""

from gpt2_ref.checks.engine import Exercise
from gpt2_ref.checks.training_interface import in_this_order
from gpt2_ref.checks.training_loss import loss_gradient, loss_values, of_a_loss, other_layouts, plain_loss
from gpt2_ref.checks.training_loss_oracle import LOSS_MISTAKES
from gpt2_ref.checks.training_rate import plain_rate, rate_interface, rate_values
from gpt2_ref.checks.training_rate_mistakes import RATE_MISTAKES
from gpt2_ref.checks.training_step import no_limit, plain_steps, step_interface, steps_as_they_should_be
from gpt2_ref.checks.training_step_mistakes import STEP_MISTAKES

EXERCISES = (
    Exercise(
        name="cross_entropy",
        lesson="11_training",
        form="function",
        properties=(
            in_this_order("logits", "targets"),
            *map(of_a_loss, (loss_values, plain_loss, loss_gradient, other_layouts)),
        ),
        mistakes=LOSS_MISTAKES,
        hints=(
            "Three steps: the logarithms of all probabilities, the one of the token that came at each position, minus "
            "their mean. Along which axis do the probabilities of one position lie?",
            "The logarithm of a softmax needs no softmax: subtract from each logit the logarithm of the sum of the "
            "exponentials of its row. One call does this without overflow. Then one number is picked from each row, "
            "and of all of them the mean is taken.",
            "logits.logsumexp(dim=-1, keepdim=True) is what to subtract; logs.gather(-1, targets.unsqueeze(-1)) picks "
            "the logarithm of each target, with an axis of length 1 at the end.",
        ),
        shortcuts={"cross_entropy": "F.cross_entropy", "nll_loss": "F.nll_loss"},
    ),
    Exercise(
        name="train_step",
        lesson="11_training",
        form="function",
        properties=(
            in_this_order("model", "optimizer", "input_ids", "targets", "max_norm"),
            step_interface,
            steps_as_they_should_be,
            plain_steps,
            no_limit,
        ),
        mistakes=STEP_MISTAKES,
        hints=(
            "Five steps: forget old gradients, compute the loss, compute the gradients, clip them, let the optimiser "
            "move the parameters. In which order must they come, and which number do you keep to return?",
            "optimizer.zero_grad(), then the loss of model(input_ids), then loss.backward(). Now every parameter has "
            "its gradient: all of them together may be max_norm long. Then optimizer.step(), and the loss is returned.",
            "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm) measures all gradients together and shortens "
            "them if they are too long; loss.item() is the number without its graph.",
        ),
        needs=("cross_entropy",),
    ),
    Exercise(
        name="learning_rate",
        lesson="11_training",
        form="function",
        properties=(
            in_this_order("step", "num_steps", "warmup_steps", "peak", "final"),
            rate_interface,
            rate_values,
            plain_rate,
        ),
        mistakes=RATE_MISTAKES,
        hints=(
            "Three parts, one after the other: a straight line up, half a cosine down, a flat end. Which comparisons "
            "of step tell you in which part you are?",
            "In the warm-up: the share (step + 1) / warmup_steps of the peak. After it: which share of the way from "
            "warmup_steps to num_steps is done, 0 at its beginning and 1 at its end? From num_steps on: final.",
            "share = (1 + math.cos(math.pi * done)) / 2 falls from 1 to 0 while done goes from 0 to 1; the rate is "
            "final plus that share of peak - final.",
        ),
    ),
)
