"""What can go so wrong that there must be a plan, and which pages of the library say what to do then.

Nothing here says what to do: measures and steps are read from the pages, with their hazards first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.content import Library
from kb.content.pages import CasePage, GuidePage, Hazard, Page

CUTTING = frozenset(["LAT", "TMC", "VMC", "HMC", "GMC", "MIL", "DTC", "GRI", "BOR", "EDM"])
"""Classes of machine tools with drives."""
VERTICAL = frozenset(["VMC", "HMC", "GMC", "MIL", "DTC", "BOR", "GRI", "EDM", "TMC"])
"""Classes that usually have an axis which falls without its brake."""
MEASURED = frozenset(("DRO", "MAN"))
_STEP = re.compile(r"^### +(?:步骤 *\d+[ ：:]*)?(.+?) *$", re.MULTILINE)
_GRAVE = {"danger": 0, "warning": 1, "caution": 2, "notice": 3}
MEASURES = 8
"""So many immediate measures stand under a trigger, the gravest."""
STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """An emergency that a plan is for.

    Args:
        name: Message id.
        guides: Pages that say what to do; those that are not in the library count for nothing.
        by_control: Beginning of the ids of pages of which those that fit the machine's control are added.
        classes: Of machines that it can happen to; empty: any.
    """

    code: str
    name: str
    guides: tuple[str, ...]
    by_control: str = ""
    classes: frozenset[str] = frozenset()


TRIGGERS = (
    Trigger(
        code="person",
        name="Somebody is hurt or caught by a machine",
        guides=("GUIDE-LOTO", "GUIDE-ESTOP-DOOR-TEST"),
    ),
    Trigger(
        code="current",
        name="Electric shock, smoke or fire at the cabinet",
        guides=("GUIDE-DC-LINK-SAFETY", "GUIDE-LOTO", "GUIDE-SUPPLY-PHASE-CHECK"),
        classes=CUTTING,
    ),
    Trigger(
        code="axis",
        name="A vertical axis falls or is not held",
        guides=("GUIDE-GRAVITY-AXIS",),
        classes=VERTICAL,
    ),
    Trigger(
        code="stop",
        name="Emergency stop or door interlock does not work",
        guides=("GUIDE-ESTOP-DOOR-TEST",),
        classes=CUTTING,
    ),
    Trigger(
        code="pressure",
        name="Oil, coolant or air escapes under pressure",
        guides=("GUIDE-HYDRAULIC-UNIT", "GUIDE-ACCUMULATOR-CHECK", "GUIDE-PNEUMATIC-FRL"),
        classes=CUTTING,
    ),
    Trigger(
        code="power",
        name="Power fails, or a phase is missing",
        guides=("GUIDE-SUPPLY-PHASE-CHECK", "GUIDE-24V-SUPPLY-CHECK"),
        classes=CUTTING,
    ),
    Trigger(
        code="data",
        name="Parameters or programs are lost",
        guides=("GUIDE-PARAMETER-BACKUP", "GUIDE-CNC-MEMORY-BATTERY"),
        by_control="GUIDE-BACKUP-",
        classes=CUTTING,
    ),
    Trigger(
        code="crash",
        name="Collision of spindle, turret or axes",
        guides=("GUIDE-SPINDLE-CHECK", "GUIDE-GEOMETRY-CHECK"),
        classes=CUTTING,
    ),
    Trigger(
        code="reading",
        name="The readout is wrong or dark",
        guides=("GUIDE-DRO-SIGNAL-CHECK", "GUIDE-DRO-EARTHING"),
        classes=MEASURED,
    ),
    Trigger(code="long", name="The machine stands for weeks", guides=("GUIDE-LONG-STOP",)),
)
BY_CODE: Mapping[str, Trigger] = {one.code: one for one in TRIGGERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An immediate measure: a hazard of a page, what then, how to avoid it."""

    hazard: Hazard
    page_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A page that leads back to work: its steps by their headings."""

    page_id: str
    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerPlan:
    """What to do when a trigger comes.

    Args:
        measures: At once, the gravest hazards first.
        recoveries: Then, page by page.
        containments: How others kept such a machine going meanwhile: sentence and page of a case.
    """

    trigger: Trigger
    measures: tuple[Measure, ...]
    recoveries: tuple[Recovery, ...]
    containments: tuple[tuple[str, str], ...]


def trigger_plans(library: Library, machines: frozenset[tuple[str, str]]) -> tuple[TriggerPlan, ...]:
    """Return what to do for each trigger that can come to machines.

    Args:
        machines: Pairs of class and control, both as codes; the control may be empty.
    """
    found = []
    classes = {one for one, _ in machines}
    for trigger in TRIGGERS:
        if trigger.classes and not trigger.classes & classes:
            continue
        concerned = {pair for pair in machines if not trigger.classes or pair[0] in trigger.classes}
        pages = _pages(library, trigger, concerned)
        if pages:
            found.append(
                TriggerPlan(
                    trigger=trigger,
                    measures=_measures(pages),
                    recoveries=tuple(_recovery(library, page) for page in pages),
                    containments=_containments(library, pages, concerned),
                )
            )
    return tuple(found)


def _pages(library: Library, trigger: Trigger, machines: set[tuple[str, str]]) -> list[GuidePage]:
    ids = list(trigger.guides)
    if trigger.by_control:
        ids += [
            page.id
            for page in sorted(library.pages.values(), key=lambda page: page.id)
            if page.id.startswith(trigger.by_control)
            and any(_is_for(page, *pair, strict=True) for pair in machines)
        ]
    found = (library.pages.get(id) for id in dict.fromkeys(ids))
    return [page for page in found if isinstance(page, GuidePage) and page.status != "withdrawn"]


def _measures(pages: list[GuidePage]) -> tuple[Measure, ...]:
    said: dict[str, Measure] = {}
    for page in pages:
        for hazard in page.hazards if page.hazards != "none" else ():
            said.setdefault(hazard.avoid, Measure(hazard=hazard, page_id=page.id))
    ordered = sorted(said.values(), key=lambda one: _GRAVE[one.hazard.type])
    return tuple(ordered[:MEASURES])


def _recovery(library: Library, page: GuidePage) -> Recovery:
    steps = tuple(_STEP.findall(library.bodies.get(page.id, "")))[:STEPS]
    return Recovery(page_id=page.id, title=page.title, steps=steps)


def _containments(
    library: Library, pages: list[GuidePage], machines: set[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    ids = {page.id for page in pages}
    related = {one for page in pages for one in page.related}
    found = []
    for page in sorted(library.pages.values(), key=lambda page: page.id):
        is_near = page.id in related or (isinstance(page, CasePage) and ids & set(page.related))
        if (
            isinstance(page, CasePage)
            and page.containment
            and is_near
            and any(_is_for(page, *one) for one in machines)
        ):
            found.append((page.containment, page.id))
    return tuple(found[:3])


def _is_for(page: Page, equipment_class: str, control: str, *, strict: bool = False) -> bool:
    if not page.applies_to:
        return not strict
    return any(
        (not group.machine or equipment_class in group.machine)
        and (control in group.controller if group.controller else not strict)
        for group in page.applies_to
    )
