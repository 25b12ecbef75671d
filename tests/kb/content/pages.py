"""Builders of page texts: each is sound, so that a test shows only the fault it plants."""

import copy
from pathlib import Path
from typing import Any

import yaml

CASE: dict[str, Any] = {
    "id": "CASE-X-01",
    "type": "case",
    "title": "主轴过热",
    "title_en": "Spindle overheats",
    "summary": "主轴电机过热报警。",
    "status": "released",
    "confidence": "validated",
    "audience": "internal",
    "owner": "技术资料组",
    "created": "2026-01-01",
    "reviewed": "2026-01-02",
    "review_due": "2027-01-02",
    "revision": 1,
    "applies_to": [{"machine": ["VMC"]}],
    "component": {"subsystem": "SPI", "item": "motor"},
    "sources": [{"kind": "third_party", "ref": "F8: test", "grade": "B"}],
    "facts": ["SPI-01"],
    "hazards": [{"type": "danger", "hazard": "带电", "consequence": "触电", "avoid": "断电上锁验电"}],
    "symptom": "加工一小时后报警",
    "failure_mode": "OHE",
    "severity": "S2",
    "solutions": [
        {
            "cause": {"code": "E4", "mechanism": "5.1", "text": "风机滤网堵"},
            "check": "看风机",
            "remedy": {"text": "清洁", "activity": "7"},
        }
    ],
    "verification": "连续运行不报警",
}
CASE_BODY = "\n".join(f"## {name}\n\n正文。\n" for name in ("现象", "环境", "原因", "处理", "验证", "预防"))

GUIDE: dict[str, Any] = {
    **{key: CASE[key] for key in list(CASE)[:16] if key not in {"facts"}},
    "id": "GUIDE-X",
    "type": "guide",
    "hazards": "none",
    "guide_type": "inspection",
    "difficulty": "easy",
    "skill_level": "operator",
    "time_minutes": 10,
}
GUIDE_BODY = "### 步骤 1 看\n\n看一看。\n\n### 步骤 2 记\n\n记下来。\n\n## 验收\n\n都看过。\n"


def page_text(values: dict[str, Any], body: str) -> str:
    """Return the file's text of a page."""
    return "---\n" + yaml.safe_dump(values, allow_unicode=True, sort_keys=False) + "---\n\n" + body


def a_case(body: str = CASE_BODY, **changes: Any) -> str:
    """Return a sound case with `changes`; a field set to None is left out."""
    return _changed(CASE, body, changes)


def a_guide(body: str = GUIDE_BODY, **changes: Any) -> str:
    """Return a sound guide with `changes`; a field set to None is left out."""
    return _changed(GUIDE, body, changes)


def _changed(values: dict[str, Any], body: str, changes: dict[str, Any]) -> str:
    merged = copy.deepcopy(values) | changes
    return page_text({key: value for key, value in merged.items() if value is not None}, body)


def a_content_folder(folder: Path, vocabularies: Path, **files: str) -> Path:
    """Write a content folder with the real vocabularies and `files` by name; `__` in a name stands for `/`."""
    (folder / "vocabularies").mkdir(parents=True)
    for path in vocabularies.glob("*.yaml"):
        (folder / "vocabularies" / path.name).write_bytes(path.read_bytes())
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
