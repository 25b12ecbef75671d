"""Who may move a page on: which role takes which step of status and confidence, and what the page must have for it.

The table of rights is data; `may_change` reads it and lists every reason against. Roles are given by their names,
because accounts are no matter of the library.

Source:
    KCS v6 Practices Guide, article state: those who write may mark an article as not validated, those trusted to
    publish validate it, and compliance-based content is changed by few. Status words: iiRDS 1.2 content lifecycle.
"""

from collections.abc import Mapping
from typing import TypeVar

from kb.content.pages import CasePage, Confidence, CoursePage, Grade, Page, Status, TermPage
from kb.errors import Fault

Step = TypeVar("Step", Status, Confidence)

ROLES = ("engineer", "editor", "planner", "admin")
"""From least to most; each may do what those before it may."""

_PREPARED, _REVIEW, _APPROVED = Status.IN_PREPARATION, Status.IN_REVIEW, Status.APPROVED
_RELEASED, _WITHDRAWN = Status.RELEASED, Status.WITHDRAWN
STATUS_STEPS: Mapping[tuple[Status, Status], str] = {
    (_PREPARED, _REVIEW): "engineer",
    (_PREPARED, _WITHDRAWN): "editor",
    (_REVIEW, _PREPARED): "engineer",
    (_REVIEW, _APPROVED): "editor",
    (_REVIEW, _WITHDRAWN): "editor",
    (_APPROVED, _PREPARED): "editor",
    (_APPROVED, _REVIEW): "editor",
    (_APPROVED, _RELEASED): "editor",
    (_APPROVED, _WITHDRAWN): "editor",
    (_RELEASED, _REVIEW): "editor",
    (_RELEASED, _WITHDRAWN): "editor",
    (_WITHDRAWN, _PREPARED): "editor",
}
"""The least role for each step of status; a step that is not here nobody takes. Readers never get a page that no
second look was given: what is released was in review and approved, and what was withdrawn begins anew."""

_WIP, _OPEN, _VALIDATED, _ARCHIVED = (
    Confidence.WIP,
    Confidence.NOT_VALIDATED,
    Confidence.VALIDATED,
    Confidence.ARCHIVED,
)
CONFIDENCE_STEPS: Mapping[tuple[Confidence, Confidence], str] = {
    (_WIP, _OPEN): "engineer",
    (_WIP, _ARCHIVED): "editor",
    (_OPEN, _WIP): "engineer",
    (_OPEN, _VALIDATED): "editor",
    (_OPEN, _ARCHIVED): "editor",
    (_VALIDATED, _WIP): "editor",
    (_VALIDATED, _OPEN): "editor",
    (_VALIDATED, _ARCHIVED): "editor",
    (_ARCHIVED, _WIP): "editor",
    (_ARCHIVED, _OPEN): "editor",
}
"""The least role for each step of confidence. Nothing becomes validated that was not complete before, and what was
archived is looked at again first."""

COMPLIANCE_ROLE = "admin"
"""Who alone approves, releases, withdraws and validates a page that a rule or a law stands behind."""
_COMPLIANCE_STATUSES = frozenset({_APPROVED, _RELEASED, _WITHDRAWN})
TEXT_ROLES: Mapping[Status, str] = {
    _PREPARED: "engineer",
    _REVIEW: "engineer",
    _APPROVED: "editor",
    _RELEASED: "editor",
    _WITHDRAWN: "editor",
}
"""The least role that changes the text of a page of each status."""


def may_change(role: str, page: Page, to_status: Status, to_confidence: Confidence) -> tuple[Fault, ...]:
    """Return every reason against giving a page another status or confidence; none means that it may be done.

    What stays as it is needs no right, but what the page then is must hold all the same: a validated page whose
    good sources were struck out may not stay validated.

    Args:
        role: One of `ROLES`.
        page: As it will be written, but with the status and the confidence that it has now.
        to_status: The status it would have; may be the one it has.
        to_confidence: The confidence it would have; may be the one it has.

    Raises:
        ValueError: There is no such role.
    """
    _rank(role)
    return (
        *_step_faults(role, page, "status", page.status, to_status, STATUS_STEPS),
        *_step_faults(role, page, "confidence", page.confidence, to_confidence, CONFIDENCE_STEPS),
        *_condition_faults(page, to_status, to_confidence),
    )


