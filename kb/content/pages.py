"""The page types of the library: what stands in the front matter of a Markdown file.

Field names follow spec terms of KCS v6, DITA 1.3 troubleshooting, oManual and VDI 2770
(docs/reference/content.md lists them). Unknown fields are refused, so a typing error never
passes as a missing value.
"""

import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from kb.content.parts import PageId, Part, Text
from kb.content.quiz import QuizItem


class Status(StrEnum):
    """Where a page stands on its way to readers (iiRDS 1.2 content lifecycle)."""

    IN_PREPARATION = "in_preparation"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Confidence(StrEnum):
    """How sure the department is of a page (KCS v6 article confidence)."""

    WIP = "wip"
    NOT_VALIDATED = "not_validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class Grade(StrEnum):
    """What a fact rests on: A maker's document, B third party, K trade knowledge, D doubtful."""

    A = "A"
    B = "B"
    K = "K"
    D = "D"


class Hazard(Part):
    """A hazard statement after DITA 1.3 / ANSI Z535: what can hurt, what then, how to avoid it."""

    type: Literal["danger", "warning", "caution", "notice"]
    hazard: Text
    consequence: Text
    avoid: Text


class Source(Part):
    """What a page rests on: an id of the sources register or a full reference, with its grade."""

    kind: Literal["maker", "standard", "third_party", "source_code", "field_case", "trade_knowledge"]
    ref: Text
    grade: Grade


class AppliesTo(Part):
    """One group of equipment a page is about; empty fields mean any."""

    machine: tuple[str, ...] = ()
    """Equipment class codes (vocabularies/equipment_classes.yaml)."""
    controller: tuple[str, ...] = ()
    """Controller family codes (vocabularies/controllers.yaml)."""
    drive: Text | None = None
    software: Text | None = None


class Component(Part):
    """Where in the machine: subsystem code and, where known, its item (vocabularies/subsystems.yaml)."""

    subsystem: str
    item: str | None = None


class Attachment(Part):
    """A file beside the page."""

    file: Text
    alt: Text
    kind: Literal["image", "figure", "document", "data"]


