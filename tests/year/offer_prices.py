"""The three options of a proposal, priced once more from its facts and the price book."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.year.department import PRICES
from tests.year.offers import money, price

ONE = Decimal(1)
PROMISES = {
    "response": "response_hours",
    "arrival": "arrival_hours",
    "temporary_restore": "restore_hours",
    "resolution": "resolution_hours",
}


def line(
    item: str, quantity: Decimal, unit: str, each: Decimal, bases: list[str], note: str = ""
) -> dict[str, Any]:
    """Return a line: quantity and price in hundredths, and their product."""
    quantity, each = money(quantity), money(each)
    return {
        "item": item,
        "note": note,
        "quantity": f"{quantity:f}",
        "unit": unit,
        "price": f"{each:f}",
        "amount": f"{money(quantity * each):f}",
        "bases": bases,
    }


def parts_of(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of a year at the price book's intervals."""
    found = []
    for part in PRICES["parts"]:
        wanted = part.get("equipment_class", "")
        machines = sum(wanted in ("", one["equipment_class"]) for one in facts["machines"])
        if machines:
            quantity = Decimal(str(part.get("quantity", 1))) * machines * 12 / part["every_months"]
            found.append(
                {
                    "name": part["name"],
                    "number": "",
                    "part_class": "maintenance",
                    "every_months": part["every_months"],
                    "machines": machines,
                    "quantity": f"{money(quantity):f}",
                    "source": part.get("source", ""),
                }
            )
    return found


def options_of(
    facts: Mapping[str, Any],
    mean: float,
    visits: int,
    adjusted: Mapping[str, tuple[str, str]],
    spread: tuple[int, int],
) -> list[dict[str, Any]]:
    """Return the options as a program is told them."""
    hour, way, km = price("labour_hour"), price("travel_hour"), price("kilometre")
    margin = 1 + price("margin_percent") / 100
    number = Decimal(str(round(mean, 6)))
    trip_hours, trip_km = Decimal(facts["trip"]["minutes"]) / 60, Decimal(facts["trip"]["kilometres"])
    minutes = sum(one["times"] * one["minutes"] for one in facts["works"])
    inspection = [
        line("inspection_labour", Decimal(minutes) / 60, "hour", hour, ["checklists"]),
        line("inspection_travel_time", visits * trip_hours, "hour", way, ["records"]),
        line("inspection_kilometres", visits * trip_km, "kilometre", km, ["records"]),
    ]
    prices = {one["name"]: Decimal(one["price"]) for one in PRICES["parts"]}
    for part in parts_of(facts):
        basis = "price_book" if part["source"] else "assumed"
        each = prices[part["name"]] * margin
        inspection.append(
            line("maintenance_parts", Decimal(part["quantity"]), "piece", each, [basis], part["name"])
        )
    known = facts["repair_hours"]
    hours = Decimal(str(known["mean"])) if known else price("repair_hours")
    labour = [
        line("repair_labour", number * hours, "hour", hour, ["records"] if known else ["records", "assumed"]),
        line("repair_travel_time", number * trip_hours, "hour", way, ["records"]),
        line("repair_kilometres", number * trip_km, "kilometre", km, ["records"]),
    ]
    parts = [line("repair_parts", number, "repair", price("repair_parts") * margin, ["records", "assumed"])]
    down = facts["downtime_hours"]
    lost = (Decimal(str(down["mean"])) if down else price("downtime_hours")) * price("downtime_hour")
    saved = [
        f"{(Decimal(str(round(one, 6))) * lost * price('avoidable_percent') / 100).quantize(ONE, ROUND_HALF_UP):f}"
        for one in (mean, *spread)
    ]
    found = []
    for level, taken in (("inspection", []), ("labour", labour), ("all_in", labour + parts)):
        lines = inspection + taken
        over = total(taken)
        if over:
            risk = {
                "item": "risk",
                "note": "",
                "quantity": f"{price('risk_percent'):f}",
                "unit": "percent",
                "price": f"{over:f}",
                "amount": f"{money(over * price('risk_percent') / 100):f}",
                "bases": ["assumed"],
            }
            lines = [*lines, risk]
        amount, reason = adjusted.get(level, ("0", ""))
        terms: Mapping[str, Any] = PRICES["terms"].get(level, {})
        found.append(
            {
                "level": level,
                "price": f"{(total(lines) + Decimal(amount)).quantize(ONE, ROUND_HALF_UP):f}",
                "left_to_customer": f"{total([one for one in labour + parts if one not in taken]):f}",
                "avoided": saved,
                "adjustment": amount,
                "reason": reason,
                "promised_hours": {
                    name: float(terms[key]) if key in terms else None for name, key in PROMISES.items()
                },
                "exclusions": list(terms.get("exclusions", ())),
                "lines": lines,
            }
        )
    return found


def total(lines: list[dict[str, Any]]) -> Decimal:
    """Return the sum of amounts."""
    return sum((Decimal(one["amount"]) for one in lines), Decimal(0))
