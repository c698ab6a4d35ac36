"""What asking costs: usage, how it is estimated, and limits that no call may break."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from autom3l.spec import Prices, SpecLlm

# English has some four bytes to a token, tables and other languages fewer: an estimate
# that errs must err upwards. Each message costs a few tokens besides its text.
BYTES_PER_TOKEN = 3
TOKENS_PER_MESSAGE = 10


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Usage:
    """Answers had, and the tokens sent and received for them."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )

    @property
    def tokens(self) -> int:
        """Sent and received."""
        return self.prompt_tokens + self.completion_tokens

    def cost(self, prices: Prices) -> float:
        """In the currency of the prices, which are per million tokens."""
        sent = self.prompt_tokens * prices.input
        return (sent + self.completion_tokens * prices.output) / 1e6


NOTHING = Usage()


def estimated_tokens(text: str) -> int:
    """How many tokens a text has at the most, by its length in UTF-8."""
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def estimated_call(texts: Iterable[str], answer_tokens: int) -> Usage:
    """The most that one call with these messages may use."""
    prompt = sum(estimated_tokens(text) + TOKENS_PER_MESSAGE for text in texts)
    return Usage(1, prompt, answer_tokens)


def exceeded(limits: SpecLlm, usage: Usage) -> str | None:
    """Which limit the usage would break, in words; `None` where it breaks none."""
    if usage.calls > limits.max_calls:
        return f"llm.max_calls is {limits.max_calls}"
    if usage.tokens > limits.max_tokens:
        text = f"llm.max_tokens is {limits.max_tokens:,}"
        return f"{text}, and {usage.tokens:,} could be needed"
    if limits.max_cost is not None and limits.prices is not None:
        cost = usage.cost(limits.prices)
        if cost > limits.max_cost:
            return f"llm.max_cost is {limits.max_cost:g}, and {cost:.4g} could be due"
    return None
