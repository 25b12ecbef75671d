"""Messages of the service after a delivery: one for each step, filled in for the machine, to be sent by hand."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from kb.usecases.record_kinds_delivery import STEPS
from kb.usecases.record_nouns import Record
from kb.usecases.register_kinds import Names, Wording

TEMPLATES: Mapping[str, Names] = MappingProxyType(
    {
        "greeting": (
            "{contact}您好！{machine}已于{delivered}交付，感谢选用。设备到位后请先不要通电，"
            "并保留包装与随机文件；安装前有任何问题请直接回复本消息。",
            "Dear {contact}, your machine {machine} was delivered on {delivered}. Thank you. Please keep it unpowered, "
            "with its packing and papers, until we install it; reply to this message with any question.",
        ),
        "appointment": (
            "{contact}您好！我们计划在{due}前上门安装调试{machine}。请确认场地、电源、气源是否就绪，"
            "并告知方便的日期和现场联系人。",
            "Dear {contact}, we plan to install {machine} by {due}. Please confirm that floor, power and air are ready, "
            "and name a day and a person on site.",
        ),
        "guidance": (
            "{contact}您好！{due}前我们将在现场讲解{machine}的操作、日常保养与安全注意事项，"
            "请安排操作与维修人员参加；讲解后请在服务单上签字。",
            "Dear {contact}, by {due} we explain operation, daily care and safety of {machine} on site. Please let operators "
            "and maintenance people take part and sign the service report.",
        ),
        "follow_up": (
            "{contact}您好！{machine}已使用一段时间，请问运行是否正常？加工精度、报警、漏油漏气如有异常请告知，我们及时处理。",
            "Dear {contact}, {machine} has been running for a while. Is it well? Tell us of accuracy, alarms or leaks and "
            "we take care of it.",
        ),
        "complaint_check": (
            "{contact}您好！为改进服务，请问{machine}交付以来对我们的服务有无不满意之处？您的意见会登记并答复。",
            "Dear {contact}, is there anything about our service for {machine} that did not satisfy you? What you say is "
            "recorded and answered.",
        ),
    }
)


_PLACE = re.compile(r"\{[a-z]+\}")


def messages_of(one: Record, wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return title and text of the message of each step that is not done; none for other records."""
    if one.kind.name != "journey":
        return ()
    machine = one.links["equipment"][1] if "equipment" in one.links else one.title
    delivered = one.values["delivered_on"]
    found = []
    for (code, _, _), row in zip(STEPS, one.values["steps"], strict=False):
        if row["done_on"]:
            continue
        said: Mapping[str, object] = {
            "{contact}": one.values["contact"] or wording.pick(("客户", "customer")),
            "{machine}": machine,
            "{delivered}": delivered.isoformat(),
            "{due}": row["due"],
        }
        text = wording.pick(TEMPLATES[code])
        found.append((row["step"], _filled(text, said)))
    return tuple(found)


def _filled(text: str, said: Mapping[str, object]) -> str:
    """Fill the places in one pass: a name that holds a place itself is not filled in again."""
    return _PLACE.sub(lambda place: str(said.get(place[0], place[0])), text)
