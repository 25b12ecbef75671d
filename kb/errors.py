"""The errors of `kb`: one tree.

KbError
├── NotFound      a thing named by its id is not there
├── Conflict      the thing has changed since it was read; both versions are carried
├── BadContent    pages of the library break rules; every fault of every page is listed
├── BadImport     a file brought from outside breaks rules; every fault is listed by place
├── BadQuery      a search or a filter cannot be understood
├── BadInput      a form or request breaks rules; faults are listed by field
│   └── Unconfirmed   it may be done, but only by one who has read and confirmed what it breaks
├── NotAllowed    the user may not do this
│   └── TooOften      not so often in so short a time; it may be done later
├── Stopped       somebody wished long work to stop; nothing was written
└── StoreFailure  the database cannot be used just now
    └── Unwritable    the folder of the library cannot be written just now

`kb.api` turns each into an HTTP status from one table, `kb.cli` into an exit code from another.

What an error says is English, and a message id at the same time: `kb.i18n` says it in the reader's language. A sentence
with values in it is a `Message`, so that the id and the values are known where it is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


class Message(str):
    """A sentence as it stands in English, which knows the message id and the values that it was made of.

    Args:
        id: Message id; with values it has `{name}` places, with a format where one is needed: `{count:,}`.
        values: What the places are filled with; another `Message` is said in the reader's language too.
    """

    id: str
    values: Mapping[str, object]

    def __new__(cls, id: str, /, **values: object) -> "Message":
        """Return the sentence, filled; a text without values is taken as it is."""
        made = super().__new__(cls, id.format(**values) if values else id)
        made.id, made.values = id, values
        return made

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the language of `translate`, which returns what it does not know as it is.

        A value that is one of a list of codes is looked up by place and value: `state closed`.
        """
        if not self.values:
            return translate(self.id)
        values = {name: _said(name, value, translate) for name, value in self.values.items()}
        return translate(self.id).format(**values)


def _said(place: str, value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, Message):
        return value.said(translate)
    if not isinstance(value, str):
        return value
    id = f"{place} {value}"
    said = translate(id)
    return said if said != id else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, where it is, and how to mend it.

    Args:
        where: The place a person would look: `cases/AXS-01.md:12`, `sites!C7`, a field's name.
        what: What it has, in one sentence.
        repair: What it needs, in one sentence; empty where `what` already says so.

    Both sentences are kept as a `Message`; a plain text is its own message id.
    """

    where: str
    what: str
    repair: str = ""

    def __post_init__(self) -> None:
        for name in ("what", "repair"):
            text = getattr(self, name)
            if not isinstance(text, Message):
                object.__setattr__(self, name, Message(str(text)))

    def __str__(self) -> str:
        tail = f" → {self.repair}" if self.repair else ""
        return f"{self.where}: {self.what}{tail}"


class KbError(Exception):
    """Base of everything that `kb` raises on purpose."""


class NotFound(KbError):
    """A thing named by its id is not there.

    Args:
        kind: The trade's noun, such as `site`.
        id: The id that was asked for.
    """

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(Message("no {kind} has the id {id!r}", kind=Message(kind), id=id))
        self.kind = kind
        self.id = id


class Conflict(KbError):
    """The thing has changed since it was read; nothing was written.

    Args:
        message: What collided, in one sentence.
        yours: The values that were refused, by field.
        theirs: The values that stand now, by field.
    """

    def __init__(
        self,
        message: str,
        yours: Mapping[str, object] | None = None,
        theirs: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.yours = dict(yours or {})
        self.theirs = dict(theirs or {})


class FaultyInput(KbError):
    """Base of the errors that carry a list of faults.

    Args:
        message: What was refused, in one sentence.
        faults: Every fault found, at least one.
    """

    def __init__(self, message: str, faults: Sequence[Fault]) -> None:
        super().__init__(message)
        self.faults: tuple[Fault, ...] = tuple(faults)

    def __str__(self) -> str:
        return "\n".join([self.args[0], *(f"  {fault}" for fault in self.faults)])


class BadContent(FaultyInput):
    """Pages of the library break rules."""


class BadImport(FaultyInput):
    """A file brought from outside breaks rules; nothing of it was stored."""


class BadInput(FaultyInput):
    """A form or a request breaks rules; `Fault.where` is the field's name."""


class Unconfirmed(BadInput):
    """What was asked may be done, but breaks rules that a person must have read and confirmed."""


class BadQuery(KbError):
    """A search or a filter cannot be understood; the message says which part and what is allowed."""


class NotAllowed(KbError):
    """The user may not do this; the message names the role that may."""


class TooOften(NotAllowed):
    """Not so often in so short a time; the message says when it may be done again."""


class StoreFailure(KbError):
    """The database cannot be used just now: locked, full, gone, or of another version."""


class Unwritable(StoreFailure):
    """A file of the library cannot be written: its folder is read-only, the disk is full; nothing was changed."""


class Stopped(KbError):
    """Somebody wished long work to stop; nothing was written."""
