"""How others call what a case of the library has: headings of their documents and columns of their tables."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "现象": (
        "现象", "故障现象", "报警现象", "问题现象", "故障描述", "问题描述", "故障内容", "报修内容", "客户反映", "症状",
        "symptom", "symptoms", "issue", "problem", "problem description", "fault description",
    ),
    "环境": (
        "环境", "现场情况", "现场环境", "设备信息", "机床信息", "设备情况", "机床情况", "设备概况", "使用环境", "背景",
        "基本信息", "概述", "environment", "machine", "background", "context",
    ),
    "原因": (
        "原因", "故障原因", "原因分析", "故障分析", "故障原因分析", "问题分析", "根本原因", "分析", "诊断", "诊断过程",
        "故障诊断", "检查过程", "排查过程", "cause", "causes", "root cause", "analysis", "diagnosis",
    ),
    "处理": (
        "处理", "处理方法", "处理过程", "处理措施", "处理步骤", "处理办法", "故障处理", "故障排除", "排除方法", "排除过程",
        "解决", "解决方法", "解决措施", "解决方案", "解决办法", "维修过程", "维修方法", "维修内容", "维修措施", "对策",
        "remedy", "resolution", "solution", "fix", "repair", "action", "actions taken",
    ),
    "验证": (
        "验证", "验证结果", "验证方法", "处理结果", "维修结果", "结果", "结果确认", "效果", "效果确认", "试机", "试机结果",
        "verification", "result", "results",
    ),
    "预防": (
        "预防", "预防措施", "经验总结", "经验教训", "经验", "总结", "小结", "建议", "改进措施", "改进建议", "注意事项",
        "prevention", "lessons learned", "lessons", "conclusion", "recommendation", "recommendations",
    ),
}  # fmt: skip
"""Headings by the section of a case that they are, the section's own name first."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("标题", "题目", "案例名称", "案例标题", "名称", "故障名称", "主题", "title", "subject", "name"),
    "title_en": ("英文标题", "英文名称", "english title", "title en"),
    "alarm": (
        "报警", "报警号", "报警代码", "报警内容", "报警信息", "故障代码", "故障码", "代码", "错误代码",
        "alarm", "alarm code", "alarm no", "error code", "code",
    ),
    "machine": (
        "机床", "设备", "机型", "型号", "设备型号", "机床型号", "设备名称", "机床名称", "系统", "数控系统", "控制系统", "系统型号",
        "machine", "model", "equipment", "controller", "control", "cnc",
    ),
    "现象": SECTIONS["现象"],
    "环境": ("环境", "现场情况", "使用环境", "备注环境", "environment", "context"),
    "原因": SECTIONS["原因"],
    "处理": SECTIONS["处理"],
    "验证": SECTIONS["验证"],
    "预防": SECTIONS["预防"],
    "parts": ("备件", "更换备件", "配件", "更换配件", "零件", "更换零件", "物料", "parts", "spare parts"),
}  # fmt: skip
"""Headers of columns by the field they fill; what no header names stays in the draft as a remark."""
IGNORED = "-"
"""In a mapping: the column is left out on purpose."""
PRIVATE = (
    "客户", "客户名称", "用户", "用户名称", "公司", "公司名称", "单位", "联系人", "电话", "联系电话", "手机", "地址", "序列号",
    "机床序列号",     "出厂编号", "机床编号", "设备编号", "工程师", "服务工程师", "维修人员", "维修工程师", "处理人", "customer", "company",
    "contact", "phone", "serial", "serial number", "serial no", "engineer", "technician", "address",
)  # fmt: skip
"""Headers of what never stands in a case: customer, serial number, people. It stays in the service record."""
FIELD_NAMES: Mapping[str, str] = {
    "title": "Title",
    "title_en": "English title",
    "alarm": "Alarm code",
    "machine": "Machine or control",
    "现象": "Symptom",
    "环境": "Circumstances",
    "原因": "Cause",
    "处理": "Remedy",
    "验证": "Proof",
    "预防": "Prevention",
    "parts": "Parts",
    IGNORED: "leave out",
}
"""Message ids of the fields, for who maps columns."""