def may_edit(role: str, page: Page) -> tuple[Fault, ...]:
    """Return every reason against changing the text of a page as it stands; none means that it may be done.

    Raises:
        ValueError: There is no such role.
    """
    needed = TEXT_ROLES[page.status]
    if page.governance == "compliance" and page.status in _COMPLIANCE_STATUSES:
        needed = COMPLIANCE_ROLE
    if _rank(role) >= _rank(needed):
        return ()
    what = f"{page.id} is {page.status.value}; its text is not changed by the role {role}"
    return (Fault(where="status", what=what, repair=f"the role {needed} may"),)


def next_statuses(role: str, page: Page) -> tuple[Status, ...]:
    """Return the statuses that a role may give a page now, its own first; for the choices of a form."""
    free = [to for to in Status if to is not page.status and not may_change(role, page, to, page.confidence)]
    return (page.status, *free)


def next_confidences(role: str, page: Page) -> tuple[Confidence, ...]:
    """Return the confidences that a role may give a page now, its own first; for the choices of a form."""
    free = [
        to for to in Confidence if to is not page.confidence and not may_change(role, page, page.status, to)
    ]
    return (page.confidence, *free)


def _rank(role: str) -> int:
    if role not in ROLES:
        raise ValueError(f"{role!r} is no role; it must be one of {', '.join(ROLES)}")
    return ROLES.index(role)


def _step_faults(
    role: str, page: Page, where: str, now: Step, to: Step, steps: Mapping[tuple[Step, Step], str]
) -> list[Fault]:
    if now is to:
        return []
    needed = steps.get((now, to))
    if needed is None:
        ways = ", ".join(end.value for start, end in steps if start is now)
        what = f"a page that is {now.value} does not become {to.value} in one step"
        return [Fault(where=where, what=what, repair=f"from here it becomes {ways}")]
    if page.governance == "compliance" and (to in _COMPLIANCE_STATUSES or to is _VALIDATED):
        needed = COMPLIANCE_ROLE
    if page.governance == "compliance" and now in {_RELEASED, _VALIDATED}:
        needed = COMPLIANCE_ROLE
    if _rank(role) >= _rank(needed):
        return []
    what = f"the role {role} does not make a page {to.value} that is {now.value}"
    return [Fault(where=where, what=what, repair=f"the role {needed} may")]


def _condition_faults(page: Page, to_status: Status, to_confidence: Confidence) -> list[Fault]:
    """What a page must have for what it would be: the rules that the content check holds it to afterwards."""
    faults = []
    grades = {source.grade for source in page.sources}
    if Grade.D in grades and to_status in {_APPROVED, _RELEASED}:
        repair = "find a better source, or leave it in preparation"
        faults.append(
            Fault(
                where="sources", what=f"one is doubtful (D); the page is not {to_status.value}", repair=repair
            )
        )
    if to_confidence is not _VALIDATED:
        return faults
    if not grades & {Grade.A, Grade.B}:
        has = "its sources are " + ", ".join(sorted(grades)) if grades else "the page names no source"
        repair = "name a source of grade A or B, or leave it not_validated"
        faults.append(Fault(where="sources", what=f"{has}; it is not validated", repair=repair))
    if to_status is _PREPARED:
        repair = "let it be reviewed first, or set not_validated"
        faults.append(Fault(where="confidence", what="a page in preparation is not validated", repair=repair))
    if not page.applies_to and not isinstance(page, (TermPage, CoursePage)):
        repair = "say for which machines or controls it holds"
        faults.append(Fault(where="applies_to", what="is empty; the page is not validated", repair=repair))
    if isinstance(page, CasePage):
        if not page.solutions:
            what = "has no cause and remedy; the case is not validated"
            faults.append(Fault(where="solutions", what=what, repair="add what cured it"))
        if page.verification is None:
            what = "is empty; the case is not validated"
            faults.append(Fault(where="verification", what=what, repair="say how the cure was proven"))
    return faults
