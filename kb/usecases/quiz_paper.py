"""Questions on paper: a variant for each neighbour, an answer sheet at its end, and the key of all variants apart.

Which question and which option stands where follows from seed and variant alone, so the key fits a paper that was
printed weeks ago.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from string import ascii_uppercase

from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.courseware.bank import option_letters
from kb.courseware.scoring import answers_to, options_shown, pairs_shown, shuffled
from kb.errors import BadInput, Fault
from kb.export.document import (
    Block,
    Column,
    Document,
    Entries,
    KeyValues,
    Mark,
    Paragraph,
    Section,
    Table,
    Tone,
)
from kb.i18n import Language, translator

Words = Callable[[str], str]
MOST_VARIANTS = 8
LONGEST_SEED = 40
_RULE = "＿" * 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Which paper.

    Args:
        seed: Decides the order of questions and options; the same seed, the same paper.
        variant: A letter; neighbours get different ones.
        variants: For how many variants the key is, from A on.
    """

    seed: str = "1"
    variant: str = "A"
    variants: int = 2


def checked_paper(paper: Paper) -> Paper:
    """Return the choice.

    Raises:
        BadInput: Every fault, by field.
    """
    faults = []
    letters = ascii_uppercase[:MOST_VARIANTS]
    if paper.variant not in tuple(letters):
        faults.append(Fault(where="variant", what=f"is {paper.variant[:10]!r}", repair=f"one of {letters}"))
    if not 1 <= paper.variants <= MOST_VARIANTS:
        repair = f"1 to {MOST_VARIANTS}"
        faults.append(Fault(where="variants", what=f"is {paper.variants}", repair=repair))
    if not 1 <= len(paper.seed) <= LONGEST_SEED:
        repair = f"1 to {LONGEST_SEED}"
        faults.append(Fault(where="seed", what=f"has {len(paper.seed)} characters", repair=repair))
    if faults:
        raise BadInput("no paper was made", faults)
    return paper


def quiz_paper(page: CoursePage, paper: Paper, *, language: Language, created: datetime) -> Document:
    """Return the questions to print, with a place for each answer and a sheet of all answers at the end."""
    words = translator(language)
    asked = _order(page, paper.seed, paper.variant)
    seed = f"{paper.seed}/{paper.variant}"
    questions = [
        Section(title=f"{number}. {one.stem}", blocks=_answers(one, seed, words), level=3)
        for number, one in enumerate(asked, 1)
    ]
    sheet = Table(
        columns=(Column(title=words("No."), weight=1), Column(title=words("Answer"), weight=6)),
        rows=tuple((str(number), "") for number in range(1, len(asked) + 1)),
    )
    title = page.title if language == "zh_CN" else page.title_en
    about = words("{count} questions; passed from {mark} %.").format(count=len(asked), mark=page.pass_mark)
    return Document(
        title=title,
        subtitle=words("Questions, variant {variant}").format(variant=paper.variant),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-GB",
        opening=(
            KeyValues(
                pairs=(
                    (words("Your name"), ""),
                    (words("Date"), ""),
                    (words("Department"), ""),
                    (words("Score"), ""),
                )
            ),
        ),
        sections=(
            Section(title=words("Questions"), blocks=(Paragraph(text=about, tone=Tone.REMARK),)),
            *questions,
            Section(
                title=words("Answer sheet, variant {variant}").format(variant=paper.variant),
                blocks=(KeyValues(pairs=((words("Your name"), ""), (words("Date"), ""))), sheet),
                new_page=True,
            ),
        ),
        footer=_footer(page, paper.seed, paper.variant),
    )


def answer_key(page: CoursePage, paper: Paper, *, language: Language, created: datetime) -> Document:
    """Return what is right on each variant, with why: for who marks, never for who answers."""
    words = translator(language)
    letters = ascii_uppercase[: paper.variants]
    sections = []
    for variant in letters:
        seed = f"{paper.seed}/{variant}"
        rows = tuple(
            (str(number), "；".join(_right(one, seed)), one.id, _why(one))
            for number, one in enumerate(_order(page, paper.seed, variant), 1)
        )
        columns = (
            Column(title=words("No."), weight=1),
            Column(title=words("Answer"), weight=4),
            Column(title=words("Question"), weight=1.4),
            Column(title=words("Why"), weight=5),
        )
        name = words("Variant {variant}").format(variant=variant)
        sections.append(
            Section(title=name, blocks=(Table(columns=columns, rows=rows),), new_page=variant != "A")
        )
    title = page.title if language == "zh_CN" else page.title_en
    return Document(
        title=title,
        subtitle=words("Answer key: for who marks only"),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-GB",
        sections=tuple(sections),
        footer=_footer(page, paper.seed, letters),
    )


def _footer(page: CoursePage, seed: str, variant: str) -> str:
    return f"{page.id} r{page.revision} · {variant} · {seed}"


def _order(page: CoursePage, seed: str, variant: str) -> tuple[QuizItem, ...]:
    return shuffled(page.quiz, f"{seed}/{variant}", by=[one.id for one in page.quiz])


def _answers(one: QuizItem, seed: str, words: Words) -> tuple[Block, ...]:
    if one.kind in {"short", "numeric"}:
        return (Paragraph(text=_RULE * 2),)
    if one.kind == "match":
        sides = pairs_shown(one, seed)
        left = Entries(texts=tuple(f"{option.text} → {_RULE}" for option in one.options))
        lettered = (f"{letter}. {text}" for letter, text in zip(ascii_uppercase, sides, strict=False))
        return left, Paragraph(text="\n".join(lettered))
    texts = tuple(f"{letter}. {option.text}" for letter, option in option_letters(options_shown(one, seed)))
    several = (Paragraph(text=words("More than one may be right."), tone=Tone.REMARK),)
    return (*(several if one.kind == "multiple" else ()), Entries(texts=texts, mark=Mark.BOX))


def _right(one: QuizItem, seed: str) -> tuple[str, ...]:
    if one.kind in {"short", "numeric"}:
        return answers_to(one)
    if one.kind == "match":
        letters = dict(zip(pairs_shown(one, seed), ascii_uppercase, strict=False))
        return tuple(f"{option.text} → {letters[option.pair or '']}" for option in one.options)
    return tuple(
        f"{letter}. {option.text}"
        for letter, option in option_letters(options_shown(one, seed))
        if option.correct
    )


def _why(one: QuizItem) -> str:
    told = [option.why for option in one.options if option.correct and option.why]
    return " ".join([*told, one.why or "", f"[{one.source}]" if one.source else ""]).strip() or "–"
