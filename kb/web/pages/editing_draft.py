"""What a writer has sent of a page: a form or a text, the state it rests on, and what shall be done with it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from kb.usecases.accounts import Role
from kb.usecases.editing_form import Typed, typed_from, typed_of, values_of
from kb.usecases.editing_opening import Editor, Opened
from kb.usecases.editing_text import Found, parsed, raw_faults, text_of_fields
from kb.web.context import Visitor
from kb.web.forms import MOST_FIELDS


async def sent_pairs(request: Request) -> list[tuple[str, str]]:
    """Return what a form has sent, in its order."""
    form = await request.form(max_fields=MOST_FIELDS)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Sent = Annotated[list[tuple[str, str]], Depends(sent_pairs)]


def editor_of(visitor: Visitor) -> Editor:
    """Return who edits; the local visitor of a service without users may do all."""
    return Editor(name=visitor.name, role=visitor.user.role if visitor.user else Role.ADMIN)


class Draft:
    """What a writer has typed, as a form or as a text, and the state it rests on."""

    def __init__(self, pairs: list[tuple[str, str]], opened: Opened | None, kind: str) -> None:
        said = {name: value for name, value in pairs if name.startswith("_")}
        self.action = said.get("_do", "")
        self.mode = said.get("_mode", "form")
        self.origin = said.get("_from", self.mode)
        self.base = said.get("_base", opened.digest if opened else "")
        self.why = said.get("_why", "")
        self.field_draft = said.get("_draft", "").strip()[:64]
        self.id = said.get("_id", "").strip()
        self.body = said.get("_body", "").replace("\r\n", "\n")
        self.kind = kind
        self.typed: Typed = {}
        self.text = ""
        self.faults: tuple[Found, ...] = ()
        if self.mode == "text":
            self.text = said.get("_text", "").replace("\r\n", "\n")
        else:
            self.typed = typed_from(
                kind, [(name, value) for name, value in pairs if not name.startswith("_")]
            )

    def written(self, base: Opened | None, fixed: Mapping[str, Any]) -> str:
        """Return the text of the whole file, empty where the form has faults that are told in `faults`."""
        if self.mode == "text":
            return self.text
        values = {**values_of(self.kind, self.typed), **fixed, "type": self.kind}
        text, self.faults = text_of_fields(
            self.kind,
            values,
            self.body,
            base=base.text if base else "",
            was=base.page if base else None,
        )
        return text

    def become_form(self) -> None:
        """Turn a text into a form where it can be read as a page of its type; its faults are told otherwise."""
        self.faults = raw_faults(self.text)
        if self.faults:
            return
        file = parsed("page.md", self.text)
        if file.page is None or file.page.type != self.kind:
            what = "cannot be shown as a form before its faults are mended"
            told = [Found(field="", line=1, what=what)]
            told += [
                Found(field="", line=int(one.where.rpartition(":")[2]), what=one.what) for one in file.faults
            ]
            self.faults = tuple(told)
            return
        self.mode = self.origin = "form"
        self.typed, self.body, self.id = typed_of(file.page), file.body, file.page.id
