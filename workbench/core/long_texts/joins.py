"""The ways to make one answer of what is seen in the windows of a long text, as models keep them."""

MEAN, LARGEST, SOFTLY = "mean", "largest", "log_mean_exp"
JOINS = (MEAN, LARGEST, SOFTLY)
"""Mean of the windows' embeddings; the largest logit that a window gives a category; the logarithm of
the mean of the logits' exponentials, which lies between mean and largest."""


def join_named(name: str) -> str:
    """The way that a model keeps; models that do not say so take the mean."""
    return name if name in JOINS else MEAN
