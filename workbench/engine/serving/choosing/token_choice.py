"""What is done to the scores of one answer's next token before it is chosen.

First the model's own scores are kept, if `logprobs` are wanted; then come the bias of single tokens,
the penalties for what has been written, and the form that the answer keeps to. Temperature and
top_p come after that, in whatever draws.
"""

from collections import Counter

import torch

from workbench.engine.serving.choosing.token_logprobs import TokenLogprob, TokenTexts, of_token
from workbench.engine.serving.constraint import Closing, TokenConstraint
from workbench.engine.serving.errors import wrong
from workbench.engine.serving.requests import Sampling

NEVER = float("-inf")


class TokenChoice:
    """Belongs to one answer; `scored` and `accept` take turns."""

    def __init__(
        self,
        sampling: Sampling,
        texts: TokenTexts | None = None,
        constraint: TokenConstraint | None = None,
    ) -> None:
        """`texts` is needed where log-probabilities are asked for."""
        self._sampling, self._texts, self._constraint = sampling, texts, constraint
        self._written: Counter[int] = Counter()
        self._own: torch.Tensor | None = None
        self._allowed: torch.Tensor | None = None
        self.logprobs: list[TokenLogprob] = []
        """Of every token that was accepted, if they are asked for; grows."""

    @property
    def is_needed(self) -> bool:
        """Whether anything is done or kept at all."""
        asked = self._sampling
        return bool(asked.changes_scores or self._texts or self._constraint)

    def scored(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores (vocabulary,) by which the next token is chosen.

        Raises:
            ApiError: 400, a bias is for a token that the model does not have.
            UnusableForm: the form cannot be followed.
        """
        if self._texts is not None:
            self._own = scores.clone()
        if self._sampling.changes_scores:
            scores = self._penalised(self._biased(scores.clone()))
        if self._constraint is not None:
            allowed = self._constraint.mask()[: scores.shape[-1]]
            scores = scores.masked_fill(~allowed.to(scores.device), NEVER)
            self._allowed = scores
        return scores

    def accept(self, token: int, *, ends: bool = False) -> None:
        """The token that was chosen; one that ends the answer is not told."""
        if self._own is not None and self._texts is not None and not ends:
            most = self._sampling.top_logprobs or 0
            self.logprobs.append(of_token(token, self._own, most, self._texts))
        self._written[token] += 1
        if self._constraint is not None and not self._constraint.is_over:
            if isinstance(self._constraint, Closing) and self._allowed is not None:
                self._constraint.note(float(self._allowed.float().log_softmax(-1)[token]))
            self._constraint.accept(token)

    def room(self, tokens: int) -> int:
        """How many tokens the answer gets, where so many are asked for: a form that closes by itself
        needs a few."""
        if isinstance(self._constraint, Closing):
            return self._constraint.limit(tokens)
        return tokens

    @property
    def constraint(self) -> TokenConstraint | None:
        """The form that the answer keeps to."""
        return self._constraint

    @property
    def is_cut(self) -> bool:
        """Whether the form closed what the answer had not finished."""
        return isinstance(self._constraint, Closing) and bool(self._constraint.cut)

    @property
    def is_over(self) -> bool:
        """Whether nothing can follow in the form that the answer keeps to."""
        return self._constraint is not None and self._constraint.is_over

    def _biased(self, scores: torch.Tensor) -> torch.Tensor:
        for token, bias in self._sampling.logit_bias:
            if token >= scores.shape[-1]:
                raise wrong("logit_bias", f"names the token {token}, which this model has not")
            scores[token] += bias
        return scores

    def _penalised(self, scores: torch.Tensor) -> torch.Tensor:
        """OpenAI's penalties: once for what was written at all, and for each time that it was."""
        if not self._written:
            return scores
        tokens = torch.tensor(list(self._written), device=scores.device)
        times = torch.tensor(list(self._written.values()), device=scores.device, dtype=scores.dtype)
        asked = self._sampling
        scores[tokens] -= asked.presence_penalty + asked.frequency_penalty * times
        return scores
