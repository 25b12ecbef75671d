"""The modules by which the phone keeps and sends: those of the offline pages, so that there is one outbox only."""

from kb.site.offline import ASSETS, THEME


def outbox_module(name: str) -> str:
    """Return the text of a module; `name` comes from the caller's own list, never from a request."""
    return (THEME / ASSETS / name).read_text(encoding="utf-8")
