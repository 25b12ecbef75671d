"""A report that a visit was done, whole or in part: what was done, on which day, and what that takes from others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from kb.usecases.register_checking import Flaw
from kb.usecases.register_kinds import Wrong
from kb.usecases.visit_consequences import CONFIRM
from kb.usecases.visit_fields import VisitWrong
from kb.usecases.visit_reading import KeptVisit
from kb.usecases.visit_states import DONE, OPEN
from kb.usecases.visit_surroundings import Around
from planner.model import Occurrence, Visit, VisitState


def flaw_of(field: str, what: str, repair: str, kept: KeptVisit, **values: object) -> Flaw:
    """Return the flaw of a field; its sentence may name the visit's `{state}`."""
    return Flaw(field=field, wrong=VisitWrong(what, repair, state=kept.state, **values))


def parts_done(
    kept: KeptVisit, wanted: Mapping[str, Any], before: Mapping[str, Any], state: VisitState
) -> tuple[tuple[Occurrence, ...], list[Flaw]]:
    """Return what was done, and what is wrong with how it was told."""
    every = kept.all_occurrences
    codes = kept.names.plan_codes(every)
    done: list[str] = wanted["done_plans"]
    if kept.state in DONE and state is kept.state:
        if done and done != before["done_plans"]:
            flaw = flaw_of(
                "done_plans",
                "was reported already",
                "leave {plans}",
                kept,
                plans=", ".join(before["done_plans"]),
            )
            return kept.visit.occurrences, [flaw]
        return kept.visit.occurrences, []
    if unknown := [one for one in done if one not in codes]:
        flaw = flaw_of(
            "done_plans", "{plans} are no plans of this visit", "use some of {codes}", kept,
            plans=", ".join(unknown), codes=", ".join(codes),
        )  # fmt: skip
        return every, [flaw]
    parts = tuple(one for one in every if kept.names.plan(one) in done)
    if state is VisitState.DONE:
        # From partly done the field still names the first part; finishing it means all.
        if done and len(parts) < len(every) and kept.state is not VisitState.PARTLY_DONE:
            missing = ", ".join(one for one in codes if one not in done)
            flaw = flaw_of(
                "done_plans", "leaves out {plans}", "report it partly done, or leave it empty", kept,
                plans=missing,
            )  # fmt: skip
            return every, [flaw]
        return every, []
    if not parts:
        flaw = flaw_of(
            "done_plans", "names nothing that was done", "name some of {codes}, or report it missed", kept,
            codes=", ".join(codes),
        )  # fmt: skip
        return every, [flaw]
    if len(parts) == len(every):
        return every, [flaw_of("done_plans", "names everything", "report it done", kept)]
    return parts, []


def day_flaws(
    done_on: date | None, parts: Sequence[Occurrence], around: Around, today: date
) -> Iterator[Flaw]:
    """Yield what is wrong with the day on which `parts` were done."""
    if done_on is None:
        yield Flaw(field="done_on", wrong=Wrong("is missing", "give the day on which it was done"))
        return
    if done_on > today:
        wrong = Wrong("{day} lies in the future", "give a day up to {today}", day=done_on, today=today)
        yield Flaw(field="done_on", wrong=wrong)
    for id in sorted({one.equipment_id for one in parts}):
        machine = around.equipment.get(id)
        if machine is not None and machine.commissioned is not None and done_on < machine.commissioned:
            wrong = Wrong(
                "{day} lies before the commissioning of {tag} on {commissioned}",
                "give a later day",
                day=done_on,
                tag=machine.tag,
                commissioned=machine.commissioned,
            )
            yield Flaw(field="done_on", wrong=wrong)


def day_outside(done_on: date, parts: Sequence[Occurrence]) -> Iterator[Flaw]:
    """Yield a warning where the day done lies outside the windows of what was done."""
    if not parts:  # an urgent job serves no due date, so no window binds it
        return
    earliest = max(one.earliest for one in parts)
    latest = min(one.latest for one in parts)
    if not earliest <= done_on <= latest:
        wrong = Wrong(
            "{day} lies outside the window {earliest} to {latest}",
            CONFIRM,
            day=done_on,
            earliest=earliest,
            latest=latest,
        )
        yield Flaw(field="done_on", wrong=wrong)


def taken_back_by(
    kept: KeptVisit, around: Around
) -> tuple[tuple[tuple[Visit, tuple[Occurrence, ...]], ...], list[Flaw]]:
    """Return the open visits that have the rest, which was done after all, each with what it keeps."""
    left = {one.key for one in kept.left}
    found, flaws = [], []
    for one in around.following:
        if one.state not in OPEN or one.state is VisitState.BOOKED or one.locked:
            flaws.append(
                flaw_of(
                    "state",
                    "the rest is in the visit {key}, which stands",
                    "report that one",
                    kept,
                    key=one.key,
                )
            )
        else:
            found.append((one, tuple(part for part in one.occurrences if part.key not in left)))
    return tuple(found), flaws
