"""The words of a proposal: levels, items, bases, states, amounts."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kb.content.vocabulary import Vocabularies
from kb.i18n import Language, translator
from kb.usecases.proposal_reading import Proposal, ProposalState
from planner.model import ContractLevel, Level
from planner.proposals import Basis, Item, Line, PartClass

LEVEL_NAMES = {
    ContractLevel.INSPECTION: "Inspection only",
    ContractLevel.LABOUR: "Labour included",
    ContractLevel.ALL_IN: "All-in",
}
ITEM_NAMES = {
    Item.INSPECTION_LABOUR: "Inspections: work on the machines",
    Item.INSPECTION_TRAVEL_TIME: "Inspections: travelling time",
    Item.INSPECTION_KILOMETRES: "Inspections: kilometres",
    Item.MAINTENANCE_PARTS: "Parts changed at intervals",
    Item.REPAIR_LABOUR: "Expected repairs: work",
    Item.REPAIR_TRAVEL_TIME: "Expected repairs: travelling time",
    Item.REPAIR_KILOMETRES: "Expected repairs: kilometres",
    Item.REPAIR_PARTS: "Expected repairs: parts",
    Item.RISK: "Risk taken over",
}
BASIS_NAMES = {
    Basis.RECORDS: "records",
    Basis.CHECKLISTS: "checklists",
    Basis.PRICE_BOOK: "price book",
    Basis.ASSUMED: "assumed",
}
UNIT_NAMES = {"hour": "h", "kilometre": "km", "piece": "pcs", "percent": "%", "repair": "repairs"}
STATE_NAMES = {
    ProposalState.DRAFT: "draft",
    ProposalState.APPROVED: "approved",
    ProposalState.SENT: "sent",
    ProposalState.ACCEPTED: "accepted",
    ProposalState.DECLINED: "declined",
}
PART_CLASS_NAMES = {
    PartClass.COMMON: "common part",
    PartClass.WEARING: "wearing part",
    PartClass.MAINTENANCE: "maintenance part",
}
INSPECTION_NAMES = {
    Level.WEEKLY: "weekly inspection",
    Level.MONTHLY: "monthly inspection",
    Level.QUARTERLY: "quarterly inspection",
    Level.HALF_YEARLY: "half-yearly inspection",
    Level.YEARLY: "yearly inspection",
}
PROMISE_NAMES = {
    "response": "Response",
    "arrival": "Arrival on site",
    "temporary_restore": "Temporary restoration",
    "resolution": "Resolution",
}


@dataclass(frozen=True, slots=True)
class ProposalWords:
    """Names and amounts of a proposal in one language."""

    language: Language
    vocabularies: Vocabularies
    currency: str

    def say(self, message: str) -> str:
        """Return `message` in the language."""
        return translator(self.language)(message)

    def level(self, level: ContractLevel) -> str:
        """Return the name of a level of coverage."""
        return self.say(LEVEL_NAMES[level])

    def item(self, line: Line) -> str:
        """Return what a line is for."""
        name = self.say(ITEM_NAMES[line.item])
        return f"{name} · {line.note}" if line.note else name

    def bases(self, line: Line) -> str:
        """Return what a line rests on."""
        return " + ".join(self.say(BASIS_NAMES[one]) for one in line.bases)

    def unit(self, line: Line) -> str:
        """Return the unit of a line's quantity."""
        return self.say(UNIT_NAMES[line.unit])

    def part_class(self, one: PartClass) -> str:
        """Return the name of a class of parts."""
        return self.say(PART_CLASS_NAMES[one])

    def inspection(self, level: str) -> str:
        """Return the name of an inspection's level."""
        return self.say(INSPECTION_NAMES[Level(level)])

    def money(self, amount: Decimal) -> str:
        """Return an amount with its currency, without a fraction where it has none."""
        text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
        return f"{text} {self.currency}"

    def quantity(self, amount: Decimal) -> str:
        """Return a quantity without zeros that say nothing."""
        return f"{amount:,.2f}".rstrip("0").rstrip(".")

    def hours(self, span: timedelta | None) -> str:
        """Return a promised time."""
        if span is None:
            return self.say("not promised")
        return self.say("{hours} working hours").format(hours=f"{span.total_seconds() / 3600:g}")

    def machine_class(self, code: str) -> str:
        """Return the name of a class of machines."""
        return self.vocabularies.label("equipment_classes", code, self.language)

    def subsystem(self, code: str) -> str:
        """Return the name of a subsystem."""
        return self.vocabularies.label("subsystems", code, self.language) or self.say("not recorded")


