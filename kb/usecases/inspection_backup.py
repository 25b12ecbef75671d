"""Is there a backup of the parameters? A checklist's item, a file or the words of a service report say so, or nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Literal

from kb.content import Library
from kb.content.pages import ChecklistItem, ChecklistPage
from kb.store import inspections as rows
from kb.store.register import Session
from kb.store.work_orders import CheckResultRow, WorkOrderRow
from kb.usecases.work_order_fields import TEXTS

OLD = timedelta(days=365)
FILE_WORDS = ("备份", "backup")
_OF_PARAMETERS = re.compile(
    r"全备份|参数[^。；]*备份|备份[^。；]*参数|full backup|backup[^.;]*parameter", re.IGNORECASE
)
_MADE = re.compile(
    r"(?:已|完成|做了|做好)[^，。；,;]{0,8}备份|备份[^，。；,;]{0,4}(?:完成|已|正常|成功)|backup (?:made|done|taken|complete)",
    re.IGNORECASE,
)
_LACKING = re.compile(
    r"(?:未|没有?|无|缺)[^，。；,;]{0,4}备份|备份[^，。；,;]{0,4}(?:丢失|失败|不全|打不开|缺失|没有|未)"
    r"|(?:no|missing|lost) backup|backup (?:is )?(?:missing|lost|failed)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What is known of the backup of a machine's parameters.

    Args:
        state: *not_recorded*: nothing says anything.
        kind: What says so: `item`, `file` or `note`.
        reference: Number of the order, or name of the file.
    """

    state: Literal["present", "missing", "not_recorded"]
    day: date | None = None
    kind: str = ""
    reference: str = ""
    text: str = ""

    def is_old(self, today: date) -> bool:
        """Whether the last backup that is recorded is older than a year."""
        return self.state == "present" and self.day is not None and today - self.day > OLD


def is_backup_item(item: ChecklistItem) -> bool:
    """Whether an item of a checklist asks for the backup of parameters."""
    return bool(_OF_PARAMETERS.search(f"{item.text}. {item.text_en or ''}"))


def backup_items(library: Library) -> frozenset[str]:
    """Return the ids of items that ask for the backup of parameters."""
    return frozenset(
        item.id
        for page in library.pages.values()
        if isinstance(page, ChecklistPage)
        for item in page.items
        if is_backup_item(item)
    )


def said_of_backup(text: str) -> Literal["present", "missing", ""]:
    """Return what a sentence of a report says of the backup; empty where it says nothing clear."""
    if not _OF_PARAMETERS.search(text):
        return ""
    if _LACKING.search(text):
        return "missing"
    return "present" if _MADE.search(text) else ""


def backup_of(
    session: Session,
    equipment_id: str,
    results: Sequence[tuple[CheckResultRow, str]],
    orders: Sequence[WorkOrderRow],
    items: frozenset[str],
    zone: tzinfo,
) -> Backup:
    """Return the last thing that was said of the backup of a machine's parameters.

    Args:
        results: Of its checklists, with the number of the order.
        orders: Its work orders.
        items: Ids of items that ask for it.
    """
    found = [*_from_items(results, items, zone), *_from_notes(orders, zone)]
    things = [("equipment", equipment_id), *(("work_orders", one.id) for one in orders)]
    found += [
        Backup(
            state="present",
            day=one.added_at.astimezone(zone).date(),
            kind="file",
            reference=one.name,
            text=one.note,
        )
        for one in rows.files_named(session, things, FILE_WORDS)
    ]
    # On one day what says that it is missing outweighs what says that it is there.
    return max(
        found,
        key=lambda one: (one.day or date.min, one.state == "missing"),
        default=Backup(state="not_recorded"),
    )


def _from_items(
    results: Iterable[tuple[CheckResultRow, str]], items: frozenset[str], zone: tzinfo
) -> Iterable[Backup]:
    for row, number in results:
        if row.item_id in items and row.verdict in {"pass", "warn", "fail"}:
            yield Backup(
                state="missing" if row.verdict == "fail" else "present",
                day=row.checked_at.astimezone(zone).date(),
                kind="item",
                reference=number,
                text=f"{row.item_id} {row.text}".strip(),
            )


def _from_notes(orders: Iterable[WorkOrderRow], zone: tzinfo) -> Iterable[Backup]:
    for order in orders:
        for name in TEXTS:
            for sentence in re.split(r"[。\n]|\.\s", str((order.body or {}).get(name, ""))):
                state = said_of_backup(sentence)
                if state:
                    yield Backup(
                        state=state,
                        day=(order.closed_at or order.opened_at).astimezone(zone).date(),
                        kind="note",
                        reference=order.number,
                        text=sentence.strip(),
                    )
