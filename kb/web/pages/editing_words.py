"""How the form of a page calls its fields and choices; message ids of editing.po."""

from collections.abc import Mapping

from kb.content import Vocabularies
from kb.i18n import Language, translator
from kb.usecases.editing_fields import FieldSpec

KIND_NAMES: Mapping[str, str] = {
    "case": "Case",
    "guide": "Guide",
    "alarm": "Alarm",
    "checklist": "Checklist",
    "term": "Term",
    "course": "Course",
}
FIELD_NAMES: Mapping[str, str] = {
    "title": "Title (Chinese)",
    "title_en": "Title (English)",
    "summary": "Summary",
    "lang": "Language of the text",
    "status": "Status of the page",
    "confidence": "Confidence",
    "audience": "Audience",
    "governance": "Governance",
    "owner": "Kept by",
    "reviewers": "Reviewed by",
    "reviewed": "Reviewed on",
    "review_due": "Next review",
    "supersedes": "Supersedes",
    "doc_class": "Document class",
    "applies_to": "Holds for",
    "applies_to.machine": "Machine classes",
    "applies_to.controller": "Controls",
    "applies_to.drive": "Drive",
    "applies_to.software": "Software version",
    "component": "Component",
    "component.subsystem": "Subsystem",
    "component.item": "Item of the subsystem",
    "keywords": "Keywords",
    "related": "Related pages",
    "attachments": "Attachments",
    "attachments.file": "File beside the page",
    "attachments.alt": "What it shows",
    "attachments.kind": "Kind",
    "sources": "Sources",
    "sources.kind": "Kind of source",
    "sources.ref": "Source",
    "sources.grade": "Grade",
    "facts": "Facts it rests on",
    "hazards": "Hazards",
    "hazards.type": "Signal word",
    "hazards.hazard": "What can hurt",
    "hazards.consequence": "What happens then",
    "hazards.avoid": "How to avoid it",
    "symptom": "Symptom",
    "failure_mode": "Failure mode",
    "severity": "Severity",
    "alarms": "Alarms on the screen",
    "alarms.family": "Alarm family",
    "alarms.code": "Alarm code",
    "alarms.shown": "Text on the screen",
    "alarms.axis": "Axis",
    "context": "Circumstances",
    "context.when": "When it appears",
    "context.frequency": "How often",
    "context.changed": "What was changed before",
    "containment": "Containment",
    "solutions": "Causes and remedies",
    "solutions.cause": "Cause",
    "solutions.cause.code": "Cause code",
    "solutions.cause.mechanism": "Mechanism",
    "solutions.cause.text": "What the cause is",
    "solutions.cause.escape": "Why it was not caught earlier",
    "solutions.check": "How to check",
    "solutions.remedy": "Remedy",
    "solutions.remedy.text": "What cures it",
    "solutions.remedy.activity": "Activity",
    "solutions.remedy.guide": "Guide to follow",
    "solutions.remedy.responsible": "Who does it",
    "solutions.time_minutes": "Time (minutes)",
    "verification": "How the cure was proven",
    "prevention": "Prevention",
    "parts": "Parts",
    "number": "Number",
    "name": "Name",
    "qty": "Quantity",
    "alternatives": "Alternatives",
    "parameters": "Parameters",
    "before": "Before",
    "after": "After",
    "axis": "Axis",
    "guide_type": "Kind of guide",
    "difficulty": "Difficulty",
    "skill_level": "Skill needed",
    "people": "People",
    "time_minutes": "Time (minutes)",
    "downtime_minutes": "Downtime (minutes)",
    "prerequisites": "Before you begin",
    "tools": "Tools",
    "supplies": "Supplies",
    "interval": "Interval",
    "family": "Alarm family",
    "series": "Series",
    "alarm_class": "Alarm class",
    "code": "Alarm code",
    "aliases": "Other spellings",
    "subcodes": "Subcodes",
    "text": "Text",
    "text.zh": "Meaning (Chinese)",
    "text.en": "Meaning (English)",
    "explanation": "Explanation",
    "reaction": "Reaction of the machine",
    "remedy": "Remedy",
    "remedy_confidence": "Confidence of the remedy",
    "continuation": "How to go on",
    "level": "Inspection level",
    "items": "Items to check",
    "items.id": "Item number",
    "items.text": "What is checked",
    "items.text_en": "In English",
    "items.kind": "How it is answered",
    "items.unit": "Unit",
    "items.lower": "Lower limit",
    "items.upper": "Upper limit",
    "items.warn_lower": "Warning below",
    "items.warn_upper": "Warning above",
    "items.options": "Choices",
    "items.criterion": "Criterion",
    "items.typical": "A starting value, no acceptance limit",
    "items.minutes": "Minutes",
    "items.source": "Source",
    "items.grade": "Grade",
    "preferred": "Preferred name",
    "preferred.zh": "Chinese",
    "preferred.en": "English",
    "abbreviation": "Abbreviation",
    "alt": "Other names (shown)",
    "hidden": "Other names (only searched)",
    "deprecated": "Names no longer used",
    "definition": "Definition",
    "broader": "Broader term",
    "not_same_as": "Not the same as",
    "objectives": "Objectives",
    "audience_level": "Who it is for",
    "duration_minutes": "Duration (minutes)",
    "prerequisite_courses": "Courses to take before",
    "built_from": "Built from",
    "built_from.id": "Page id",
    "built_from.revision": "Its revision",
    "outline": "Outline",
    "outline.slide": "Slide",
    "outline.source": "Page it draws on",
    "quiz": "Quiz",
    "quiz.id": "Question number",
    "quiz.kind": "Kind of question",
    "quiz.stem": "Question",
    "quiz.options": "Answers",
    "quiz.options.text": "Answer",
    "quiz.options.correct": "It is right",
    "quiz.options.why": "Why",
    "pass_mark": "Pass mark (percent)",
    "outputs": "Outputs",
}
"""By the field's path without entry numbers, else by its own name."""
VALUE_NAMES: Mapping[str, str] = {
    "danger": "DANGER",
    "warning": "WARNING",
    "caution": "CAUTION",
    "notice": "NOTICE",
    "in_preparation": "in preparation",
    "in_review": "in review",
    "approved": "approved",
    "released": "released",
    "withdrawn": "withdrawn",
    "wip": "being written",
    "not_validated": "not validated",
    "validated": "validated",
    "archived": "archived",
    "internal": "our department",
    "partner": "partners",
    "customer": "customers",
    "experience": "by experience",
    "compliance": "by rule or law",
    "maker": "maker",
    "standard": "standard",
    "third_party": "third party",
    "source_code": "source code",
    "field_case": "case from the field",
    "trade_knowledge": "trade knowledge",
    "operator": "operator",
    "maintenance": "maintenance",
    "service": "service engineer",
    "installation": "installation",
    "commissioning": "commissioning",
    "operation": "operation",
    "inspection": "inspection",
    "adjustment": "adjustment",
    "diagnosis": "diagnosis",
    "repair": "repair",
    "replacement": "replacement",
    "easy": "easy",
    "moderate": "moderate",
    "difficult": "difficult",
    "electrician": "electrician",
    "mechanic": "mechanic",
    "service_engineer": "service engineer",
    "specialist": "specialist",
    "pass_fail": "pass or fail",
    "measure": "a measured value",
    "choice": "one of several",
    "text": "in words",
    "photo": "a photo",
    "image": "image",
    "figure": "figure",
    "document": "document",
    "data": "data file",
    "zh": "Chinese",
    "en": "English",
    "A": "A: maker's document",
    "B": "B: third party, consistent",
    "K": "K: trade knowledge, not read in a manual",
    "D": "D: doubtful",
}
HISTORY_NAMES: Mapping[str, str] = {
    "found": "found in the files",
    "outside": "changed outside",
    "edit": "edited here",
    "new": "written here",
    "status": "status changed",
    "restore": "brought back",
}
"""What was done to a page, by the kind of its state."""
HINTS: Mapping[str, str] = {
    "lines": "one a line",
    "related": "page ids, one a line",
    "supersedes": "page ids, one a line",
    "not_same_as": "page ids, one a line",
    "prerequisite_courses": "page ids, one a line",
}


