"""What the pages of visits show: one visit, rows of a list, both versions of a conflict, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from kb.i18n import translator
from kb.usecases.plan_words import Words, hours_text
from kb.usecases.register import Changed
from kb.usecases.register_kinds import Choice, Wording, Wrong
from kb.usecases.visit_fields import STATES, VISITS
from kb.usecases.visit_reading import KeptVisit
from kb.usecases.visit_states import DONE, states_from
from planner.model import VisitState

EDITED = ("day", "technician", "state", "locked", "notes")
"""Fields of the planner's form."""
REPORTED = ("state", "done_on", "done_plans", "notes")
"""Fields of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """What a visit serves on one machine.

    Args:
        done: Whether it was done; None while nobody has reported.
    """

    plan: str
    tag: str
    level: str
    due: str
    done: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCard:
    """A visit with everything that its pages show."""

    key: str
    href: str
    plan_href: str
    day_text: str
    hours: str
    window: str
    state: str
    state_code: str
    customer: str
    site: str
    site_code: str
    technician: str
    done_on: str
    locked: bool
    open: bool
    partly_done: bool
    dropped: bool
    notes: str
    revision: int
    work: tuple[WorkRow, ...]
    left: tuple[WorkRow, ...]
    follow_up: str
    follow_up_href: str
    follows: str
    follows_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One field of two versions."""

    label: str
    yours: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether the versions are not the same."""
        return self.yours.split() != self.theirs.split()


def visit_address(key: str) -> str:
    """Return the address of the page on which a visit is reported and changed."""
    return f"/visits/{quote(key, safe='')}"


def visit_card(kept: KeptVisit, wording: Wording) -> VisitCard:
    """Return what the pages show of a visit."""
    words = Words(wording.language)
    visit, names = kept.visit, kept.names
    reported = kept.state in DONE

    def rows(*, left_only: bool) -> tuple[WorkRow, ...]:
        return tuple(
            WorkRow(
                plan=names.plan(one),
                tag=names.tags.get(one.equipment_id, one.equipment_id),
                level=words.level(one.level),
                due=one.due.isoformat(),
                done=one not in kept.left if reported else None,
            )
            for one in (kept.left if left_only else kept.all_occurrences)
        )

    return VisitCard(
        key=kept.key,
        href=visit_address(kept.key),
        plan_href=f"/plan/visits/{quote(kept.key, safe='')}",
        day_text=words.day(visit.day),
        hours=hours_text(visit.hours),
        window=f"{visit.earliest} – {visit.latest}",
        state=words.state(kept.state),
        state_code=kept.state.value,
        customer=names.customer_names.get(visit.site_id, ""),
        site=names.site_names.get(visit.site_id, visit.site_id),
        site_code=names.sites.get(visit.site_id, visit.site_id),
        technician=names.technician_names.get(visit.technician_id or "", ""),
        done_on=words.day(kept.done_on) if kept.done_on else "",
        locked=visit.locked,
        open=kept.is_open,
        partly_done=kept.state is VisitState.PARTLY_DONE and not kept.dropped,
        dropped=kept.dropped,
        notes=kept.notes,
        revision=kept.revision,
        work=rows(left_only=False),
        left=rows(left_only=True),
        follow_up=kept.follow_up,
        follow_up_href=visit_address(kept.follow_up),
        follows=kept.follows,
        follows_href=visit_address(kept.follows),
    )


def typed_of(kept: KeptVisit, wording: Wording) -> dict[str, str]:
    """Return a visit's values as they stand in a form."""
    return {
        one.name: str(value or "")
        if isinstance(one.kind, Choice)
        else ("yes" if value else "no")
        if isinstance(value, bool)
        else one.kind.text(value, wording)
        for one in VISITS.fields
        for value in (kept.values[one.name],)
    }


def state_options(kept: KeptVisit, wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return the states that a planner may choose: where it stands, and where it may come without being done."""
    ways = [kept.state, *(one for one in states_from(kept.state) if one not in DONE)]
    return tuple((one.value, wording.pick(STATES[one.value])) for one in ways)


def sides(
    typed: Mapping[str, str], kept: KeptVisit, fields: Sequence[str], wording: Wording
) -> tuple[Side, ...]:
    """Return both versions of the fields that a form has, and of the state, side by side."""
    theirs = typed_of(kept, wording)
    return tuple(
        Side(
            label=wording.pick(VISITS.field(name).title),
            yours=_told(name, typed.get(name, theirs[name]), wording),
            theirs=_told(name, theirs[name], wording),
        )
        for name in dict.fromkeys((*fields, "state", "done_on", "day", "technician"))
    )


def history_rows(entries: Sequence[Changed], wording: Wording) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return when, who, and each changed field in words."""
    say = translator(wording.language)
    titles = {one.name: wording.pick(one.title) for one in VISITS.fields}
    return [
        (
            f"{one.at.astimezone(wording.zone):%Y-%m-%d %H:%M}",
            one.who,
            tuple(
                f"{titles.get(name, say('Counted as passed'))}: "
                f"{_told(name, old, wording) or '—'} → {_told(name, new, wording) or '—'}"
                for name, old, new in one.fields
            ),
        )
        for one in entries
    ]


def _told(name: str, value: object, wording: Wording) -> str:
    """Return a value of a form or of the history in words."""
    if name == "passed":
        states = value if isinstance(value, list) else []
        return ", ".join(wording.pick(STATES[one]) for one in states if one in STATES)
    if value in (None, "", []):
        return ""
    kind = VISITS.field(name).kind
    try:
        return kind.text(kind.read(value, wording), wording)
    except Wrong:  # what was typed is shown as it is
        return str(value)
