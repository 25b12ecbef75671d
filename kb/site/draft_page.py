"""The page of the site on which a draft case is written: its skeleton in Chinese; the scripts do the rest."""

from collections.abc import Mapping, Sequence

from kb.site.text import escaped

LABELS: tuple[tuple[str, str, int, int], ...] = (
    ("machine", "Machine and control", 1, 200),
    ("alarm", "What the control shows", 2, 500),
    ("symptom", "What the customer complains of", 3, 4000),
    ("ruled_out", "What was ruled out, and how", 3, 4000),
    ("cured_by", "What cured it", 3, 4000),
    ("notes", "Further notes", 3, 8000),
)
"""Fields of a draft: name, title, lines shown, most characters; `kb.usecases.draft_checking.FIELDS` bounds them likewise."""
ALIKE = "Is it written already?"
NO_SCRIPT = "Drafts need a script to be kept on this device."
DRAFT_TEXTS = (
    "Draft case",
    "Write a draft",
    "Written here, kept on this device, sent when the network is back.",
    "Add photos",
    "up to {count} photos; they are made smaller here",
    "Done: send it",
    "Begin a new draft",
    NO_SCRIPT,
    ALIKE,
    *(title for _, title, _, _ in LABELS),
)
"""Message ids of the skeleton."""
SPOKEN_TEXTS = (
    "{count} to send",
    "Send now",
    "kept on this device {time}",
    "waits to be sent",
    "is being sent",
    "sent",
    "must be mended first",
    "Write on",
    "Throw away",
    "Throw this draft away? It is kept nowhere else.",
    "Log in to send; nothing is lost.",
    "Log in",
    "No network: it is kept here and sent when the network is back.",
    "The service does not answer here: drafts are kept on this device until it is reached.",
    "No answer came; it is sent again, and counts once.",
    "The service could not keep it: {reason}",
    "Write what the control shows or what the customer complains of.",
    "This photo cannot be read.",
    "This device keeps nothing for this page: {reason}",
    "Remove",
    "very likely the same",
    "may be the same",
)
"""Message ids that the page's scripts say."""


def draft_page(texts: Mapping[str, str], data: Sequence[str]) -> str:
    """Return the page as HTML.

    Args:
        texts: What it says, by message id.
        data: Files of the pack that the page's script needs.
    """

    def say(message: str) -> str:
        return escaped(texts.get(message, message))

    def text(tag: str, message: str, more: str = "") -> str:
        return f'<{tag}{more} data-text="{escaped(message)}">{say(message)}</{tag}>'

    told = f'<section id="sd-alike" class="so-card" aria-live="polite" hidden>{text("b", ALIKE)}<ul></ul></section>'
    fields = "\n".join(
        f'<label>{text("span", title)}<textarea name="{name}" rows="{rows}" maxlength="{most}"></textarea></label>'
        + (told if name == "symptom" else "")
        for name, title, rows, most in LABELS
    )
    scripts = "\n".join(f'<script src="{escaped(name)}" defer></script>' for name in data)
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say("Draft case")} · {say("Servicebook")}</title>
<meta name="theme-color" content="#0b5c6b">
<link rel="stylesheet" href="assets/offline/offline.css">
<link rel="stylesheet" href="assets/offline/draft.css">
<link rel="manifest" href="manifest.webmanifest">
<link rel="icon" href="assets/offline/icon-48.png">
<link rel="apple-touch-icon" href="assets/offline/icon-180.png">
<script src="assets/offline/draft.js" defer></script>
{scripts}
</head>
<body>
<header class="so-top">{text("strong", "Servicebook")}{text("a", "Search", ' href="search.html"')}</header>
<main>
{text("h1", "Draft case")}
{text("p", "Written here, kept on this device, sent when the network is back.")}
<p class="so-notice" id="so-failure" role="alert" hidden><span></span></p>
<noscript><p class="so-notice">{say(NO_SCRIPT)}</p></noscript>
<p id="sd-state" class="so-chips" role="status"></p>
<form id="sd-form" autocomplete="off">
{fields}
<label class="sd-file">{text("span", "Add photos")}<input type="file" id="sd-file" accept="image/*" multiple></label>
{text("p", "up to {count} photos; they are made smaller here", ' class="so-count"')}
<div id="sd-photos"></div>
<p id="sd-saved" class="so-count" role="status"></p>
{text("button", "Done: send it", ' class="so-primary" id="sd-done"')}
{text("button", "Begin a new draft", ' type="button" id="sd-begin"')}
</form>
<ol id="sd-list" class="so-hits"></ol>
</main>
</body>
</html>
"""
