"""Two changes of one page put together, field by field; only where they do not touch the same."""

from kb.content.writing import edited_text, layout_of
from kb.usecases.editing_text import parsed, raw_faults


def merged(base: str, yours: str, theirs: str) -> str:
    """Return their text with your changes in it; empty where both changed the same field, or one cannot be read.

    Args:
        base: The text that both began with.
        yours: What you made of it.
        theirs: What stands now.
    """
    files = [parsed("page.md", text) for text in (base, yours, theirs) if text and not raw_faults(text)]
    if len(files) < 3:
        return ""
    was, mine, now = (file.page for file in files)
    if was is None or mine is None or now is None or not was.type == mine.type == now.type:
        return ""
    update: dict[str, object] = {}
    for name in type(now).model_fields:
        before, changed, stands = (getattr(page, name) for page in (was, mine, now))
        if name == "revision" or changed in (before, stands):
            continue
        if stands != before:
            return ""
        update[name] = changed
    bodies = [file.body for file in files]
    if bodies[1] != bodies[0] and bodies[2] not in (bodies[0], bodies[1]):
        return ""
    body = bodies[1] if bodies[1] != bodies[0] else bodies[2]
    return edited_text(theirs, now, now.model_copy(update=update), body) if layout_of(theirs) else ""
