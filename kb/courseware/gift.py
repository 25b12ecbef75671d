"""Questions as GIFT, the plain text that Moodle and many others read, and back.

Format: Moodle docs, *GIFT format*. A question is a paragraph: `::id:: stem { answers }`; answers begin with `=` (right),
`~` (wrong) or `~%50%` (a share of the points), a remark follows after `#`; `~ = # { } :` are escaped by a backslash.
"""

import re
from collections.abc import Iterator, Sequence

from kb.content.quiz import QuizItem, QuizOption, quiz_fault
from kb.errors import BadImport, Fault

_SPECIAL = re.compile(r"([~=#{}:\\])")
_QUESTION = re.compile(
    r"(?:::(?P<id>(?:\\.|[^\\:]|:(?!:))*+)::)?\s*(?:\[[a-z]+\])?(?P<stem>(?:\\.|[^\\{}])*)\{(?P<answers>(?:\\.|[^\\{}])*)\}(?P<rest>.*)",
    re.DOTALL,
)
_ANSWER = re.compile(r"(?P<mark>[=~])(?:%(?P<share>-?\d+(?:\.\d+)?)%)?(?P<text>(?:\\.|[^\\=~])*)", re.DOTALL)
_TRUE = {"T": True, "TRUE": True, "F": False, "FALSE": False}
TRUE_FALSE = {True: "对", False: "错"}
"""How the two answers of a question read in from elsewhere are called."""


def gift_text(questions: Sequence[QuizItem]) -> str:
    """Return questions as GIFT, one paragraph each."""
    return "\n".join(f"::{_escaped(one.id)}::{_escaped(one.stem)} {{{_answers(one)}}}\n" for one in questions)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "\\n")


def _answers(one: QuizItem) -> str:
    general = f"\n####{_escaped(one.why)}\n" if one.why else "\n"
    if one.kind == "numeric":
        option = one.options[0]
        return f"#{option.text}:{option.tolerance or 0:g}{_remark(option)}{general}"
    if one.kind == "match":
        pairs = (f"={_escaped(option.text)} -> {_escaped(option.pair or '')}" for option in one.options)
        return "\n" + "\n".join(pairs) + general
    if one.kind == "true_false":
        return _true_false(one) + general
    right = sum(option.correct for option in one.options)
    wrong = len(one.options) - right
    lines = []
    for option in one.options:
        mark = "=" if option.correct else "~"
        if one.kind == "multiple":
            mark = f"~%{100 / right:.5f}%" if option.correct else f"~%{-100 / wrong:.5f}%"
        lines.append(f"{mark}{_escaped(option.text)}{_remark(option)}")
    return "\n" + "\n".join(lines) + general


def _true_false(one: QuizItem) -> str:
    """Return the short form where the first answer is the true one, with both remarks: wrong, then right."""
    first_is_true = one.options[0].correct
    right, wrong = (one.options if one.options[0].correct else one.options[::-1])[:2]
    remarks = f"#{_escaped(wrong.why or '')}#{_escaped(right.why or '')}" if wrong.why or right.why else ""
    return f"{'TRUE' if first_is_true else 'FALSE'}{remarks}"


def _remark(option: QuizOption) -> str:
    return f" #{_escaped(option.why)}" if option.why else ""


def read_gift(text: str, *, name: str = "gift") -> tuple[QuizItem, ...]:
    """Return the questions of a GIFT text.

    Raises:
        BadImport: Every question that cannot be read, with its line.
    """
    found: list[QuizItem] = []
    faults: list[Fault] = []
    for line, block in _blocks(text):
        where = f"{name}:{line}"
        match = _QUESTION.fullmatch(block)
        if match is None:
            what = "is no question: stem { answers }"
            faults.append(
                Fault(where=where, what=what, repair="close the braces; escape ~ = # { } : in texts")
            )
            continue
        if match["rest"].strip():
            what = "goes on after its answers"
            faults.append(Fault(where=where, what=what, repair="put the gap at the end"))
            continue
        id = _plain(match["id"] or "").strip() or f"q{len(found) + 1}"
        kind, options, why = _read_answers(match["answers"])
        wrong = (
            quiz_fault(kind, options) if kind else "has no answers; essays and descriptions are not questions"
        )
        if wrong:
            faults.append(Fault(where=where, what=f"question {id} ({kind or 'open'}) {wrong}"))
            continue
        stem = _plain(match["stem"]).strip()
        found.append(QuizItem(id=id, kind=kind, stem=stem, options=options, why=why or None))
    if faults:
        raise BadImport(f"{name} was not read", faults)
    return tuple(found)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield each question with its line; comments and categories are left out."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
    block: list[str] = []
    start = 0
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip().startswith("//") or line.strip().startswith("$CATEGORY:"):
            continue
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            yield start, "\n".join(block).strip()
            block = []


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda one: "\n" if one[1] == "n" else one[1], text)


def _split(text: str, sign: str) -> list[str]:
    """Split at a sign that is not escaped."""
    return re.split(rf"(?<!\\){re.escape(sign)}", text)


def _read_answers(text: str) -> tuple[str, tuple[QuizOption, ...], str]:
    body, _, general = text.partition("####")
    why = _plain(general).strip()
    body = body.strip()
    first, *remarks = _split(body, "#")
    if first.strip().upper() in _TRUE:
        return "true_false", _read_true_false(_TRUE[first.strip().upper()], remarks), why
    if body.startswith("#"):
        return "numeric", _read_number(body[1:]), why
    options: list[QuizOption] = []
    shares = False
    for match in _ANSWER.finditer(body):
        answer, *remark = _split(match["text"], "#")
        share = float(match["share"]) if match["share"] else None
        shares = shares or (share is not None and match["mark"] == "~")
        left, arrow, right = answer.partition("->")
        right_answer = match["mark"] == "=" if share is None else share > 0
        options.append(
            QuizOption(
                text=_plain(left if arrow else answer).strip() or "-",
                pair=_plain(right).strip() or None if arrow else None,
                correct=right_answer and not arrow,
                why=_plain("#".join(remark)).strip() or None,
            )
        )
    if not options:
        return "", (), why
    if all(option.pair for option in options):
        return "match", tuple(options), why
    if shares:
        return "multiple", tuple(options), why
    return ("short" if all(option.correct for option in options) else "single"), tuple(options), why


def _read_true_false(is_true: bool, remarks: Sequence[str]) -> tuple[QuizOption, ...]:
    told = [_plain(remark).strip() or None for remark in remarks] + [None, None]
    return tuple(
        QuizOption(
            text=TRUE_FALSE[answer], correct=answer is is_true, why=told[1] if answer is is_true else told[0]
        )
        for answer in (True, False)
    )


def _read_number(text: str) -> tuple[QuizOption, ...]:
    value, *remark = _split(text, "#")
    number, _, tolerance = value.strip().lstrip("=").partition(":")
    if ".." in number:
        low, _, high = number.partition("..")
        try:
            number, tolerance = (
                f"{(float(low) + float(high)) / 2:g}",
                f"{abs(float(high) - float(low)) / 2:g}",
            )
        except ValueError:
            return ()
    try:
        margin = float(tolerance) if tolerance.strip() else 0.0
    except ValueError:
        return ()
    why = _plain("#".join(remark)).strip() or None
    return (QuizOption(text=number.strip() or "-", correct=True, tolerance=margin, why=why),)
