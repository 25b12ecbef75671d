"""The picture of three options: what each costs and what it leaves to the customer, as stacked bars."""

from dataclasses import dataclass
from decimal import Decimal

from kb.usecases.proposal_reading import Proposal
from kb.usecases.proposal_words import ProposalWords
from planner.proposals import Item, Option

LEFT, WIDE, HEIGHT, GAP = 78, 232, 26, 30
_INSPECTION = {
    Item.INSPECTION_LABOUR,
    Item.INSPECTION_TRAVEL_TIME,
    Item.INSPECTION_KILOMETRES,
    Item.MAINTENANCE_PARTS,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a bar."""

    x: float
    width: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class OptionBar:
    """One option's bar."""

    y: int
    name: str
    price: str
    chosen: bool
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class OptionBars:
    """All bars."""

    width: int
    height: int
    bars: tuple[OptionBar, ...]


def option_bars(found: Proposal, words: ProposalWords) -> OptionBars:
    """Return the options as bars of inspections, repairs taken over, risk, and what is left to the customer."""
    most = max((one.price + one.left_to_customer for one in found.options), default=Decimal(0)) or Decimal(1)
    bars = []
    for place, option in enumerate(found.options):
        x = float(LEFT)
        stretches = []
        for kind, name, amount in _amounts(option, words):
            width = round(WIDE * float(amount / most), 1)
            if amount > 0:
                stretches.append(
                    Stretch(x=round(x, 1), width=width, kind=kind, title=f"{name}: {words.money(amount)}")
                )
            x += max(0.0, width)
        bars.append(
            OptionBar(
                y=place * (HEIGHT + GAP),
                name=words.level(option.level),
                price=words.money(option.price),
                chosen=option.level is found.wishes.desired,
                stretches=tuple(stretches),
            )
        )
    return OptionBars(width=LEFT + WIDE + 10, height=len(bars) * (HEIGHT + GAP), bars=tuple(bars))


def _amounts(option: Option, words: ProposalWords) -> list[tuple[str, str, Decimal]]:
    inspection = sum((one.amount for one in option.lines if one.item in _INSPECTION), Decimal(0))
    risk = sum((one.amount for one in option.lines if one.item is Item.RISK), Decimal(0))
    repairs = sum((one.amount for one in option.lines), Decimal(0)) - inspection - risk
    return [
        ("inspection", words.say("Inspections and parts at intervals"), inspection),
        ("repairs", words.say("Repairs taken over"), repairs),
        ("risk", words.say("Risk taken over"), risk),
        ("left", words.say("Expected cost of repairs left to you"), option.left_to_customer),
    ]
