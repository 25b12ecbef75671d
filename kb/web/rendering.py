"""How a page is rendered: Jinja with escaping always on, the visitor's language, hashed static files."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kb.errors import Fault, Message
from kb.i18n import Language, catalogue
from kb.web.context import language_of_request, visitor_of

HERE = Path(__file__).parent
STATIC_DIR = HERE / "static"


@cache
def static_url(name: str) -> str:
    """Return the address of a static file with a digest of its content, so that caches may keep it."""
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def _environment(language: Language) -> Environment:
    translations = catalogue(language)

    def said(value: object) -> object:
        """Say what an error says in the reader's language, wherever a page shows it."""
        if isinstance(value, Message):
            return translations.gettext(value)
        return translations.fault(value) if isinstance(value, Fault) else value

    environment = Environment(
        finalize=said,
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        place=translations.place,
        _=translations.gettext,
        ngettext=translations.ngettext,
        static_url=static_url,
        language=language,
    )
    return environment


def render(
    request: Request, template: str, values: Mapping[str, object], *, status_code: int = 200
) -> HTMLResponse:
    """Return the page `template` filled with `values`, in the visitor's language.

    Beside `values` a template has: `request`, `visitor`, `language`, `_`, `place(field)`, `static_url(name)` and
    `csrf_field()`, which every form with an unsafe method must hold. Faults and messages of errors are said in the
    visitor's language by themselves.
    """
    language = language_of_request(request)
    visitor = visitor_of(request)
    field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(visitor.csrf_token)
    html = (
        _environment(language)
        .get_template(template)
        .render(request=request, visitor=visitor, csrf_field=lambda: field, path=request.url.path, **values)
    )
    return HTMLResponse(
        html, status_code=status_code, headers={"Content-Language": language.replace("_", "-")}
    )
