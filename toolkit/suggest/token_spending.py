"""The tokens that language models have read and written, held to a budget that no request can pass."""

from __future__ import annotations

from threading import Condition

from toolkit.errors import Interrupted
from toolkit.records.base import record


@record
class Prices:
    """What a million tokens cost, in whatever currency.

    Attributes:
        prompt: Tokens that are read.
        answer: Tokens that are written.
    """

    prompt: float = 0.0
    answer: float = 0.0

    def of(self, prompt: int, answer: int) -> float:
        """Return what so many tokens cost.

        Examples:
            >>> Prices(prompt=0.5, answer=2.0).of(1_000_000, 100_000)
            0.7
        """
        return (prompt * self.prompt + answer * self.answer) / 1e6


class Spending:
    """What was spent, and what may be.

    A request is let through only if it would stay within the budget with the longest answer that it may have. Where
    others are under way, whose answers may turn out shorter, it waits for them.

    Args:
        prompt: Tokens of prompts that were spent before.
        answer: Tokens of answers that were spent before.
        budget: The most of both together; None for no limit.

    Attributes:
        prompt: Tokens of prompts that were spent.
        answer: Tokens of answers that were spent.
    """

    def __init__(self, prompt: int = 0, answer: int = 0, *, budget: int | None = None) -> None:
        self.prompt = prompt
        self.answer = answer
        self._budget = budget
        self._reserved: list[int] = []
        self._changed = Condition()

    @property
    def total(self) -> int:
        """Tokens that were spent."""
        return self.prompt + self.answer

    def reserve(self, tokens: int) -> None:
        """Set tokens aside for a request; wait while others under way may leave enough.

        Raises:
            Interrupted: The budget does not allow it.
        """
        with self._changed:
            while self._budget is not None and self.total + sum(self._reserved) + tokens > self._budget:
                if not self._reserved:
                    raise Interrupted(
                        f"the budget of {self._budget:,} tokens (llm.budget) allows no further request: "
                        f"{self.total:,} are spent and one may take {tokens:,}; all answers until now are kept",
                        remedy="raise it and run the same command again",
                    )
                self._changed.wait()
            self._reserved.append(tokens)

    def settle(self, reserved: int, prompt: int = 0, answer: int = 0) -> None:
        """Say what a request took for which tokens were set aside; nothing where it failed."""
        with self._changed:
            self._reserved.remove(reserved)
            self.prompt += prompt
            self.answer += answer
            self._changed.notify_all()
