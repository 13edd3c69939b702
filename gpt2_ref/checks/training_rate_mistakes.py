"""The ways to get learning_rate wrong, as variants of its oracle."""

import math

from gpt2_ref.checks.engine import Mistake


def cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2


def however_it_ends(*variants: dict) -> tuple[dict, ...]:
    """The variants with final held at the end, with the progress kept at 1, and with neither."""
    endings = ({}, {"held": False, "capped": True}, {"held": False})
    return tuple({**variant, **ending} for ending in endings for variant in variants)


RATE_MISTAKES = (
    Mistake(
        "starts-at-zero",
        "the first step has the learning rate 0",
        "With warmup_steps=5, which share of the peak has step 0: 0/5 or 1/5? And step 4?",
        (
            {"warm": lambda step, warmup: step / warmup},
            {"warm": lambda step, warmup: step / warmup, "until": lambda warmup: warmup + 1},
        ),
    ),
    Mistake(
        "warmup-off-by-one",
        "the warm-up is one step too slow or too fast",
        "With warmup_steps=5, at which step is the peak reached for the first time, counted from 0?",
        (
            {"warm": lambda step, warmup: (step + 1) / (warmup + 1)},
            {"warm": lambda step, warmup: (step + 2) / warmup},
            {"warm": lambda step, warmup: (step + 1) / (warmup - 1)},
            {"warm": lambda step, warmup: step / max(1, warmup - 1)},
        ),
    ),
    Mistake(
        "warmup-curve",
        "the warm-up does not rise in equal parts to the peak",
        "With warmup_steps=5, by how much should the rate rise from each step to the next?",
        (
            {"warm": lambda step, warmup: ((step + 1) / warmup) ** 2},
            {"warm": lambda step, warmup: 1 - cosine((step + 1) / warmup)},
        ),
    ),
    Mistake(
        "warmup-too-long",
        "the warm-up goes on for one step and rises above the peak",
        "With warmup_steps=5, which is the last step of the warm-up, counted from 0? Is that < or <=?",
        ({"until": lambda warmup: warmup + 1},),
    ),
    Mistake(
        "no-warm-up",
        "there is no warm-up",
        "What is the learning rate at steps 0, 1 and 2, and how fast should it rise to the peak?",
        however_it_ends(
            {"warm": lambda step, warmup: 1.0},
            {"until": lambda warmup: 0, "progress": lambda step, warmup, last: step / last},
            {"until": lambda warmup: 0},
        ),
    ),
    Mistake(
        "warmup-from-final",
        "the warm-up starts from final",
        "Which share of which number has step 0 of the warm-up? Does final occur in that line?",
        (
            {"risen": lambda peak, final, share: final + (peak - final) * share},
            {"risen": lambda peak, final, share: max(final, peak * share)},
        ),
    ),
    Mistake(
        "warmup-integers",
        "the warm-up divides whole numbers and drops the rest",
        "What is 3 // 5 in Python, and what is 3 / 5?",
        ({"warm": lambda step, warmup: (step + 1) // warmup}, {"warm": lambda step, warmup: step // warmup}),
    ),
    Mistake(
        "cosine-counts-warmup",
        "the cosine counts the steps of the warm-up too",
        "At step == warmup_steps nothing of the cosine should be over. How many steps does it have left there, and "
        "how many has it done?",
        however_it_ends(
            {"progress": lambda step, warmup, last: step / last},
            {"progress": lambda step, warmup, last: (step - warmup) / last},
            {"progress": lambda step, warmup, last: step / (last - warmup)},
            {"progress": lambda step, warmup, last: (step + 1) / last},
            {"progress": lambda step, warmup, last: step / last, "product": True},
            {"product": True},
        ),
    ),
    Mistake(
        "cosine-off-by-one",
        "the cosine is one step early or late",
        "At step == warmup_steps the rate is peak, at step == num_steps it is final. What is the progress at both?",
        however_it_ends(
            {"progress": lambda step, warmup, last: (step - warmup + 1) / (last - warmup)},
            {"progress": lambda step, warmup, last: (step - warmup) / max(1, last - warmup - 1)},
            {"progress": lambda step, warmup, last: (step - warmup + 1) / (last - warmup + 1)},
            {"progress": lambda step, warmup, last: (step - warmup) / (last - warmup + 1)},
            {"progress": lambda step, warmup, last: (step - warmup - 1) / (last - warmup)},
        ),
    ),
    Mistake(
        "counts-from-one",
        "the whole schedule is one step early or late",
        "The first step has the number 0. What does your schedule give there, and is it meant for that step?",
        ({"moved": lambda step, last: step + 1}, {"moved": lambda step, last: max(0, step - 1)}),
    ),
    Mistake(
        "full-period",
        "the cosine goes down and up again",
        "At which angle is a cosine at its lowest: at pi or at 2 pi?",
        however_it_ends(
            {"curve": lambda done: cosine(2 * done)},
        ),
    ),
    Mistake(
        "quarter-period",
        "it is a quarter of a cosine, not a half",
        "Between which two angles does a cosine fall from 1 to -1? And how do 1 and -1 become 1 and 0?",
        however_it_ends(
            {"curve": lambda done: math.cos(math.pi * done / 2)},
            {"curve": lambda done: cosine(done / 2)},
            {"curve": lambda done: 1 - math.sin(math.pi * done / 2)},
        ),
    ),
    Mistake(
        "cosine-not-moved",
        "the cosine itself is used, which goes from 1 to -1",
        "A cosine goes from 1 to -1; the share that is left should go from 1 to 0. What do you add, and by what do "
        "you divide?",
        however_it_ends(
            {"curve": lambda done: math.cos(math.pi * done)},
            {"curve": lambda done: 1 + math.cos(math.pi * done)},
            {"curve": lambda done: math.cos(math.pi * done) / 2},
            {"curve": lambda done: 1 + math.cos(math.pi * done) / 2},
            {"curve": lambda done: abs(math.cos(math.pi * done))},
            {"curve": lambda done: max(0.0, math.cos(math.pi * done))},
        ),
    ),
    Mistake(
        "cosine-upside-down",
        "the cosine rises from final to peak",
        "At the first step after the warm-up, should the rate be at its highest or at its lowest?",
        however_it_ends(
            {"curve": lambda done: 1 - cosine(done)},
            {"between": lambda peak, final, share: peak + (final - peak) * share},
        ),
    ),
    Mistake(
        "sine",
        "it is a sine",
        "Where does a sine start, and where does a cosine?",
        however_it_ends(
            {"curve": lambda done: (1 + math.sin(math.pi * done)) / 2},
            {"curve": lambda done: math.sin(math.pi * done)},
            {"curve": lambda done: math.sin(math.pi * done / 2)},
        ),
    ),
    Mistake(
        "pi-missing",
        "the angle does not reach pi",
        "math.cos takes radians. At the end of the cosine, which angle is it at?",
        however_it_ends(
            {"curve": lambda done: (1 + math.cos(done)) / 2},
            {"curve": lambda done: (1 + math.cos(180 * done)) / 2},
            {"curve": lambda done: (1 + math.cos(math.degrees(math.pi * done))) / 2},
            {"curve": lambda done: (1 + math.cos(math.radians(math.pi * done))) / 2},
            {"curve": lambda done: (1 + math.cos(3.14 * done)) / 2},
        ),
    ),
    Mistake(
        "linear-decay",
        "it falls in a straight line",
        "Halfway down a straight line and half a cosine agree. Where do they differ, and which one is asked for?",
        however_it_ends(
            {"curve": lambda done: 1 - done},
        ),
    ),
    Mistake(
        "no-decay",
        "the peak is kept after the warm-up",
        "What is the progress halfway down: 0.5, or a whole number, as // makes it? What is the cosine of that?",
        however_it_ends(
            {"curve": lambda done: 1.0},
        ),
    ),
    Mistake(
        "other-curve",
        "it falls along another curve",
        "Which function of the progress is asked for, and what does yours give at a half?",
        however_it_ends(
            {"curve": lambda done: 1 / math.sqrt(1 + done)},
            {"curve": lambda done: (1 - done) ** 2},
            {"curve": lambda done: math.sqrt(max(0.0, 1 - done))},
            {"between": lambda peak, final, share: (max(final, 1e-30) / peak) ** (1 - share) * peak},
            {"curve": lambda done: cosine(done) ** 2},
            {"curve": lambda done: math.exp(-done)},
        ),
    ),
    Mistake(
        "final-ignored",
        "final changes nothing on the way down",
        "Halfway down, the rate lies halfway between which two numbers?",
        (
            {"between": lambda peak, final, share: peak * share},
            {"between": lambda peak, final, share: peak * share, "at_the_end": lambda peak, final: 0.0},
            {"between": lambda peak, final, share: max(final, peak * share)},
        ),
    ),
    Mistake(
        "final-as-share",
        "final is taken as a share of the peak",
        "Is final a learning rate or a factor? With peak=0.001 and final=0.0001, what is the last rate?",
        (
            {
                "between": lambda peak, final, share: peak * (final + (1 - final) * share),
                "at_the_end": lambda peak, final: peak * final,
            },
            {
                "between": lambda peak, final, share: peak * final + peak * share,
                "at_the_end": lambda peak, final: peak * final,
            },
            {"between": lambda peak, final, share: peak * (final + (1 - final) * share)},
        ),
    ),
    Mistake(
        "final-added",
        "final is added to the whole cosine, so that it starts above the peak",
        "The cosine goes from peak to final. Which difference does it have to span?",
        (
            {"between": lambda peak, final, share: final + peak * share},
            {"between": lambda peak, final, share: final + (peak + final) * share},
        ),
    ),
    Mistake(
        "not-held",
        "final is not held after num_steps",
        "What does a cosine do after its lowest point? Which rate is asked for from num_steps on?",
        (
            {"held": False},
            {"at_the_end": lambda peak, final: 0.0},
            {"at_the_end": lambda peak, final: peak},
        ),
    ),
    Mistake(
        "restarts",
        "the cosine starts again after num_steps",
        "What does % do once the step is past num_steps?",
        (
            {"held": False, "progress": lambda step, warmup, last: (step - warmup) % (last - warmup) / (last - warmup)},
            {"held": False, "moved": lambda step, last: step % last},
            {"moved": lambda step, last: step % (last + 1)},
        ),
    ),
    Mistake(
        "no-warm-up-fails",
        "warmup_steps=0 goes wrong",
        "With no warm-up, is there a step whose number is below warmup_steps? Which line divides by it all the same?",
    ),
    Mistake(
        "returns-no-number",
        "it does not return a number",
        "A schedule gives one number for one step. What does your last line hand back?",
    ),
)
