"""The machine in hand, as the search knows it: taken from the register by its tag."""

from dataclasses import dataclass

from kb.content import Library
from kb.errors import NotFound
from kb.i18n import Language
from kb.search import Scope
from kb.store import Store, register

KIND = "equipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A machine in hand.

    Args:
        tag: Its tag.
        model: Maker and model as one text; empty where neither is known.
        scope: What the search needs of it.
    """

    tag: str
    model: str
    scope: Scope


def equipment_in_hand(store: Store, tag: str) -> InHand:
    """Return the machine with a tag; a kit or auxiliary without a control of its own has that of its host.

    Args:
        store: The database.
        tag: As painted on the machine; blanks around it do not count.

    Raises:
        NotFound: The register has no machine with this tag.
    """
    tag = tag.strip()
    with store.reading() as session:
        row = register.first_with(session, KIND, "tag", tag)
        if row is None:
            raise NotFound(KIND, tag)
        host = None
        if not row["controller"] and row["parent_id"]:
            host = register.first_with(session, KIND, "id", row["parent_id"])
    source = row if host is None or row["equipment_class"] == "DRO" else host
    return InHand(
        tag=row["tag"],
        model=" ".join(text for text in (row["brand"], row["model"]) if text),
        scope=Scope(
            machine=row["equipment_class"],
            controller=source["controller"] or "",
            drive=source["drive"] or "",
            software=tuple(f"{name} {version}".strip() for name, version in source["software"] or ()),
        ),
    )


def in_hand_label(machine: InHand, library: Library, language: Language) -> str:
    """Return what a machine is: its model, class and control, as far as the register knows them."""
    vocabularies = library.vocabularies
    parts = [
        machine.model,
        vocabularies.label("equipment_classes", machine.scope.machine, language),
        vocabularies.label("controllers", machine.scope.controller, language)
        if machine.scope.controller
        else "",
        machine.scope.drive,
    ]
    return " · ".join(part for part in parts if part)
