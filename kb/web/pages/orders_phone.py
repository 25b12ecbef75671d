"""Work on site on a phone: one page that is kept there, its worker, and the modules of the outbox that drafts use too."""

import hashlib
import json
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kb.errors import NotFound
from kb.i18n import Language, translator
from kb.usecases.order_outbox import outbox_module
from kb.usecases.order_words import PHONE_WORDS
from kb.web.context import language_of_request
from kb.web.rendering import STATIC_DIR, render, static_url

router = APIRouter(prefix="/orders")

MODULES = ("drafts_kept.mjs", "drafts_sent.mjs", "view.mjs")
SCRIPTS = ("order_work.js", "order_kept.js", "order_view.js")
STYLES = ("base.css", "order.css", "icon.svg")
SCRIPT = "text/javascript"


@router.get("/work")
def work_page(request: Request) -> HTMLResponse:
    """Show the page that the phone keeps: it has no order in it, the phone puts them there."""
    words = _words(language_of_request(request))
    return render(request, "orders/work.html", {"texts": json.dumps(words, ensure_ascii=False)})


@router.get("/sw.js")
def worker() -> Response:
    """Return the worker with the list of files that it keeps; another list is another worker."""
    names = [static_url(one) for one in (*SCRIPTS, *STYLES)]
    addresses = [*(f"/static/{one}" for one in SCRIPTS), *(f"/static/{one}" for one in STYLES)]
    addresses += [f"/orders/outbox/{one}" for one in MODULES]
    told = "".join((*names, *(outbox_module(one) for one in MODULES)))
    files = {"version": hashlib.sha256(told.encode()).hexdigest()[:12], "addresses": addresses}
    text = (STATIC_DIR / "order_sw.js").read_text(encoding="utf-8").replace("__FILES__", json.dumps(files))
    return Response(text, media_type=SCRIPT, headers={"Cache-Control": "no-cache"})


@router.get("/outbox/{name}")
def module(name: str) -> Response:
    """Return a module by which drafts and orders are kept and sent."""
    if name not in MODULES:
        raise NotFound("module", name[:64])
    return Response(outbox_module(name), media_type=SCRIPT, headers={"Cache-Control": "no-cache"})


@cache
def _words(language: Language) -> dict[str, str]:
    _ = translator(language)
    return {message: _(message) for message in PHONE_WORDS}