class Page(Part):
    """What every page has."""

    id: PageId
    type: str
    """Which of the page types it is; each type allows its own word only."""
    title: Text
    title_en: Text
    lang: Literal["zh", "en"] = "zh"
    summary: Text
    status: Status
    confidence: Confidence
    audience: Literal["internal", "partner", "customer"]
    governance: Literal["experience", "compliance"] = "experience"
    owner: Text
    reviewers: tuple[Text, ...] = ()
    created: datetime.date
    reviewed: datetime.date
    review_due: datetime.date
    revision: int = Field(ge=1)
    supersedes: tuple[PageId, ...] = ()
    doc_class: Text | None = None
    applies_to: tuple[AppliesTo, ...] = ()
    component: Component | None = None
    keywords: tuple[Text, ...] = ()
    related: tuple[PageId, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sources: tuple[Source, ...] = ()
    facts: tuple[Text, ...] = ()
    hazards: tuple[Hazard, ...] | Literal["none"] = ()


class AlarmShown(Part):
    """An alarm as it stood on the screen."""

    family: str
    code: Text
    shown: Text | None = None
    axis: Text | None = None


class CaseContext(Part):
    """Under which circumstances the symptom appears."""

    when: Text | None = None
    frequency: Text | None = None
    changed: Text | None = None


class Cause(Part):
    """Why it happened; `code` is from vocabularies/causes.yaml, `escape` says why it was not caught earlier."""

    code: str
    mechanism: str | None = None
    text: Text
    escape: Text | None = None


class Remedy(Part):
    """What cured it; `guide` is the id of a guide, `activity` a code of vocabularies/activities.yaml."""

    text: Text
    activity: str | None = None
    guide: PageId | None = None
    responsible: Literal["operator", "maintenance", "service", "maker"] = "service"


class PartNeeded(Part):
    """A part to bring."""

    number: Text | None = None
    name: Text
    qty: int = Field(default=1, ge=1)
    alternatives: tuple[Text, ...] = ()


class ParameterChange(Part):
    """A parameter looked at or changed."""

    number: Text
    axis: Text | None = None
    before: Text | None = None
    after: Text | None = None


class Solution(Part):
    """One cause with its check and its remedy; a case lists them likeliest first."""

    cause: Cause
    check: Text
    remedy: Remedy
    parts: tuple[PartNeeded, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    time_minutes: int | None = Field(default=None, ge=1)


class CasePage(Page):
    """A fault case: what was seen, what was ruled out, what cured it, how that was proven."""

    type: Literal["case"]
    symptom: Text
    failure_mode: str
    alarms: tuple[AlarmShown, ...] = ()
    context: CaseContext = CaseContext()
    containment: Text | None = None
    solutions: tuple[Solution, ...] = ()
    verification: Text | None = None
    prevention: Text | None = None
    severity: Literal["S1", "S2", "S3", "S4"]


class GuidePage(Page):
    """A guide: one `### 步骤 n` a step, `## 验收` last."""

    type: Literal["guide"]
    guide_type: Literal[
        "installation",
        "commissioning",
        "operation",
        "inspection",
        "maintenance",
        "adjustment",
        "diagnosis",
        "repair",
        "replacement",
    ]
    difficulty: Literal["easy", "moderate", "difficult"]
    skill_level: Literal["operator", "electrician", "mechanic", "service_engineer", "specialist"]
    people: int = Field(ge=1, default=1)
    time_minutes: int = Field(ge=1)
    downtime_minutes: int | None = Field(ge=0, default=None)
    prerequisites: tuple[Text, ...] = ()
    tools: tuple[Text, ...] = ()
    supplies: tuple[Text, ...] = ()
    parts: tuple[PartNeeded, ...] = ()
    interval: Text | None = None


class AlarmText(Part):
    """What the alarm means, in both languages."""

    zh: Text
    en: Text


class AlarmPage(Page):
    """An alarm: its code as displayed, what it means, what to check."""

    type: Literal["alarm"]
    family: str
    """Code of vocabularies/alarm_families.yaml."""
    series: tuple[Text, ...] = ()
    alarm_class: Text | None = None
    number: Text | None = None
    code: Text
    aliases: tuple[Text, ...] = ()
    subcodes: tuple[Text, ...] = ()
    text: AlarmText
    explanation: Text
    reaction: Text | None = None
    remedy: tuple[Text, ...] = ()
    remedy_confidence: Literal["validated", "not_validated"] = "not_validated"
    continuation: Text | None = None
    severity: Literal["S1", "S2", "S3", "S4"]


class ChecklistItem(Part):
    """One line of an inspection."""

    id: Text
    text: Text
    text_en: Text | None = None
    kind: Literal["pass_fail", "measure", "choice", "text", "photo"]
    unit: Text | None = None
    lower: float | None = None
    upper: float | None = None
    warn_lower: float | None = None
    warn_upper: float | None = None
    options: tuple[Text, ...] = ()
    criterion: Text | None = None
    typical: bool = False
    """True where the criterion is a starting value (*typ.*), never an acceptance limit."""
    tools: tuple[Text, ...] = ()
    minutes: int = Field(ge=0)
    source: Text
    grade: Grade


class Level(StrEnum):
    """Inspection levels, each containing those before it (by_hours stands alone)."""

    SHIFT = "shift"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    BY_HOURS = "by_hours"


class ChecklistPage(Page):
    """The items of one level; the smaller levels' items are added once when it is used."""

    type: Literal["checklist"]
    level: Level
    items: tuple[ChecklistItem, ...]


class TermNames(Part):
    """The preferred names of a term."""

    zh: Text
    en: Text


class TermPage(Page):
    """A term of the trade; `alt` is searched and shown, `hidden` only searched."""

    type: Literal["term"]
    preferred: TermNames
    abbreviation: Text | None = None
    alt: tuple[Text, ...] = ()
    hidden: tuple[Text, ...] = ()
    deprecated: tuple[Text, ...] = ()
    definition: Text
    broader: PageId | None = None
    not_same_as: tuple[PageId, ...] = ()


class BuiltFrom(Part):
    """A page a course was built from, at the revision it had then."""

    id: PageId
    revision: int = Field(ge=1)


class OutlineEntry(Part):
    """One slide and the page it draws on."""

    slide: Text
    source: PageId | None = None


class CoursePage(Page):
    """A course built from library pages; stale once a source has a newer revision."""

    type: Literal["course"]
    objectives: tuple[Text, ...]
    audience_level: Text
    duration_minutes: int = Field(ge=1)
    prerequisite_courses: tuple[PageId, ...] = ()
    built_from: tuple[BuiltFrom, ...]
    outline: tuple[OutlineEntry, ...] = ()
    quiz: tuple[QuizItem, ...] = ()
    pass_mark: int = Field(ge=0, le=100, default=80)
    outputs: tuple[Text, ...] = ()


AnyPage = Annotated[
    CasePage | GuidePage | AlarmPage | ChecklistPage | TermPage | CoursePage, Field(discriminator="type")
]
