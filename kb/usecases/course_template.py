"""A department's own presentation as the template of slides: looked at in a process of its own, told what it lacks."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from kb.courseware.template_check import TemplateReport, shape_from, template_report
from kb.errors import BadImport, Fault
from kb.imports.limits import Limits, read_limited

TEMPLATE_BYTES = 50_000_000
"""A template with pictures on every layout has some megabytes."""


def looked_at_template(content: bytes, *, name: str, limit_bytes: int = TEMPLATE_BYTES) -> TemplateReport:
    """Return what a template lacks and hints; nothing of it is opened in this process.

    Raises:
        BadImport: It is no presentation, damaged, hostile, or has macros.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.pptx"
        path.write_bytes(content)
        limits = Limits(file_bytes=min(limit_bytes, TEMPLATE_BYTES))
        value = cast("Mapping[str, Any]", read_limited("presentation", path, name=name[:200], limits=limits))
    return template_report(shape_from(value))


def fitting_template(content: bytes, *, name: str) -> bytes:
    """Return the template again, if it carries our slides.

    Raises:
        BadImport: It does not; everything it lacks is told.
    """
    lacks = looked_at_template(content, name=name).lacks
    if lacks:
        raise BadImport(
            "the template was not used", [Fault(where=name[:200], what=one.text()) for one in lacks]
        )
    return content
