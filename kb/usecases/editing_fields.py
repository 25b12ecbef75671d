"""The form of a page type, made from its model: fields, groups that repeat, choices; hazards stand first.

Nothing of a model is written down a second time here: a field that is added to a page type stands in its form, under
`More`, until somebody finds a better place for it.
"""

import datetime
import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kb.content.pages import Hazard, Page
from kb.content.writing import model_of
from kb.errors import NotFound

Widget = Literal["line", "text", "lines", "number", "day", "check", "choice", "choices", "part", "group"]
FIXED = frozenset({"id", "type", "created", "revision"})
"""Fields that no form changes."""
LONG = frozenset(
    {
        "summary",
        "symptom",
        "explanation",
        "definition",
        "containment",
        "verification",
        "prevention",
        "reaction",
        "continuation",
        "consequence",
        "avoid",
        "check",
        "text",
        "criterion",
        "stem",
        "why",
        "escape",
        "hazard",
    }
)
"""Texts that need more than a line."""
CODES: Mapping[tuple[str, str], str] = {
    ("AppliesTo", "machine"): "equipment_classes",
    ("AppliesTo", "controller"): "controllers",
    ("Component", "subsystem"): "subsystems",
    ("CasePage", "failure_mode"): "failure_modes",
    ("CasePage", "severity"): "severities",
    ("AlarmPage", "severity"): "severities",
    ("AlarmPage", "family"): "alarm_families",
    ("AlarmShown", "family"): "alarm_families",
    ("Cause", "code"): "causes",
    ("Cause", "mechanism"): "mechanisms",
    ("Remedy", "activity"): "activities",
    ("ChecklistPage", "level"): "levels",
}
"""Which vocabulary a field's codes are from, by model and field."""
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Hazards first", ("hazards",)),
    ("What it is", ("title", "title_en", "summary")),
    (
        "The matter",
        (
            "symptom",
            "failure_mode",
            "severity",
            "alarms",
            "context",
            "containment",
            "solutions",
            "verification",
            "prevention",
            "guide_type",
            "difficulty",
            "skill_level",
            "people",
            "time_minutes",
            "downtime_minutes",
            "interval",
            "prerequisites",
            "tools",
            "supplies",
            "parts",
            "family",
            "code",
            "text",
            "number",
            "alarm_class",
            "series",
            "aliases",
            "subcodes",
            "explanation",
            "reaction",
            "remedy",
            "remedy_confidence",
            "continuation",
            "level",
            "items",
            "preferred",
            "abbreviation",
            "definition",
            "alt",
            "hidden",
            "deprecated",
            "broader",
            "not_same_as",
            "objectives",
            "audience_level",
            "duration_minutes",
            "prerequisite_courses",
            "built_from",
            "outline",
            "quiz",
            "pass_mark",
            "outputs",
        ),
    ),
    ("Where it applies", ("applies_to", "component", "keywords", "related")),
    ("What it rests on", ("sources", "facts", "attachments")),
    (
        "Keeping",
        (
            "status",
            "confidence",
            "owner",
            "reviewers",
            "reviewed",
            "review_due",
            "audience",
            "governance",
            "supersedes",
            "doc_class",
            "lang",
        ),
    ),
)
"""Sections of a form with their fields, in the order in which a writer meets them."""
MORE = "More"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a form.

    Args:
        name: As in the front matter.
        widget: How it is filled in.
        required: Whether it must say something.
        options: Values to choose from, where the model names them.
        vocabulary: The code list to choose from; empty where there is none.
        fields: Fields of a part or of each entry of a group.
        optional: Whether a part may be left out whole.
        usual: What an entry that is added says already.
    """

    name: str
    widget: Widget
    required: bool
    options: tuple[str, ...] = ()
    vocabulary: str = ""
    fields: tuple["FieldSpec", ...] = ()
    optional: bool = False
    usual: str = ""


@cache
def form_of(kind: str) -> tuple[FieldSpec, ...]:
    """Return the fields of a page type that a form changes.

    Raises:
        NotFound: There is no such type.
    """
    model = model_of(kind)
    if model is None:
        raise NotFound("page type", kind[:40])
    return tuple(spec for spec in _fields(model) if spec.name not in FIXED)


@cache
def sections_of(kind: str) -> tuple[tuple[str, tuple[FieldSpec, ...]], ...]:
    """Return the sections of a page type's form that have fields."""
    by_name = {spec.name: spec for spec in form_of(kind)}
    found = [
        (title, tuple(by_name.pop(name) for name in names if name in by_name)) for title, names in SECTIONS
    ]
    found.append((MORE, tuple(by_name.values())))
    return tuple((title, fields) for title, fields in found if fields)


def _fields(model: type[BaseModel]) -> tuple[FieldSpec, ...]:
    return tuple(_spec(model, name, field) for name, field in model.model_fields.items())


def _spec(model: type[BaseModel], name: str, field: FieldInfo) -> FieldSpec:
    inner, may_lack = _without_none(field.annotation)
    required = field.is_required()
    usual = (
        "" if required or field.default is None or isinstance(field.default, tuple) else str(field.default)
    )
    vocabulary = CODES.get((model.__name__, name), "")
    if name == "hazards" and issubclass(model, Page):
        return FieldSpec(name=name, widget="group", required=False, fields=_fields(Hazard))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return FieldSpec(
            name=name, widget="part", required=required, fields=_fields(inner), optional=may_lack
        )
    if get_origin(inner) is tuple:
        entry = _plain(get_args(inner)[0])
        if isinstance(entry, type) and issubclass(entry, BaseModel):
            return FieldSpec(name=name, widget="group", required=required, fields=_fields(entry))
        widget: Widget = "choices" if vocabulary else "lines"
        return FieldSpec(name=name, widget=widget, required=required, vocabulary=vocabulary)
    options = _options(inner)
    if options or vocabulary:
        return FieldSpec(
            name=name, widget="choice", required=required, options=options, vocabulary=vocabulary, usual=usual
        )
    simple: dict[object, Widget] = {bool: "check", int: "number", float: "number", datetime.date: "day"}
    widget = simple.get(inner, "text" if name in LONG else "line")
    return FieldSpec(name=name, widget=widget, required=required, usual=usual)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    plain = _plain(annotation)
    if isinstance(plain, types.UnionType):
        others = [_plain(one) for one in get_args(plain) if one is not type(None)]
        return others[0], True
    return plain, False


def _plain(annotation: Any) -> Any:
    return _plain(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _options(inner: Any) -> tuple[str, ...]:
    if get_origin(inner) is Literal:
        return tuple(str(value) for value in get_args(inner))
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return tuple(member.value for member in inner)
    return ()
