"""The kit of a handling plan: parts of the cases behind the likely causes, with alternatives, and where each of them lies."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from kb.store import Store
from kb.store.stock import folded
from kb.usecases.fault_diagnosis import Likely
from kb.usecases.stock import Known, StockLine, known_parts
from planner.faults import InStock, KitPart, RankedCause


def kit(
    store: Store, likely: Likely, causes: Sequence[RankedCause], name_of: Callable[[RankedCause], str]
) -> tuple[tuple[KitPart, ...], bool]:
    """Return the parts to bring, and whether stock is recorded at all.

    Args:
        causes: Those whose parts are brought, the likely ones first.
        name_of: Returns a cause's name for people.
    """
    found: dict[tuple[str, str], KitPart] = {}
    for one in causes:
        for page, solution in likely.solutions.get(one.cause, ()):
            if page.id not in one.cases:
                continue
            for part in solution.parts:
                found.setdefault(
                    (part.name, part.number or ""),
                    KitPart(
                        name=part.name,
                        number=part.number or "",
                        quantity=part.qty,
                        alternatives=part.alternatives,
                        cause=name_of(one),
                        sources=(page.id,),
                    ),
                )
    numbers = list(chain.from_iterable((one.number, *one.alternatives) for one in found.values()))
    known = known_parts(store, numbers, [one.name for one in found.values() if not one.number])
    return tuple(_with_stock(one, known) for one in found.values()), known.is_recorded


def _with_stock(part: KitPart, known: Known) -> KitPart:
    """Return a part with where it lies; pages name most parts without a number, so those are looked up by name."""
    own = known.line(part.number)
    same = (own,) if own is not None else known.named.get(part.name.strip(), ()) if not part.number else ()
    said = {folded(one) for one in (part.number, *part.alternatives, *(one.number for one in same))}
    more = chain.from_iterable(one.alternatives for one in same)
    others = tuple(dict.fromkeys([*part.alternatives, *(one for one in more if folded(one) not in said)]))
    lines = [*same]
    lines += [line for line in map(known.line, others) if line is not None and line not in lines]
    return replace(
        part,
        alternatives=others,
        stock=sum(one.total for one in same) if same else None,
        places=tuple(chain.from_iterable(_places(one, own) for one in lines)),
    )


def _places(line: StockLine, own: StockLine | None) -> list[InStock]:
    """Return where a part lies; places that have none are left out."""
    return [
        InStock(
            number="" if line is own else line.number,
            place=one.place,
            technician=one.technician,
            quantity=one.quantity,
        )
        for one in line.held
        if one.quantity > 0
    ]
