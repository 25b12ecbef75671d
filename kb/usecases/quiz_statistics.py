"""What answers say of the questions: too easy, too hard, misleading, and whether a question tells who knows.

Only the first finished attempt of each person counts: who comes again has read the answers. A question counts as long
as it asks the same; after its text or options have changed, the answers of before are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from kb.content import Library
from kb.content.quiz import QuizItem
from kb.store import Store
from kb.usecases.courses import course
from kb.usecases.quizzes import Answered, QuizResult, results_of

LEAST = 10
"""Answers below which nothing is called easy, hard or misleading: a few people are no measure."""
EASY, HARD = 0.95, 0.3
"""Shares of full answers beyond which a question tells little, or asks what was not taught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An option and how many chose it."""

    text: str
    is_right: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFigures:
    """What the answers to a question say.

    Args:
        asked: How many persons were asked.
        answered: How many of them answered.
        right: Share of those asked whose answer is wholly right; None where nobody was asked.
        discrimination: Correlation of this question's share with the score of all others, from -1 to 1; None where
            it cannot be told. Near 0 or below: who knows the rest does not know this one.
        chosen: Options of a question with options, as often as they were chosen.
        remarks: `too_easy`, `too_hard`, `misleading`; none below `LEAST` persons.
        earlier: Persons who were asked it in other words, and do not count.
    """

    question: QuizItem
    asked: int
    answered: int
    right: float | None
    discrimination: float | None
    chosen: tuple[Chosen, ...]
    remarks: tuple[str, ...]
    earlier: int

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.question.id,
            "kind": self.question.kind,
            "stem": self.question.stem,
            "asked": self.asked,
            "answered": self.answered,
            "right": None if self.right is None else round(self.right, 4),
            "discrimination": None if self.discrimination is None else round(self.discrimination, 4),
            "chosen": [{"text": one.text, "right": one.is_right, "count": one.count} for one in self.chosen],
            "remarks": list(self.remarks),
            "earlier": self.earlier,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizFigures:
    """What all attempts at a course say.

    Args:
        results: Every finished attempt, those begun last first.
        persons: How many persons finished one; the figures of questions are of their first attempts.
        passed: How many of them have passed, at first or later.
        mean: Mean score of the first attempts; None where there is none.
    """

    course_id: str
    results: tuple[QuizResult, ...]
    persons: int
    passed: int
    mean: float | None
    questions: tuple[QuestionFigures, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "course": self.course_id,
            "persons": self.persons,
            "passed": self.passed,
            "mean": None if self.mean is None else round(self.mean, 4),
            "results": [one.json() for one in self.results],
            "questions": [one.json() for one in self.questions],
        }


def quiz_figures(store: Store, library: Library, course_id: str) -> QuizFigures:
    """Return the results of a course and what they say of its questions.

    Raises:
        NotFound: There is no such course.
    """
    page = course(library, course_id)
    results = results_of(store, course_id=course_id)
    firsts = first_attempts(results)
    return QuizFigures(
        course_id=course_id,
        results=results,
        persons=len(firsts),
        passed=len({_who(one) for one in results if one.passed}),
        mean=fmean(one.score for one in firsts) if firsts else None,
        questions=tuple(question_figures(question, firsts) for question in page.quiz),
    )


def first_attempts(results: Sequence[QuizResult]) -> tuple[QuizResult, ...]:
    """Return of each person the attempt that was finished first."""
    found: dict[tuple[str, str], QuizResult] = {}
    for one in sorted(results, key=lambda one: (one.finished, one.id)):
        found.setdefault(_who(one), one)
    return tuple(found.values())


def question_figures(question: QuizItem, firsts: Sequence[QuizResult]) -> QuestionFigures:
    """Return what first attempts say of a question as it stands now."""
    same: list[tuple[Answered, float]] = []
    earlier = 0
    for result in firsts:
        for one in result.answers:
            if one.question.id != question.id:
                continue
            if _asks(one.question) == _asks(question):
                same.append((one, _rest(result, one)))
            else:
                earlier += 1
    asked = len(same)
    right = sum(one.is_right for one, _ in same) / asked if asked else None
    chosen = tuple(
        Chosen(
            text=option.text,
            is_right=option.correct,
            count=sum(option.text in one.given for one, _ in same),
        )
        for option in (question.options if question.kind in {"single", "multiple", "true_false"} else ())
    )
    return QuestionFigures(
        question=question,
        asked=asked,
        answered=sum(one.is_given for one, _ in same),
        right=right,
        discrimination=correlation([one.share for one, _ in same], [rest for _, rest in same]),
        chosen=chosen,
        remarks=_remarks(asked, right, chosen),
        earlier=earlier,
    )


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Return Pearson's correlation; None for fewer than three pairs or where one side never varies."""
    if len(left) < 3:
        return None
    left_mean, right_mean = fmean(left), fmean(right)
    left_spread = sum((one - left_mean) ** 2 for one in left)
    right_spread = sum((one - right_mean) ** 2 for one in right)
    if left_spread < 1e-12 or right_spread < 1e-12:
        return None
    both = sum((a - left_mean) * (b - right_mean) for a, b in zip(left, right, strict=True))
    return both / sqrt(left_spread * right_spread)


def _remarks(asked: int, right: float | None, chosen: Sequence[Chosen]) -> tuple[str, ...]:
    if asked < LEAST or right is None:
        return ()
    found = ["too_easy"] if right > EASY else ["too_hard"] if right < HARD else []
    most_right = max((one.count for one in chosen if one.is_right), default=0)
    if any(one.count > most_right for one in chosen if not one.is_right):
        found.append("misleading")
    return tuple(found)


def _rest(result: QuizResult, one: Answered) -> float:
    """Return the mean of the other answers; 0 for an only question."""
    others = [other.share for other in result.answers if other is not one]
    return fmean(others) if others else 0.0


def _asks(question: QuizItem) -> object:
    """Return what a question asks, whatever is told after it."""
    options = [(option.text, option.correct, option.pair, option.tolerance) for option in question.options]
    return question.kind, question.stem, sorted(options, key=str)


def _who(result: QuizResult) -> tuple[str, str]:
    """Return who answered: a user, or a name that was typed."""
    return (result.user_id, "") if result.user_id else ("", result.person.casefold())
