"""What customers say in the year: complaints and follow-up calls, which are counted, and records that no summary counts."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from kb.usecases.record_making import follow_up
from kb.usecases.records import change_record, create_record, move_record
from tests.year.department import LAST, ZONE, at
from tests.year.faults import DAY, MINUTE
from tests.year.life import OFFICE, Life
from tests.year.tally import CATEGORIES

UNCOUNTED: dict[str, dict[str, Any]] = {
    "need": {"need": "想要刀库扩容"},
    "question": {"question": "SV0401 怎么查"},
    "return": {"direction": "exchange", "what": "数显表", "reason": "黑屏"},
    "upgrade": {"ware": "software", "unit": "CNC", "from_version": "1.0", "to_version": "1.1"},
    "quality": {"maker": "轴承厂", "problem": "早期剥落"},
    "journey": {"delivered_on": "2026-03-02"},
    "project": {"scope": "安装两台立加"},
    "analysis": {"happened_on": "2026-04-02", "summary": "撞机"},
}
"""Kinds that no figure of a summary counts, with what they need: they must move nothing."""


class Voices:
    """Makes records and counts those that a summary counts."""

    def __init__(self, life: Life) -> None:
        """Hold the life that they belong to."""
        self.life = life

    def make(self, kind: str, **values: Any) -> str:
        """Make a record of now and return its number."""
        life = self.life
        raw = {"title": f"{kind} {life.now:%m-%d}", "site": "S1", **values}
        return create_record(
            life.store, kind, raw, id=life.new_id(), actor=OFFICE, wording=life.wording, now=life.now
        ).number

    def change(self, number: str, **values: Any) -> None:
        """Give a record values."""
        life = self.life
        change_record(
            life.store,
            number,
            values,
            revision=None,
            actor=OFFICE,
            wording=life.wording,
            now=life.now,
            new_id=life.new_id,
        )

    def move(self, number: str, to: str, note: str = "") -> None:
        """Move a record on."""
        life = self.life
        move_record(
            life.store,
            number,
            to,
            note=note,
            revision=None,
            id=life.new_id(),
            actor=OFFICE,
            wording=life.wording,
            now=life.now,
        )

    def complain(self, paid: float, *, withdrawn: bool) -> None:
        """A complaint counts in its month; what is paid for it later counts there too."""
        life = self.life
        chosen = life.chance.choice(("repair", "time", "attitude", "parts"))
        came = life.now
        number = self.make("complaint", category=chosen, said="等得太久")
        life.tally.add("complaints", came)
        if withdrawn:
            life.when(came + 3 * DAY, lambda: self.move(number, "withdrawn", "客户撤回"))
            return
        life.when(came + 9 * DAY, lambda: self.settle(number, came, paid))

    def settle(self, number: str, came: datetime, paid: float) -> None:
        """Answer a complaint, pay and close it."""
        money = {"compensation": paid, "compensation_reason": "误工"} if paid else {}
        self.change(
            number,
            root_cause="缺件",
            measures="备件前置",
            accepted="yes",
            accepted_by="孙工",
            accepted_on=self.life.now.date().isoformat(),
            **money,
        )
        self.move(number, "answered")
        self.move(number, "closed")
        self.life.tally.add("compensation", came, paid)

    def call(self, *, how: str) -> None:
        """A follow-up call counts when it was made: one that reached nobody, or was taken back, does not."""
        life = self.life
        closed = [one.id for one in life.tally.repairs if one.closed]
        if closed and life.chance.random() < 0.5:
            order = closed.pop()
            number = follow_up(
                life.store, order=order, id=life.new_id(), actor=OFFICE, wording=life.wording, now=life.now
            ).number
            if number in life.order_of:
                return
            life.order_of[number] = number
        else:
            number = self.make("satisfaction")
        answers = {name: life.chance.choice(("yes", "yes", "no", "na")) for name in CATEGORIES}
        reasons = {f"{name}_reason": "慢" for name, said in answers.items() if said == "no"}
        day = life.now.date().isoformat()
        if how == "unreached":
            self.move(number, "unreached")
            return
        self.change(number, called_on=day, talked_to="孙工", **answers, **reasons)
        self.move(number, "done")
        self.count(answers, life.now, 1)
        if how == "again":
            first = life.now
            life.when(first + 8 * DAY, lambda: self.again(number, answers, first))

    def again(self, number: str, answers: dict[str, str], first: datetime) -> None:
        """A call is taken back and made again: it counts where it was made last."""
        self.move(number, "planned", "换人再问")
        self.count(answers, first, -1)
        self.move(number, "done")
        self.count(answers, self.life.now, 1)

    def count(self, answers: dict[str, str], day: datetime, sign: int) -> None:
        """Count a call and its answers; what does not apply is no answer."""
        self.life.tally.add("calls", day, sign)
        for name, said in answers.items():
            if said != "na":
                self.life.tally.add(f"satisfied_{name}:{said}", day, sign)

    def note(self, kind: str) -> None:
        """Make a record that no summary counts."""
        self.make(kind, **UNCOUNTED[kind])


def schedule(life: Life) -> Voices:
    """Spread them over the year, some on the edges of months."""
    found = Voices(life)
    chance = life.chance

    def some(month: int) -> datetime:
        return at(LAST.replace(month=month, day=1)) + chance.randrange(0, 27 * 24 * 60) * MINUTE

    for month in range(1, 13):
        life.when(some(month), partial(found.complain, month * 35.5, withdrawn=month % 4 == 0))
        for number in range(3):
            how = ("done", "unreached", "again", "done")[(month + number) % 4]
            life.when(some(month), partial(found.call, how=how))
    edges = (
        datetime(LAST.year, 5, 31, 23, 59, 59, tzinfo=ZONE),
        datetime(LAST.year, 6, 1, tzinfo=ZONE),
        datetime(LAST.year, 12, 31, 23, 59, tzinfo=ZONE),
    )
    asked_again = at(LAST.replace(month=1, day=30), 12)  # taken back when January was closed
    life.when(asked_again, lambda: found.call(how="again"))
    for edge in edges:
        life.when(edge, lambda: found.call(how="done"))
        life.when(edge, lambda: found.complain(0, withdrawn=False))
    for number, kind in enumerate(UNCOUNTED):
        life.when(at(LAST.replace(month=2 + number, day=11), 10), partial(found.note, kind))
    life.when(at(LAST) + timedelta(hours=1), lambda: found.complain(100, withdrawn=True))
    return found