TYPE_CUES: Mapping[str, tuple[str, ...]] = {
    "guide": (
        "操作步骤", "作业步骤", "安装步骤", "调整步骤", "更换步骤", "步骤", "工具", "工具与材料", "所需工具", "准备", "准备工作",
        "作业准备",
        "前提", "前提条件", "验收", "验收标准", "作业指导", "安全注意事项", "安全要求", "适用范围", "steps", "procedure",
        "tools", "prerequisites", "acceptance",
    ),
    "alarm": (
        "报警号", "报警含义", "报警说明", "报警解释", "报警文本", "含义", "解释", "说明", "系统反应", "反应", "继续运行", "解除方法",
        "报警解除",
        "explanation", "reaction", "alarm text", "meaning", "continuation",
    ),
    "checklist": (
        "点检项目", "检查项目", "点检内容", "检查内容", "保养项目", "点检标准", "检查标准", "判定标准", "点检方法", "检查方法",
        "点检周期", "检查周期",
        "周期", "频次", "items", "criterion", "interval", "check items",
    ),
}  # fmt: skip
"""Headings, and headers of tables, by which documents of other kinds than cases are known."""
_TYPE_BY_NAME = {name: kind for kind, names in TYPE_CUES.items() for name in names}
_STEP = re.compile(r"^(?:步骤|第)\s*[一二三四五六七八九十\d]+\s*步?")

_NUMBER = re.compile(
    r"^\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}(?:\.\d{1,2})*)(?:[)）、:：]|[.．](?!\d))\s*|第[一二三四五六七八九十\d]+[章节部分]+\s*|[①-⑳]\s*|\d{1,2}(?:\.\d{1,2})*\s+)"
)
_BY_NAME = {name: section for section, names in SECTIONS.items() for name in names}
_BY_HEADER = {name: field for field, names in COLUMNS.items() for name in names} | dict.fromkeys(
    PRIVATE, IGNORED
)
_LEAD = re.compile(r"^(.{1,14}?)\s*[:：]\s*(.*)$", re.DOTALL)


def folded(text: str) -> str:
    """Return a heading or header as it is compared: half-width, small letters, without numbering and colon."""
    text = unicodedata.normalize("NFKC", _NUMBER.sub("", text)).casefold()
    text = re.sub(r"[\s_\-/*【】\[\]<>《》]+", " ", text).strip(" :：。.")
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


def section_of(heading: str) -> str:
    """Return the section of a case that a heading stands for; empty where it is none."""
    return _BY_NAME.get(folded(heading), "")


def type_of(headings: Sequence[str]) -> str:
    """Return the page type that a document's headings tell; a case where none has more of them than a case has."""
    counts = {"case": 0, **dict.fromkeys(TYPE_CUES, 0)}
    for heading in dict.fromkeys(map(folded, headings)):
        if _STEP.match(heading):
            counts["guide"] += 1
        elif kind := _TYPE_BY_NAME.get(heading):
            counts[kind] += 1
        elif heading in _BY_NAME:
            counts["case"] += 1
    return max(counts, key=lambda kind: (counts[kind], kind == "case"))


def led_section(text: str) -> tuple[str, str]:
    """Return section and rest of a paragraph that begins like `故障现象：…`; two empty texts where it does not."""
    match = _LEAD.match(text.strip())
    section = section_of(match[1]) if match else ""
    return (section, match[2].strip()) if match and section else ("", "")


def field_of(header: str) -> str:
    """Return the field that a column with this header fills; empty where none is known."""
    return _BY_HEADER.get(folded(re.sub(r"[（(][^（()）]*[)）]\s*$", "", header)), "")


def proposed_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Return the field of each header, by header; of two for one field the first takes it, the others stay remarks."""
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for header in headers:
        field = field_of(header)
        if header and field and (field not in taken or field in ("machine", IGNORED)):
            mapping[header] = field
            taken.add(field)
    return mapping
