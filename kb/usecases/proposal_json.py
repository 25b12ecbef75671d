"""A proposal as plain values, for a program."""

from decimal import Decimal

from kb.usecases.proposal_reading import Proposal
from kb.usecases.proposal_words import PROMISE_NAMES
from planner.proposals import Option


def proposal_json(proposal: Proposal) -> dict[str, object]:
    """Return a proposal as an object of JSON; amounts are texts, so that nothing is lost."""
    return {
        "id": proposal.id,
        "number": proposal.number,
        "revision": proposal.revision,
        "state": proposal.state,
        "next_states": list(proposal.next_states),
        "language": proposal.language,
        "site_id": proposal.site_id,
        "valid_until": proposal.valid_until.isoformat(),
        "created_at": proposal.created_at.isoformat(),
        "created_by": proposal.created_by,
        "contract_id": proposal.contract_id,
        "wishes": proposal.wishes.model_dump(mode="json"),
        "missing": list(proposal.missing),
        "currency": proposal.book.body["currency"],
        "price_book": proposal.book.number,
        "failures": {
            "mean": proposal.failures.mean,
            "low": proposal.failures.low,
            "high": proposal.failures.high,
            "own": proposal.failures.own_failures,
            "own_machine_years": proposal.failures.own_years,
            "fleet_rate": proposal.failures.fleet_rate,
        },
        "options": [_option(one) for one in proposal.options],
        "parts": [
            {
                "name": one.part.name,
                "number": one.part.number,
                "part_class": one.part.part_class,
                "every_months": one.part.every_months,
                "machines": one.machines,
                "quantity": _plain(one.quantity),
                "source": one.part.source,
            }
            for one in proposal.parts
        ],
        "facts": dict(proposal.facts),
    }


def _option(option: Option) -> dict[str, object]:
    promised = {
        name: span.total_seconds() / 3600 if (span := getattr(option.terms.response_times, name)) else None
        for name in PROMISE_NAMES
    }
    return {
        "level": option.level,
        "price": _plain(option.price),
        "left_to_customer": _plain(option.left_to_customer),
        "avoided": None if option.avoided is None else [_plain(one) for one in option.avoided],
        "adjustment": _plain(option.adjustment),
        "reason": option.reason,
        "promised_hours": promised,
        "exclusions": list(option.terms.exclusions),
        "lines": [
            {
                "item": line.item,
                "note": line.note,
                "quantity": _plain(line.quantity),
                "unit": line.unit,
                "price": _plain(line.price),
                "amount": _plain(line.amount),
                "bases": list(line.bases),
            }
            for line in option.lines
        ],
    }


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"
