"""Text made fit for HTML and for Markdown: what an author typed is shown, never run."""

import re
from html import escape

_MARKDOWN = re.compile(r"([\\`*_{}\[\]])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_SCRIPT = re.compile(r"(?i)\b((?:java|vb)script)\s*:")
_CODE = re.compile(r"(`+)(?:(?!\1).)*?\1")


def escaped(text: object, *, strip: bool = True) -> str:
    """Return `text` as HTML on one line; `strip=False` keeps a blank at its ends."""
    line = re.sub(r"\s+", " ", str(text))
    return escape(line.strip() if strip else line, quote=True)


def markdown_escaped(text: object) -> str:
    """Return plain `text` as one line of Markdown that reads as typed."""
    line = " ".join(str(text).split())
    line = _MARKDOWN.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"^([#+>-]|\d+\.)", r"\\\1", line)


def tamed(line: str) -> str:
    """Return a line of an author's Markdown without raw HTML, attribute lists and script addresses.

    The library is Markdown, not HTML: a tag or an entity is shown as typed, `{…}` gives no attribute
    (`onclick`), and `javascript:` gets a colon that no browser runs. Code spans are left alone, Markdown
    escapes them itself.
    """
    parts: list[str] = []
    end = 0
    for match in _CODE.finditer(line):
        parts += [_tamed(line[end : match.start()]), match[0]]
        end = match.end()
    parts.append(_tamed(line[end:]))
    return "".join(parts)


def _tamed(text: str) -> str:
    text = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text))
    return _SCRIPT.sub(r"\1：", text).replace("{", "&#123;").replace("}", "&#125;")
