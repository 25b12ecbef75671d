"""Questions beside the slides of a page: their data and words, for `player/quiz.js`."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.courseware.scoring import answers_to, options_shown, pairs_shown

_WORDS = {
    "next": "Next question",
    "previous": "Previous question",
    "check": "Keep and check",
    "before": "Before the end",
    "open": "Not answered yet: {numbers}. They count as wrong.",
    "complete": "Every question is answered. After the end no answer can be changed.",
    "back": "Back to the questions",
    "finish": "Finish and see the result",
    "passed": "passed",
    "failed": "not passed",
    "again": "Once more",
    "slides": "Back to the slides",
    "several": "More than one may be right.",
    "yours": "your answer",
    "short": "A short answer",
    "numeric": "A number",
    "source": "Source:",
    "unrecorded": "No learning platform is there: nothing of this is recorded.",
}
"""What the script says, as message ids."""


def quiz_section(page: CoursePage, *, words: Callable[[str], str]) -> str:
    """Return the HTML of a course's questions; the same course gives the same text."""
    data = {
        "course": page.id,
        "revision": page.revision,
        "pass_mark": page.pass_mark,
        "questions": [_question(one, page.id) for one in page.quiz],
        "words": {name: words(message) for name, message in _WORDS.items()},
    }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    label = escape(words("Questions"))
    return (
        f'<section class="quiz" aria-label="{label}"><div class="inner"></div></section>\n'
        f'<script type="application/json" id="quiz-data">{text}</script>\n'
    )


def _question(one: QuizItem, seed: str) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind,
        "stem": one.stem,
        "why": one.why or "",
        "source": one.source or "",
        "right": "；".join(answers_to(one)),
        "options": [option.model_dump(mode="json", exclude_none=True) for option in options_shown(one, seed)],
    }
    if one.kind == "match":
        value["pairs"] = list(pairs_shown(one, seed))
    return value
