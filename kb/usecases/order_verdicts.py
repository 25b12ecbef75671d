"""What the result of a checklist's item comes to: what a person says, and what a measured value says of itself."""

from collections.abc import Mapping
from typing import Any

from kb.errors import BadInput, Fault, Message

WARN = "warn"


def measured_verdict(line: Mapping[str, Any], value: float) -> str:
    """Return pass, warn or fail of a value by the limits of its item.

    A limit that is only a starting value (*typ.*) warns: it is no limit of acceptance.

    Source:
        domain/tasks.md: a value marked typ. is a starting value for a new checklist item, not an acceptance limit.
    """
    if _beyond(value, line["lower"], line["upper"]):
        return WARN if line["typical"] else "fail"
    return WARN if _beyond(value, line["warn_lower"], line["warn_upper"]) else "pass"


def _beyond(value: float, lower: float | None, upper: float | None) -> bool:
    return (lower is not None and value < lower) or (upper is not None and value > upper)


def verdict_of(line: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return what a result comes to: the worse of what was said and what was measured.

    Args:
        line: The item, as the order keeps it.
        values: Of the entry.

    Raises:
        BadInput: A wrong unit, a value or choice that the item does not have, a fault without severity or
            recommendation; all at once.
    """
    faults = []
    kind, said, value = line["kind"], values.get("verdict"), values.get("value")
    unit = values.get("unit")
    if value is not None and kind != "measure":
        faults.append(Fault(where="value", what="belongs to no measured item", repair="leave it out"))
    if kind == "measure" and value is None and said not in {"na", "fail"}:
        repair = "give the measured value, or say that it does not apply"
        faults.append(Fault(where="value", what="is missing", repair=repair))
    if unit and unit != (line["unit"] or ""):
        repair = Message("measure in {value}", value=line["unit"]) if line["unit"] else "leave it out"
        faults.append(Fault(where="unit", what=Message("is {value!r}", value=unit), repair=repair))
    text = values.get("text")
    if kind == "choice" and said != "na" and text not in line["options"]:
        repair = ", ".join(line["options"])
        faults.append(
            Fault(
                where="text",
                what=Message("{value!r} is no choice", value=str(text or "")[:40]),
                repair=repair,
            )
        )
    if kind == "pass_fail" and said is None:
        faults.append(Fault(where="verdict", what="is missing", repair="pass, fail or na"))
    verdict = said or "pass"
    if kind == "measure" and value is not None and said != "na":
        by_value = measured_verdict(line, value)
        verdict = "fail" if "fail" in {said, by_value} else by_value
    if verdict == "fail":
        for name in ("severity", "recommendation"):
            if not values.get(name):
                repair = "a fault needs its severity (S1 to S4) and what you recommend"
                faults.append(Fault(where=name, what="is missing", repair=repair))
    if faults:
        raise BadInput("the entry was not kept", faults)
    return verdict
