"""Lesson 12: attention_pattern, induction_score and logit_lens."""

EXERCISES = ()
