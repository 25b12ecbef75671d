"""A small library of its own for each test: terms, alarms and cases with only what the test is about."""

from pathlib import Path
from typing import Any

from kb.content import Library, load_library
from kb.search import SearchIndex, open_index
from tests.kb.content.pages import CASE, CASE_BODY, a_case, a_content_folder, a_guide, page_text

VOCABULARIES = Path(__file__).parents[3] / "content" / "vocabularies"


def a_term(name: str, zh: str, en: str, *, alt: tuple[str, ...] = (), hidden: tuple[str, ...] = ()) -> str:
    """Return a term page called `TERM-name`."""
    common = {key: CASE[key] for key in ("lang", "status", "confidence", "audience", "owner") if key in CASE}
    values: dict[str, Any] = {
        "id": f"TERM-{name}",
        "type": "term",
        "title": zh,
        "title_en": en,
        "summary": f"{zh}的定义。",
        **common,
        "created": "2026-01-01",
        "reviewed": "2026-01-02",
        "review_due": "2027-01-02",
        "revision": 1,
        "hazards": "none",
        "preferred": {"zh": zh, "en": en},
        "alt": list(alt),
        "hidden": list(hidden),
        "definition": f"{zh}的定义。",
    }
    return page_text(values, "")


def an_alarm(id_: str, code: str, zh: str, **changes: Any) -> str:
    """Return an alarm page."""
    values: dict[str, Any] = {
        **{
            key: value
            for key, value in CASE.items()
            if key not in {"symptom", "failure_mode", "solutions", "verification", "facts"}
        },
        "id": id_,
        "type": "alarm",
        "title": f"{code} {zh}",
        "title_en": f"{code} alarm",
        "summary": f"{zh}。",
        "family": "fanuc",
        "code": code,
        "text": {"zh": zh, "en": f"text of {code}"},
        "explanation": f"{zh}的说明。",
        **changes,
    }
    return page_text(values, "## 怎样判断\n\n看一看。\n")


TERMS = {
    "terms__scale": a_term(
        "scale", "光栅尺", "linear scale", alt=("直线光栅尺",), hidden=("光删尺", "guangshanchi")
    ),
    "terms__dro": a_term("dro", "数显表", "digital readout", alt=("数显",)),
    "terms__spindle": a_term("spindle", "主轴", "spindle", hidden=("主抽",)),
    "terms__homing": a_term(
        "homing", "回零", "reference return", alt=("回参考点", "homing"), hidden=("会零",)
    ),
    "terms__offset": a_term("offset", "刀补", "tool offset", alt=("TO",)),
    "terms__encoder": a_term("encoder", "编码器", "encoder"),
    "terms__fanuc": a_term("fanuc", "发那科", "FANUC", hidden=("法兰克",)),
}
ALARMS = {
    "alarms__sv401": an_alarm(
        "ALM-SV0401", "SV0401", "伺服准备信号断开", aliases=["SV401", "401"], facts=["SV0401"]
    ),
    "alarms__sv411": an_alarm("ALM-SV0411", "SV0411", "移动中误差过大", facts=["SV0411"]),
    "alarms__ds300": an_alarm("ALM-DS0300", "DS0300", "需回零", facts=["DS0300"]),
    "alarms__s25050": an_alarm("ALM-25050", "25050", "轮廓监控", family="siemens", facts=["25050"]),
    "alarms__f30002": an_alarm(
        "ALM-F30002", "F30002", "直流母线过压", family="sinamics", facts=["230002 (F30002)"]
    ),
    "alarms__s0152": an_alarm(
        "ALM-S01-0052", "S01 0052", "误差过大1", family="mitsubishi", facts=["S01 0052"]
    ),
    "alarms__haas116": an_alarm("ALM-HAAS-116", "116", "主轴定向故障", family="haas", facts=["Haas 116"]),
    "alarms__ps116": an_alarm("ALM-PS0116", "PS0116", "变量写保护", facts=["PS0116"]),
    "alarms__range": an_alarm("ALM-7XXXXX", "700000-799999", "机床厂用户报警", family="siemens"),
    "alarms__joint": an_alarm("ALM-JOINT", "joint N following error", "关节跟随误差", family="linuxcnc"),
}
CASES = {
    "cases__hot": a_case(id="CASE-HOT", title="主轴过热停机", symptom="主轴电机烫手", facts=["SPI-01"]),
    "cases__noise": a_case(
        id="CASE-NOISE",
        title_en="Spindle noise",
        title="主轴异响",
        symptom="主轴转起来有响声",
        summary="轴承坏了。",
        facts=["SPI-08"],
        failure_mode="NOI",
    ),
    "cases__jump": a_case(
        id="CASE-JUMP",
        title_en="Readout jumps",
        title="数显表乱跳",
        symptom="焊机一开读数乱跳",
        summary="屏蔽没接地。",
        facts=["MEA-03"],
        failure_mode="DRI",
        component={"subsystem": "MEA", "item": "cable"},
    ),
    "cases__ready": a_case(
        id="CASE-READY",
        title_en="No axis moves",
        title="所有轴不能动",
        symptom="画面报 SV0401",
        summary="伺服没有准备好。",
        facts=["AXS-01"],
        alarms=[{"family": "fanuc", "code": "SV0401"}],
        component={"subsystem": "AXS", "item": "amplifier"},
    ),
    "cases__scale": a_case(
        id="CASE-SCALE",
        title_en="Scale contaminated",
        title="光栅尺脏污",
        symptom="尺寸一段一段跳",
        summary="尺面有油。",
        facts=["MEA-01"],
        failure_mode="DRI",
        component={"subsystem": "MEA", "item": "scale"},
    ),
}
GUIDES = {
    "guides__home": a_guide(
        id="GUIDE-HOME", title_en="Homing", title="回参考点的步骤", summary="怎样让机床回零。"
    ),
    "guides__clean": a_guide(
        id="GUIDE-CLEAN", title_en="Scale cleaning", title="光栅尺清洁", summary="擦尺的方法。"
    ),
    "guides__mention": a_guide(
        id="GUIDE-MENTION",
        title_en="Reading the history",
        title="读报警履历",
        summary="先看第一条。",
        body="### 步骤 1 看\n\n常见的有 SV0401。\n\n## 验收\n\n看过。\n",
    ),
}


def a_library(folder: Path, **more: str) -> Library:
    """Return the small library with `more` files; a file set to an empty text is left out."""
    files = {**TERMS, **ALARMS, **CASES, **GUIDES, **more}
    content = a_content_folder(
        folder / "content", VOCABULARIES, **{name: text for name, text in files.items() if text}
    )
    library = load_library(content)
    assert not library.faults, library.faults
    return library


def an_index(folder: Path, **more: str) -> SearchIndex:
    """Return an index of the small library."""
    return open_index(folder / "index", a_library(folder, **more))


__all__ = ["CASE_BODY", "a_case", "a_guide", "a_library", "a_term", "an_alarm", "an_index"]