def field_name(path: str, language: Language) -> str:
    """Return what a field is called; its own name where it has no other.

    Args:
        path: Its path, such as `solutions.0.cause.code`.
        language: The reader's.
    """
    say = translator(language)
    bare = ".".join(part for part in path.split(".") if not part.isdigit() and not part.startswith("__"))
    known = FIELD_NAMES.get(bare) or FIELD_NAMES.get(bare.rpartition(".")[2])
    return say(known) if known else bare.rpartition(".")[2]


def place_name(path: str, language: Language) -> str:
    """Return where a field is, as a person would say it: the entry of its group, then its name; may be empty."""
    if not path:
        return ""
    parts = path.split(".")
    if path in {"body", "why"}:
        return translator(language)({"body": "Text of the page (Markdown)", "why": "Why"}[path])
    entry = next((place for place, part in enumerate(parts) if part.isdigit()), None)
    if entry is None:
        return field_name(path, language)
    group = f"{field_name(parts[0], language)} {int(parts[entry]) + 1}"
    return group if entry == len(parts) - 1 else f"{group} · {field_name(path, language)}"


def options_of(spec: FieldSpec, vocabularies: Vocabularies, language: Language) -> list[tuple[str, str]]:
    """Return the values of a choice with what they are called."""
    if spec.vocabulary:
        codes = vocabularies.lists.get(spec.vocabulary, {})
        return [(code, f"{vocabularies.label(spec.vocabulary, code, language)} · {code}") for code in codes]
    say = translator(language)
    return [(value, say(VALUE_NAMES[value]) if value in VALUE_NAMES else value) for value in spec.options]


def hint_of(spec: FieldSpec, language: Language) -> str:
    """Return what a writer must know of a field; empty where its name says it."""
    hint = HINTS.get(spec.name) or HINTS.get(spec.widget, "")
    return translator(language)(hint) if hint else ""
