"""What does the library say? Page models, vocabularies, the library as loaded, its checks.

May import: `kb.i18n`, `kb.errors`, pydantic, a YAML reader; `kb.content.watching` alone watchdog.
"""

from kb.content.checks import check_library
from kb.content.library import Library, PageFile, load_library, parse_page
from kb.content.pages import AnyPage, Page
from kb.content.vocabulary import Vocabularies, load_vocabularies

__all__ = [
    "AnyPage",
    "Library",
    "Page",
    "PageFile",
    "Vocabularies",
    "check_library",
    "load_library",
    "load_vocabularies",
    "parse_page",
]