def words_of(proposal: Proposal, vocabularies: Vocabularies, language: Language) -> ProposalWords:
    """Return the words of a proposal in a language."""
    return ProposalWords(language, vocabularies, str(proposal.book.body["currency"]))


def assumptions(proposal: Proposal, words: ProposalWords) -> tuple[str, ...]:
    """Return every assumption that a figure of the proposal rests on, one sentence each."""
    say, body, facts = words.say, proposal.book.body, proposal.facts
    expected = proposal.failures
    found = [
        say(
            "Failures: {mean} a year, typed by hand; by chance nine years of ten bring {low} to {high}."
        ).format(mean=f"{expected.mean:g}", low=expected.low, high=expected.high)
        if proposal.wishes.failures_per_year is not None
        else say(
            "Failures: {mean} a year, nine years of ten {low} to {high}; "
            "{failures} in {years} machine-years here, {rate} a machine-year in the fleet."
        ).format(
            mean=f"{proposal.failures.mean:.1f}",
            low=proposal.failures.low,
            high=proposal.failures.high,
            failures=proposal.failures.own_failures,
            years=f"{proposal.failures.own_years:.1f}",
            rate=f"{proposal.failures.fleet_rate:.2f}",
        )
    ]
    hours = facts["repair_hours"]
    if hours is None:
        found.append(
            say(
                "A repair takes {hours} h: assumed in the price book, as no repair has recorded its time."
            ).format(hours=body["repair_hours"])
        )
    else:
        whose = say("here") if hours["of"] == "own" else say("in the fleet")
        found.append(
            say("A repair takes {hours} h: mean of {count} recorded repairs {whose}.").format(
                hours=hours["mean"], count=hours["count"], whose=whose
            )
        )
    found.append(
        say("Parts of a repair cost {amount}: assumed in the price book.").format(
            amount=words.money(Decimal(str(body["repair_parts"])))
        )
    )
    trip = facts["trip"]
    if proposal.wishes.trip_minutes is not None or proposal.wishes.trip_kilometres is not None:
        found.append(say("The way to the site was typed by hand."))
    elif trip["measured"]:
        found.append(
            say(
                "The way there and back, {minutes} min and {kilometres} km, is reckoned from {name}, who lives nearest."
            ).format(minutes=trip["minutes"], kilometres=trip["kilometres"], name=trip["technician"])
        )
    if Decimal(str(body["risk_percent"])):
        found.append(
            say(
                "{percent} % is put on repairs that a level takes over, as the year may be a bad one."
            ).format(percent=body["risk_percent"])
        )
    unsourced = [one.part.name for one in proposal.parts if not one.part.source]
    if unsourced:
        found.append(say("Intervals without a source, assumed: {names}.").format(names=", ".join(unsourced)))
    if proposal.options[0].avoided is not None:
        found.append(
            say(
                "Inspections avoid {percent} % of the failures, and an hour of standstill costs {amount}: assumed."
            ).format(
                percent=body["avoidable_percent"],
                amount=words.money(
                    proposal.wishes.downtime_hour
                    if proposal.wishes.downtime_hour is not None
                    else Decimal(str(body["downtime_hour"]))
                ),
            )
        )
    else:
        found.append(
            say(
                "Savings of standstill are not reckoned: nobody has said what an hour of it costs, "
                "how long a failure lasts, or how many failures inspections avoid."
            )
        )
    return tuple(found)
