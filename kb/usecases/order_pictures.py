"""Pictures of a work order: decoded in the limited child and written anew, so that a report can always be set with them."""

from dataclasses import replace

from kb.errors import BadImport, BadInput, Fault, NotFound
from kb.store import Store
from kb.store.attachments import attachment_row, blob
from kb.usecases.drafts import Photo
from kb.usecases.order_access import AUDITED
from kb.usecases.order_entry_checking import CheckedEntry
from kb.usecases.picture_rewriting import written_anew


def harmless(entry: CheckedEntry, *, limit_bytes: int) -> CheckedEntry:
    """Return an entry with its picture written anew; one without a picture as it is.

    Raises:
        BadInput: The bytes are no picture that can be decoded.
    """
    if entry.content is None:
        return entry
    try:
        media_type, content = written_anew(entry.content, limit_bytes=limit_bytes)
    except BadImport as refused:
        raise BadInput("the entry was not kept", refused.faults) from refused
    if entry.kind == "signature" and media_type != "image/png":
        fault = Fault(where="content", what="is no PNG", repair="send the signature as PNG")
        raise BadInput("the entry was not kept", [fault])
    return replace(entry, content=content)


def order_file(store: Store, order_id: str, file_id: str) -> tuple[Photo, bytes]:
    """Return a picture of an order and its bytes.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        row = attachment_row(session, file_id) if "\0" not in file_id else None
        content = blob(session, row.digest) if row is not None else None
        if row is None or content is None or (row.kind, row.thing_id) != (AUDITED, order_id):
            raise NotFound("picture", file_id[:64])
        photo = Photo(position=1, media_type=row.media_type, size_bytes=row.size_bytes, digest=row.digest)
        return photo, content
