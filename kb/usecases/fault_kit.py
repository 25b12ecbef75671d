"""The kit of a handling plan: parts of the cases behind the likely causes, with alternatives, and where each of them lies."""

from collections.abc import Callable, Sequence
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
    known = known_parts(store, numbers)
    return tuple(_with_stock(one, known) for one in found.values()), known.is_recorded


def _with_stock(part: KitPart, known: Known) -> KitPart:
    own = known.line(part.number)
    others = tuple(
        dict.fromkeys(
            [*part.alternatives, *(one for one in (own.alternatives if own else ()) if not _named(one, part))]
        )
    )
    lines = [one for one in (own, *(known.line(other) for other in others)) if one is not None]
    return KitPart(
        name=part.name,
        number=part.number,
        quantity=part.quantity,
        alternatives=others,
        cause=part.cause,
        sources=part.sources,
        stock=None if own is None else own.total,
        places=tuple(chain.from_iterable(_places(one, own) for one in lines)),
    )


def _named(number: str, part: KitPart) -> bool:
    return folded(number) in {folded(one) for one in (part.number, *part.alternatives)}


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
