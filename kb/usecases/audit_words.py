"""What the audit trail says for people: kinds of things, what was done, and fields; files for programs keep the codes."""

from collections.abc import Mapping

from kb.i18n import Language
from kb.usecases.record_kinds import KINDS
from kb.usecases.record_reading import RECORDS
from kb.usecases.register_kinds import Names, Wording
from kb.usecases.register_tables import TABLES

THINGS: Mapping[str, Names] = {
    RECORDS: ("记录", "Records"),
    "calendar_feeds": ("日历订阅", "Calendar subscriptions"),
    "campaigns": ("技术通报", "Bulletins"),
    "drafts": ("草稿", "Drafts"),
    "emergency_plans": ("应急预案", "Emergency plans"),
    "fault_reports": ("报障", "Fault reports"),
    "job_history": ("历史工单", "Job history"),
    "machine_tokens": ("设备二维码", "Machine codes"),
    "maintenance_proposals": ("维保方案", "Maintenance proposals"),
    "page_uses": ("资料使用", "Uses of pages"),
    "page_work": ("待修资料", "Pages to mend"),
    "plan_proposals": ("计划调整建议", "Proposed repairs of the plan"),
    "plan_runs": ("排程", "Plan runs"),
    "plan_versions": ("发布的计划", "Published plans"),
    "price_books": ("价目表", "Price books"),
    "sample": ("示例数据", "Sample data"),
    "search_log": ("未答的检索", "Unanswered queries"),
    "stock": ("库存", "Stock"),
    "summaries": ("汇总", "Summaries"),
    "training_items": ("培训计划", "Training plan"),
    "training_sessions": ("培训", "Trainings"),
    "travel_ways": ("车程", "Travel times"),
    "users": ("用户", "Users"),
    "visits": ("上门", "Visits"),
    "work_orders": ("工单", "Work orders"),
}
"""Kinds of the trail that are no table of the register."""
DONE: Mapping[str, Names] = {
    "accept": ("接受", "accepted"),
    "add": ("新建", "made"),
    "attach": ("添加附件", "file added"),
    "cancel": ("取消", "cancelled"),
    "change": ("修改", "changed"),
    "close": ("关闭", "closed"),
    "concede": ("放宽条件", "condition eased"),
    "create": ("新建", "made"),
    "decide": ("判定", "decided"),
    "delete": ("删除", "deleted"),
    "detach": ("移除附件", "file removed"),
    "draft": ("生成草稿", "draft made"),
    "drill": ("演练", "drill"),
    "erase": ("清除个人信息", "personal data erased"),
    "event": ("进展", "event"),
    "finding": ("发现问题", "finding"),
    "import": ("导入", "imported"),
    "import-mtconnect": ("导入机床数据", "machine data imported"),
    "load": ("载入", "loaded"),
    "marks": ("登记成绩", "marks"),
    "move": ("状态变更", "moved"),
    "open": ("重新打开", "opened again"),
    "password": ("修改密码", "password changed"),
    "people": ("人员变动", "people"),
    "plan": ("排程", "planned"),
    "publish": ("发布", "published"),
    "quiz": ("采用测验成绩", "quiz results taken"),
    "refresh": ("更新", "refreshed"),
    "reject": ("拒绝", "rejected"),
    "review": ("评审", "reviewed"),
    "revoke": ("撤销", "revoked"),
    "roads": ("查询路网", "roads asked"),
    "role": ("修改权限", "role changed"),
    "state": ("状态变更", "moved"),
    "update": ("修改", "changed"),
    "used": ("已使用", "used"),
    "visit": ("回报上门", "visit reported"),
}
"""What was done."""
FIELDS: Mapping[str, Names] = {
    "action": ("动作", "action"),
    "added": ("新增", "added"),
    "changed": ("变更", "changed"),
    "code": ("编号", "code"),
    "contract_id": ("合同", "contract"),
    "draft_id": ("草稿", "draft"),
    "drafts": ("草稿", "drafts"),
    "dropped": ("撤下", "dropped"),
    "failed": ("失败", "failed"),
    "files": ("文件", "files"),
    "first_day": ("起始日", "first day"),
    "kind": ("类别", "kind"),
    "last_day": ("截止日", "last day"),
    "learnt": ("新得", "learnt"),
    "level": ("级别", "level"),
    "moved": ("移动", "moved"),
    "name": ("名称", "name"),
    "new": ("新的", "new"),
    "note": ("说明", "note"),
    "number": ("编号", "number"),
    "owner": ("负责人", "owner"),
    "people": ("人数", "people"),
    "places": ("处数", "places"),
    "planned_day": ("计划日", "planned day"),
    "published": ("发布时间", "published"),
    "published_by": ("发布人", "published by"),
    "role": ("权限", "role"),
    "run": ("排程", "run"),
    "state": ("状态", "state"),
    "tables": ("表", "tables"),
    "technician_id": ("工程师", "technician"),
    "title": ("标题", "title"),
    "unchanged": ("未变", "unchanged"),
    "unplaced": ("未安排", "unplaced"),
    "urgent": ("紧急工作", "urgent jobs"),
    "visit_key": ("上门", "visit"),
    "visit_note": ("上门回报", "visit report"),
    "visits": ("上门", "visits"),
}
"""Fields that are no field of the register or of a record."""


def kind_word(kind: str, wording: Wording) -> str:
    """Return what a kind of thing is called; one without a name stays its code."""
    if kind in TABLES:
        return wording.pick(TABLES[kind].title)
    return wording.pick(THINGS.get(kind, (kind, kind)))


def action_word(action: str, language: Language) -> str:
    """Return what was done; what has no name stays its code."""
    return DONE.get(action, (action, action))[language == "en"]


def field_word(kind: str, name: str, wording: Wording) -> str:
    """Return what a field of a kind of thing is called; one without a name stays its code."""
    if kind in TABLES:
        found = [one.title for one in TABLES[kind].fields if one.name == name]
    elif kind == RECORDS:
        found = [one.title for each in KINDS.values() for one in each.fields if one.name == name]
    else:
        found = []
    return wording.pick(found[0] if found else FIELDS.get(name, (name, name)))
