"""The site's own search page: its skeleton in Chinese; the scripts put in what is found, and the other language."""

from collections.abc import Mapping, Sequence

from kb.site.text import escaped

EXAMPLES = ("SV0401", "报警25050", "数显表乱跳", "主轴过热", "zhuzhou guore", "encoder battery")
SECTIONS = (
    ("index.html", "Library"),
    ("alarms/index.html", "Alarms"),
    ("cases/index.html", "Cases"),
    ("guides/index.html", "Guides"),
    ("draft.html", "Write a draft"),
)
FAILED = "The search could not be done. Press Search to try again."
OPENING = "The search is being opened …"
HINT = "Alarm code, complaint, part or task: in Chinese, English or pinyin."
PAGE_TEXTS = (
    "Servicebook",
    "Search",
    "Search the library",
    "Try:",
    FAILED,
    "This page searches with a script; the service's own search needs none.",
    "English",
    HINT,
    OPENING,
    "Machine in hand",
    *(label for _, label in SECTIONS),
)
"""Message ids of the skeleton."""


def search_page(texts: Mapping[str, str], data: Sequence[str]) -> str:
    """Return the search page as HTML.

    Args:
        texts: What it says, by message id.
        data: Files of the pack that every search needs; the page brings them beside its own script, so that none
            waits for another.
    """

    def say(message: str) -> str:
        return escaped(texts.get(message, message))

    def text(tag: str, message: str, more: str = "") -> str:
        return f'<{tag}{more} data-text="{escaped(message)}">{say(message)}</{tag}>'

    links = "".join(text("a", label, f' href="{address}"') for address, label in SECTIONS)
    examples = "".join(
        f'<button type="button" class="so-chip" data-query="{escaped(one)}">{escaped(one)}</button>'
        for one in EXAMPLES
    )
    scripts = "\n".join(f'<script src="{escaped(name)}" defer></script>' for name in data)
    label = f'aria-label="{say("Search the library")}" data-label="Search the library"'
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say("Search")} · {say("Servicebook")}</title>
<meta name="theme-color" content="#0b5c6b">
<link rel="stylesheet" href="assets/offline/offline.css">
<link rel="manifest" href="manifest.webmanifest">
<link rel="icon" href="assets/offline/icon-48.png">
<link rel="apple-touch-icon" href="assets/offline/icon-180.png">
<script src="assets/offline/search.js" defer></script>
{scripts}
</head>
<body>
<header class="so-top so-many">{text("strong", "Servicebook")}{links}
{text("button", "English", ' type="button" class="so-link" id="so-language"')}</header>
<main>
<form id="so-form" role="search" action="search.html">
<input type="search" name="q" id="so-query" {label} placeholder="SV0401 · 报警25050 · 数显表乱跳" maxlength="200"
 autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="search" autofocus>
{text("button", "Search", ' class="so-primary"')}
</form>
{text("p", OPENING, ' id="so-pack"')}
<p class="so-notice" id="so-failure" role="alert" hidden>{text("b", FAILED)} <span></span></p>
<noscript><p class="so-notice">{say("This page searches with a script; the service's own search needs none.")}</p></noscript>
<details id="so-machine"><summary>{say("Machine in hand")}</summary></details>
<section id="so-start">{text("p", HINT)}<p class="so-chips">{text("span", "Try:")} {examples}</p></section>
<div id="so-results" aria-busy="false"></div>
</main>
</body>
</html>
"""
