"""The handling plan as JSON, and as a file to take along."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.docx import docx_bytes
from kb.export.fault_plan import fault_plan_document
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import pdf_bytes
from kb.i18n import Language, translator
from planner.faults import HandlingPlan

Ending = Literal["docx", "pdf"]
AUTHOR = "After-sales service"


def plan_json(plan: HandlingPlan) -> dict[str, Any]:
    """Return the plan for a program."""
    return {name: _plain(value) for name, value in asdict(plan).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def plan_file(
    plan: HandlingPlan, ending: Ending, *, language: Language, created: datetime
) -> tuple[bytes, str, str]:
    """Return the plan as the bytes of a file, its media type and a name for it."""
    say = translator(language)
    document = fault_plan_document(plan, language=language, author=say(AUTHOR), created=created)
    name = f"{say('Fault-handling plan')}_{plan.report}.{ending}"
    if ending == "docx":
        return docx_bytes(document), DOCX, name
    return pdf_bytes(document), PDF, name
