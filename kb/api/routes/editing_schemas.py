"""What the routes of editing take and give."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from kb.content.pages import Confidence, Status

Why = Annotated[str, Field(max_length=500, description="the reason; a page in preparation needs none")]


class PageIn(BaseModel):
    """What a page shall say: the whole file, or its fields with its body."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str | None, Field(description="the whole file")] = None
    fields: Annotated[dict[str, Any] | None, Field(description="front matter as an object")] = None
    body: Annotated[str | None, Field(description="Markdown, with `fields`")] = None


class PageChange(PageIn):
    """What a page shall say, and why."""

    why: Why = ""


class NewPage(PageChange):
    """What a new page says, why, and the draft from the field that it came of."""

    draft: Annotated[
        str, Field(max_length=64, description="id of the draft; it is closed and keeps the page's id")
    ] = ""


class RestoreIn(BaseModel):
    """Which state to bring back."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1)]
    why: Why = ""


class StandingIn(BaseModel):
    """Where a page shall stand; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    confidence: Confidence | None = None
    reviewed_today: bool = False
    superseded_by: Annotated[str, Field(max_length=80)] = ""
    why: Why = ""


class FoundOut(BaseModel):
    """A fault, or something to know, at its field."""

    field: str
    line: int
    what: str
    repair: str


class RevisionOut(BaseModel):
    """A state of a page."""

    page_id: str
    number: int
    kind: str
    who: str
    at: datetime
    why: str
    digest: str


class RevisionText(RevisionOut):
    """A state of a page with its text."""

    text: str


class HistoryOut(BaseModel):
    """States of a page, the newest first."""

    items: list[RevisionOut]
    page: int
    size: int
    total: int


class EditableOut(BaseModel):
    """A page as its file stands; `fields` is empty where the file is broken."""

    id: str
    path: str
    digest: str
    text: str
    fields: dict[str, Any]
    body: str
    writable: bool
    may_edit: bool


class SavedOut(BaseModel):
    """What came of a save; `written` is false where the page said so already."""

    id: str
    digest: str
    written: bool
    revision: RevisionOut | None
    warnings: list[FoundOut]


class LeftBehindOut(BaseModel):
    """Something that a draft says and its page does not."""

    kind: str
    text: str
    field: str


class BegunOut(BaseModel):
    """A page as a draft begins it; its photos wait to be written beside it."""

    fields: dict[str, Any]
    body: str
    text: str
    left_behind: list[LeftBehindOut]
    lost_photos: Annotated[list[int], Field(description="positions of photos that cannot be read")]


class PictureOut(BaseModel):
    """A picture that waits for its page: an entry of its attachments, and the line that shows it in the body."""

    file: str
    alt: str
    kind: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    markdown: str


class PreviewOut(BaseModel):
    """A page as it would be: for its readers, as a file, as a difference; with all its faults."""

    html: str
    text: str
    path: str
    faults: list[FoundOut]
    warnings: list[FoundOut]
    difference: list[dict[str, Any]]
    duplicates: Annotated[
        list[dict[str, Any]], Field(description="of a new page: pages that may say it already")
    ] = []


class DifferenceOut(BaseModel):
    """How one state of a page became another."""

    before: int
    after: int
    lines: list[dict[str, Any]]
