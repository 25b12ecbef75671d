"""Topics that the field asks for: searches without an answer, repairs that came back, questions that many missed.

Each says how often, and leads to where that can be seen. What is in a plan already is told so, and proposed once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, Literal
from urllib.parse import quote

from kb.content import Library
from kb.errors import NotFound
from kb.i18n import Language, translator
from kb.store import Store
from kb.store import training as rows
from kb.usecases.quiz_statistics import quiz_figures
from kb.usecases.quizzes import results_of
from kb.usecases.register_kinds import Wording
from kb.usecases.reliability import ReliabilityQuery, reliability
from kb.usecases.search_log import unanswered
from kb.usecases.training import PlanItem, add_item
from planner.reliability import WITHIN, Repeat

Source = Literal["query", "repeat", "question"]
SOURCES: tuple[Source, ...] = ("repeat", "query", "question")
LEAST_ASKED = 2
"""A query that one person typed once is no topic yet."""
LEAST_REPEATS = 2
"""Repairs of one kind that came back: one may be chance."""
LEAST_PERSONS = 5
"""Persons who were asked a question before its figures say anything."""
MISSED = 0.6
"""A question that fewer than this share answer rightly was not taught well enough."""
MOST_EACH = 10
"""Topics of each source: more than a department can teach in a year."""
USUAL_HOURS = 2.0
NAMED = 5
"""Examples that a topic names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A proposed topic.

    Args:
        key: Its identity; the same finding has the same key tomorrow.
        title: What it would be called in the plan.
        why: The finding in one sentence.
        count: How often: searches, repairs, wrong answers.
        examples: What it rests on, at most `NAMED`.
        address: The page that shows more.
        course_id: The course that teaches it; empty where none does.
        planned: Id of the line of a plan that came of it; empty where there is none.
        planned_year: That plan's year; 0 where there is none.
    """

    key: str
    source: Source
    title: str
    why: str
    count: int
    examples: tuple[str, ...]
    address: str
    course_id: str = ""
    planned: str = ""
    planned_year: int = 0

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value
            for name in self.__slots__
        }


def topics(
    store: Store, library: Library, *, today: date, zone: tzinfo, language: Language
) -> tuple[Topic, ...]:
    """Return the topics that the last twelve months ask for, by source, the most frequent first.

    Args:
        store: The database.
        library: Has the courses and the code lists.
        today: The last of the days that are looked at.
        zone: Where days begin.
        language: Of titles and sentences.
    """
    found = [
        *_repairs(store, library, today, zone, language),
        *_queries(store, today, language),
        *_questions(store, library, language),
    ]
    with store.reading() as session:
        planned = {origin: (row.id, row.year) for origin, row in rows.origins(session).items()}
    return tuple(
        replace(one, planned=planned[one.key][0], planned_year=planned[one.key][1])
        if one.key in planned
        else one
        for one in found
    )


def plan_topic(
    store: Store,
    library: Library,
    key: str,
    raw: Mapping[str, object],
    *,
    id: str,
    wording: Wording,
    who: str,
    now: datetime,
) -> PlanItem:
    """Put a proposed topic into a plan and return its line; a second time returns the line that is there.

    Args:
        key: The topic's.
        raw: Values of the line; what is left out is the topic's title and course, next month, `USUAL_HOURS` hours.
        id: Of a new line.

    Raises:
        NotFound: Nothing asks for such a topic any more.
        BadInput: Every fault, by field.
    """
    zone = now.tzinfo
    assert zone is not None
    found = topics(store, library, today=now.date(), zone=zone, language=wording.language)
    topic = next((one for one in found if one.key == key), None)
    if topic is None:
        raise NotFound("topic", key[:80])
    month = now.month % 12 + 1
    usual: dict[str, object] = {
        "title": topic.title[:200],
        "course": topic.course_id,
        "year": now.year + (month == 1),
        "month": month,
        "hours": USUAL_HOURS,
        "notes": topic.why,
    }
    evidence: dict[str, Any] = {"count": topic.count, "examples": list(topic.examples), "on": str(now.date())}
    given = {name: value for name, value in raw.items() if value not in (None, "")}
    return add_item(
        store,
        {**usual, **given},
        library=library,
        wording=wording,
        id=id,
        who=who,
        now=now,
        origin=key,
        evidence=evidence,
    )


def _queries(store: Store, today: date, language: Language) -> list[Topic]:
    say = translator(language)
    asked = [one for one in unanswered(store, None, today=today, size=50) if one.asked >= LEAST_ASKED]
    return [
        Topic(
            key=f"query:{one.id}",
            source="query",
            title=say("What to do: {query}").format(query=one.query),
            why=say("Searched {count} times without a good answer, last on {day}.").format(
                count=one.asked, day=one.last_at.date()
            ),
            count=one.asked,
            examples=(one.query,),
            address="/search/unanswered",
        )
        for one in asked[:MOST_EACH]
    ]


def _repairs(store: Store, library: Library, today: date, zone: tzinfo, language: Language) -> list[Topic]:
    say = translator(language)
    found = reliability(store, ReliabilityQuery.of(today=today), zone=zone, today=today)
    jobs = found.by_id()
    groups: dict[tuple[str, str], list[Repeat]] = defaultdict(list)
    for one in found.repeats.get(WITHIN[-1].days, ()):
        groups[one.first.subsystem, one.first.cause].append(one)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    topics = []
    for (subsystem, cause), came_back in ordered[:MOST_EACH]:
        if len(came_back) < LEAST_REPEATS:
            break
        names = [
            _name(library, "subsystems", subsystem, language),
            _name(library, "causes", cause, language) if cause else "",
        ]
        examples = [
            f"{jobs[one.first.id].number} → {jobs[one.again.id].number} ({jobs[one.again.id].machine.tag})"
            for one in came_back
            if one.first.id in jobs and one.again.id in jobs
        ]
        topics.append(
            Topic(
                key=f"repeat:{subsystem}:{cause}",
                source="repeat",
                title=say("Curing it for good: {what}").format(what=" · ".join(filter(None, names))),
                why=say("{count} repairs came back within {days} days in the last twelve months.").format(
                    count=len(came_back), days=WITHIN[-1].days
                ),
                count=len(came_back),
                examples=tuple(examples[:NAMED]),
                address="/reliability",
            )
        )
    return topics


def _questions(store: Store, library: Library, language: Language) -> list[Topic]:
    say = translator(language)
    answered = {one.course_id for one in results_of(store)} & set(library.pages)
    missed: list[tuple[int, Topic]] = []
    for course_id in sorted(answered):
        for one in quiz_figures(store, library, course_id).questions:
            if one.asked < LEAST_PERSONS or one.right is None or one.right >= MISSED:
                continue
            wrong = round(one.asked * (1 - one.right))
            topic = Topic(
                key=f"question:{course_id}:{one.question.id}",
                source="question",
                title=say("Once more: {question}").format(question=one.question.stem)[:200],
                why=say("{wrong} of {asked} persons answered it wrongly.").format(
                    wrong=wrong, asked=one.asked
                ),
                count=wrong,
                examples=(f"{course_id} {one.question.id}",),
                address=f"/courses/{quote(course_id)}/results",
                course_id=course_id,
            )
            missed.append((wrong, topic))
    missed.sort(key=lambda pair: (-pair[0], pair[1].key))
    return [topic for _, topic in missed[:MOST_EACH]]


def _name(library: Library, vocabulary: str, code: str, language: Language) -> str:
    entry = library.vocabularies.lists.get(vocabulary, {}).get(code)
    if entry is None:
        return code
    return entry.zh if language == "zh_CN" else entry.en


def by_source(found: Sequence[Topic]) -> dict[Source, tuple[Topic, ...]]:
    """Return topics by where they come from, every source in its order."""
    return {source: tuple(one for one in found if one.source == source) for source in SOURCES}
