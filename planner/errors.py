"""The errors of `planner`: one tree.

PlannerError
├── InvalidInput      the input breaks a rule; `faults` lists every one
└── NoFeasiblePlan    the input is well formed, yet no plan keeps every hard rule
"""

from collections.abc import Sequence


class PlannerError(Exception):
    """Base of everything that `planner` raises on purpose."""


class InvalidInput(PlannerError):
    """Input that breaks rules. Each fault names the thing, what it has and what it needs.

    Args:
        faults: One sentence for each fault found, at least one.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        if not faults:
            raise ValueError("InvalidInput needs at least one fault")
        super().__init__("; ".join(faults))
        self.faults: tuple[str, ...] = tuple(faults)


class NoFeasiblePlan(PlannerError):
    """No plan keeps every hard rule; the message names the rule and the smallest way out."""
