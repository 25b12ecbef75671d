"""The proposals of the year: made, adjusted, approved, sent; one accepted, one lost, one renewed; each held against the count."""

import copy
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx

from kb.store import planning_input
from kb.usecases.proposal_acceptance import accept_proposal
from kb.usecases.proposal_files import letterhead_to_begin_with, proposal_docx
from kb.usecases.proposal_json import proposal_json
from kb.usecases.proposal_reading import Proposal, ProposalState
from kb.usecases.proposals import adjust, move_proposal, propose
from planner.model import ContractLevel
from tests.year import inspections
from tests.year.department import LAST, MACHINES, PRICES, at
from tests.year.life import Life
from tests.year.offer_prices import options_of, parts_of
from tests.year.offers import expected_failures, facts_of, levels_of

ABOUT = frozenset(
    [
        "id",
        "number",
        "revision",
        "state",
        "next_states",
        "language",
        "site_id",
        "valid_until",
        "created_at",
        "created_by",
        "contract_id",
        "wishes",
        "missing",
        "currency",
        "price_book",
    ]
)
"""What a proposal tells of itself beside figures."""
FIGURES = frozenset(("failures", "options", "parts", "facts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A proposal as it was told at an instant, and what it had to tell."""

    label: str
    told: dict[str, Any]
    known: dict[str, Any]
    document: bytes


@dataclass(slots=True)
class Offers:
    """Makes proposals and keeps them beside what is expected."""

    life: Life
    folder: Path
    letterhead: Path
    offered: list[Offered] = field(default_factory=list)
    made: dict[str, Proposal] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def make(self, site: str, visits: int, start: date) -> None:
        """Propose, and reckon the same from the count."""
        life = self.life
        wishes = {"visits_per_year": visits, "start": start.isoformat()}
        self.made[site] = propose(
            life.store,
            life.library,
            life.ids[site],
            wishes,
            id=life.new_id(),
            language="zh_CN",
            who="调度",
            now=life.now,
        )
        facts = facts_of(life.tally, site, life.ids, self.folder, visits=visits, start=start, now=life.now)
        self.keep(site, "made", facts, visits, {})

    def keep(
        self, site: str, label: str, facts: dict[str, Any], visits: int, adjusted: dict[str, tuple[str, str]]
    ) -> None:
        """Keep what the proposal tells now beside what it must tell."""
        failures = expected_failures(facts)
        spread = (failures["low"], failures["high"])
        options = options_of(facts, failures["mean"], visits, adjusted, spread)
        self.known[site] = {
            "failures": failures,
            "options": options,
            "parts": parts_of(facts),
            "facts": facts,
        }
        self.tell(site, label)

    def tell(self, site: str, label: str) -> None:
        """Keep the proposal as it stands."""
        proposal = self.made[site]
        document = b""
        if label in ("made", "adjusted"):  # in other states it says the same
            words = self.life.library.vocabularies
            document = proposal_docx(proposal, words, "zh_CN", template=self.letterhead)
        self.offered.append(
            Offered(
                label=f"{site} {label}",
                told=copy.deepcopy(proposal_json(proposal)),
                known=copy.deepcopy(self.known[site]),
                document=document,
            )
        )

    def adjust(self, site: str, visits: int, level: str, amount: str, reason: str) -> None:
        """Put an amount on a level by hand; the facts stay as they were gathered."""
        life = self.life
        wish = {"adjustments": [{"level": level, "amount": amount, "reason": reason}], "desired": level}
        self.made[site] = adjust(
            life.store,
            life.library,
            self.made[site].number,
            wish,
            revision=self.made[site].revision,
            who="调度",
            now=life.now,
        )
        self.keep(site, "adjusted", self.known[site]["facts"], visits, {level: (amount, reason)})

    def move(self, site: str, *states: ProposalState) -> None:
        """Move it on; its figures stay."""
        for state in states:
            self.made[site] = move_proposal(
                self.life.store,
                self.made[site].number,
                state,
                revision=None,
                who="经理",
                now=self.life.now,
            )
        self.tell(site, str(states[-1]))

    def accept(self, site: str, level: ContractLevel, visits: int, start: date) -> None:
        """The customer takes a level: a contract with its visits, and a plan for every machine and level."""
        life = self.life
        self.made[site] = accept_proposal(
            life.store,
            self.made[site].number,
            level,
            revision=None,
            wording=life.wording,
            who="经理",
            now=life.now,
        )
        with life.store.reading() as session:
            register = planning_input(session)
        contract = next(one for one in register.contracts if one.id == self.made[site].contract_id)
        assert contract.site_id == life.ids[site]
        assert (contract.level, contract.visits_per_year) == (level, visits)
        assert (contract.validity.start, contract.validity.end) == (start, start.replace(year=start.year + 1))
        plans = {(one.equipment_id, one.level.value) for one in register.plans.values()}
        wanted = {
            (life.ids[one.tag], name) for one in MACHINES if one.site == site for name in levels_of(visits)
        }
        assert wanted <= plans, wanted - plans
        life.agreed[site] = (level.value, start)
        inspections.plan(life)
        self.tell(site, "accepted")


def schedule(life: Life, letterhead: Path) -> Offers:
    """One new customer, one that is lost, one with two contract years, one renewed with a discount."""
    letterhead.write_bytes(letterhead_to_begin_with("zh_CN"))
    found = Offers(life, life.library.folder / "checklists", letterhead)

    def on(month: int, day: int, step: Any) -> None:
        life.when(at(LAST.replace(month=month, day=day), 16), step)

    may, july, new_year = date(LAST.year, 5, 1), date(LAST.year, 7, 1), date(LAST.year + 1, 1, 1)
    on(4, 2, lambda: found.make("S4", 2, may))
    on(4, 3, lambda: found.move("S4", ProposalState.APPROVED, ProposalState.SENT))
    on(4, 10, lambda: found.accept("S4", ContractLevel.LABOUR, 2, may))
    on(5, 20, lambda: found.make("S3", 4, july))
    on(5, 21, lambda: found.move("S3", ProposalState.APPROVED, ProposalState.SENT))
    on(6, 15, lambda: found.move("S3", ProposalState.DECLINED))
    on(11, 20, lambda: found.make("S2", 12, new_year))
    on(12, 10, lambda: found.make("S1", 4, new_year))
    on(12, 11, lambda: found.adjust("S1", 4, "all_in", "-1500.50", "老客户"))
    on(12, 11, lambda: found.move("S1", ProposalState.APPROVED, ProposalState.SENT))
    on(12, 18, lambda: found.accept("S1", ContractLevel.ALL_IN, 4, new_year))
    return found


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers_in(document: bytes) -> list[tuple[str, str]]:
    """Return every number of a document's tables and paragraphs, with the text around it."""
    file = docx.Document(io.BytesIO(document))
    texts = [one.text for one in file.paragraphs]
    texts += [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return [(number.replace(",", ""), text) for text in texts for number in NUMBER.findall(text)]


def known_numbers(one: Offered) -> set[Decimal]:
    """Return every number that a proposal may show: those that were reckoned, as they are rounded for people."""
    found: set[Decimal] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            found.update(Decimal(number.replace(",", "")) for number in NUMBER.findall(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.update(round(Decimal(str(value)), places) for places in (0, 1, 2, 3))
            found.add(Decimal(str(value)))

    walk(one.known)
    walk(PRICES)
    walk({name: one.told[name] for name in ABOUT - {"missing"}})
    return found


def leaves(told: Any, known: Any) -> tuple[int, int]:
    """Return how many figures there are in what is told, and how many are not as they were reckoned."""
    if isinstance(told, Mapping) and isinstance(known, Mapping) and told.keys() == known.keys():
        found = [leaves(told[key], known[key]) for key in told]
    elif isinstance(told, list | tuple) and isinstance(known, list | tuple) and len(told) == len(known):
        found = [leaves(*pair) for pair in zip(told, known, strict=True)]
    elif isinstance(told, float) and isinstance(known, int | float):
        return 1, abs(told - known) > 1e-6
    else:
        return 1, told != known
    return sum(one for one, _ in found), sum(differ for _, differ in found)
