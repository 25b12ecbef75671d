"""What one page becomes in a course: slides from symptom to prevention, two questions, an objective, and what it lacks.

symptom → what would you check first? → cause → remedy → proof → prevention → two questions. Every sentence is the page's
own; what a page does not say is told, never filled in.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.content import Library, Page
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, GuidePage
from kb.errors import Fault

DRAWN = (CasePage, GuidePage, AlarmPage, ChecklistPage)
"""Types of pages that slides are made of; a term explains a word, and a course is one already."""
STEP = re.compile(r"^### +步骤 *\d+[ 　:：.、]*(.*)$")
PROOF, JUDGING = "验收", "怎样判断"
MOST_MATCHED = 4
"""Pairs of a question that is answered by joining them."""
_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&])")
_LIST = re.compile(r"^([-+](?=[-\s]|$)|\d+[.)](?=\s|$))")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(slots=True)
class Drawn:
    """What one page gives.

    Args:
        slides: Title and Markdown of each, a section slide first.
        questions: As `quiz` of a course holds them, without ids.
        objective: What somebody can do afterwards.
        lacks: What the page does not say and a course needs.
    """

    page_id: str
    objective: str = ""
    slides: list[tuple[str, str]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    lacks: list[Fault] = field(default_factory=list)

    @property
    def short(self) -> str:
        """The page's id without its type; slides of two pages are told apart by it."""
        return self.page_id.partition("-")[2]

    def slide(self, name: str, lines: Sequence[str], *, notes: str = "", kind: str = "") -> None:
        """Put a slide; without lines there is none."""
        if not lines:
            return
        title = f"{self.short}：{name}"
        told = [f"> {' '.join(notes.split())}", ""] if notes else []
        text = [f"## {title}{kind}", "", *lines, "", *told, f"来源：{self.page_id}"]
        self.slides.append((title, "\n".join(text)))

    def question(self, stem: str, options: Sequence[tuple[str, bool, str]]) -> None:
        """Put a question with one right answer; answers that say the same are put once."""
        seen: dict[str, dict[str, Any]] = {}
        for text, correct, why in options:
            text = text.rstrip("。")
            fields: dict[str, Any] = {"text": text, "correct": True} if correct else {"text": text}
            seen.setdefault(text, {**fields, "why": why})
        found = sorted(
            seen.values(), key=lambda one: str(one["text"])
        )  # the right one is not always the first
        if len(found) > 1:
            asked = {"kind": "single", "stem": stem, "source": self.page_id, "options": found}
            self.questions.append(asked)

    def lack(self, what: str, repair: str) -> None:
        """Tell something that a trainer has to write."""
        self.lacks.append(Fault(where=self.page_id, what=what, repair=repair))


def drawn(library: Library, page: Page) -> Drawn:
    """Return what a page of one of the types `DRAWN` gives."""
    out = Drawn(page_id=page.id)
    out.slides.append((title_of(page.title), f"# {title_of(page.title)}"))
    body = library.files[library.paths[page.id]].body
    if isinstance(page, CasePage):
        _case(out, page, body)
    elif isinstance(page, GuidePage):
        _guide(out, page, body)
    elif isinstance(page, AlarmPage):
        _alarm(out, page, body, library)
    elif isinstance(page, ChecklistPage):
        _checklist(out, page)
    for _ in range(2 - len(out.questions)):
        out.lack("gives fewer than two questions", "write one that asks what to check first")
    return out


def plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it stands."""
    one = _SIGNS.sub(r"\\\1", " ".join(text.split()))
    return _LIST.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", one)


def title_of(text: str) -> str:
    """Return a text as a heading that asks for no layout."""
    return " ".join(text.split()).replace("{", "（").replace("}", "）").strip("# ")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, without the stop at the end of each."""
    found, depth = [""], 0
    for sign in " ".join(text.split()):
        depth += (sign in "（(") - (sign in "）)")
        found[-1] += sign
        if sign in "。；！？" and depth <= 0:
            found.append("")
    return [part.strip().rstrip("。；") for part in found if part.strip("。； ")]


def chapters(body: str) -> Mapping[str, str]:
    """Return the text below each heading of the second level, in one line, links by their words alone."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in body.split("\n"):
        if line.startswith("## "):
            name = line[3:].strip()
        elif line.strip() and not line.startswith("#"):
            found.setdefault(name, []).append(_LINK.sub(r"\1", line.strip()))
    return {name: "\n".join(lines) for name, lines in found.items() if name}


def steps(body: str) -> list[tuple[str, str]]:
    """Return the title of each step of a guide, with its first sentence; a step without a title has that one alone."""
    found: list[tuple[str, str]] = []
    for line in body.split("\n"):
        heading = STEP.match(line)
        if heading:
            found.append((heading[1].strip(), ""))
        elif line.startswith("## "):
            break
        elif found and not found[-1][1] and line.strip() and not line.startswith("!"):
            first = sentences(_LINK.sub(r"\1", line))
            found[-1] = (found[-1][0], first[0] if first else "")
    return [(title or first, first if title else "") for title, first in found if title or first]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {plain(text.rstrip('。'))}" for text in texts]


def _pairs(pairs: Iterable[tuple[str, str]], lead: str = "") -> list[str]:
    lines = []
    for text, below in pairs:
        lines.append(f"- {plain(text.rstrip('。'))}")
        if below:
            lines.append(f"  - {lead}{plain(below.rstrip('。'))}")
    return lines


def _ask(out: Drawn, name: str, seen: Sequence[str], answer: Sequence[str]) -> None:
    if answer:
        out.slide(name, [*_bullets(seen), "", "### 答", "", *_bullets(answer)], kind=" {.question}")


def _case(out: Drawn, page: CasePage, body: str) -> None:
    said = chapters(body)
    seen, first = sentences(page.symptom), page.solutions[0] if page.solutions else None
    around = [
        f"{name}：{text}"
        for name, text in (
            ("什么时候", page.context.when),
            ("多常", page.context.frequency),
            ("之前动过", page.context.changed),
        )
        if text
    ]
    out.objective = f"遇到“{page.title}”，说得出先查什么、怎样证明修好了"
    out.slide("现象", _bullets([*seen, *around]), notes=said.get("现象", ""))
    if first is None:
        out.lack("names no cause", "write what is checked first, the causes and the remedies")
    else:
        _ask(out, "你先查什么？", seen[:2], [first.check])
    causes = [(one.cause.text, one.check) for one in page.solutions]
    out.slide("原因", _pairs(causes, "查："), notes=said.get("原因", ""))
    stopped = [f"先止住：{page.containment}"] if page.containment else []
    remedies = _pairs([(one.cause.text, one.remedy.text) for one in page.solutions])
    out.slide("处理", [*_bullets(stopped), *remedies], notes=said.get("处理", ""))
    out.slide("怎样证明修好了", _bullets(sentences(page.verification or "")), notes=said.get("验证", ""))
    out.slide("怎样不再来", _bullets(sentences(page.prevention or "")), notes=said.get("预防", ""))
    if not page.verification:
        out.lack("does not say how the cure is proven", "write the slide, and a question on it")
    if not page.prevention:
        out.lack("does not say how it is prevented", "write the slide")
    if len(causes) > 1:
        right, *wrong = causes
        told = f"这样处理：{page.solutions[0].remedy.text}"
        others = [(cause, False, f"那样会是：{check}") for cause, check in wrong]
        asked = f"{seen[0] if seen else page.title}。{right[1]}。最可能是哪一种原因？"
        out.question(asked, [(right[0], True, told), *others])
    _proof(out, page.title, page.verification or "", ("报警不再出现，就交机", "换过件、能动，就交机"))


def _proof(out: Drawn, title: str, proof: str, wrong: Sequence[str]) -> None:
    if proof:
        options = [(text, False, f"这一页要求：{proof}") for text in wrong]
        out.question(f"“{title}”做完了，怎样才算好？", [(proof, True, "这一页这样要求"), *options])


def _guide(out: Drawn, page: GuidePage, body: str) -> None:
    found = steps(body)
    proof = [line[2:] for line in chapters(body).get(PROOF, "").split("\n") if line.startswith("- ")]
    out.objective = f"会按步骤做“{page.title}”，知道怎样才算做完"
    when = [f"什么时候做：{page.interval}"] if page.interval else []
    out.slide("为什么做", _bullets([*sentences(page.summary), *when]))
    _ask(
        out,
        "你先做什么？",
        page.prerequisites[:2] or sentences(page.summary)[:1],
        [_step(found[0])] if found else [],
    )
    out.slide("先备好", _bullets(page.prerequisites))
    numbered = []
    for number, (title, first) in enumerate(found, start=1):
        numbered += [f"{number}. {plain(title)}", *([f"   - {plain(first)}"] if first else [])]
    out.slide("步骤", numbered)
    out.slide("怎样算做完", _bullets(proof))
    if not page.interval:
        out.lack(
            "does not say when it is due again", "write when the work is done, so that it does not come to it"
        )
    if len(found) > 2:
        chosen = [0, len(found) // 2, len(found) - 1]
        options = [(found[n][0], n == 0, "从这一步开始" if n == 0 else f"那是第 {n + 1} 步") for n in chosen]
        out.question(f"“{page.title}”：下面哪一步最先做？", options)
    _proof(out, page.title, proof[0] if proof else "", ("各步做过一遍，就签字", "机床能动，就交机"))


def _step(step: tuple[str, str]) -> str:
    title, first = step
    return f"{title}：{first}" if first else title


def _alarm(out: Drawn, page: AlarmPage, body: str, library: Library) -> None:
    said = chapters(body)
    out.objective = f"看到 {page.code}，说得出意思和先查什么"
    reaction = [f"控制的反应：{page.reaction}"] if page.reaction else []
    out.slide("屏上写的", _bullets([f"{page.code} {page.text.zh}", *reaction]))
    _ask(out, "你先查什么？", [f"屏上是 {page.code}：{page.text.zh}"], page.remedy[:1])
    out.slide("说的是什么", _bullets(sentences(page.explanation)))
    unproven = [] if page.remedy_confidence == "validated" else ["处理未经手册核对"]
    numbered = [f"{number}. {plain(text.rstrip('。'))}" for number, text in enumerate(page.remedy, start=1)]
    out.slide("处理", numbered, notes="；".join(unproven))
    out.slide("怎样判断", _bullets(sentences(said.get(JUDGING, ""))))
    out.slide("怎样清、怎样算好", _bullets(sentences(page.continuation or "")))
    if not page.continuation:
        out.lack("does not say how the alarm is cleared and the cure proven", "write the slide")
    out.lack("is an alarm: it says nothing of prevention", "write the slide, or take a case beside it")
    if len(page.remedy) > 1:
        options = [(page.remedy[0], True, "先做这一步")]
        options += [(text, False, f"那是第 {n} 步") for n, text in enumerate(page.remedy[1:4], start=2)]
        out.question(f"屏上 {page.code}（{page.text.zh}）：先做哪一步？", options)
    near = _neighbours(library, page)
    options = [(page.text.zh, True, sentences(page.explanation)[0])]
    options += [(one.text.zh, False, f"那是 {one.code}") for one in near]
    out.question(f"屏上 {page.code} 说的是什么？", options)


def _neighbours(library: Library, page: AlarmPage) -> list[AlarmPage]:
    """Return the two alarms of the same family that stand beside it: those are mistaken for each other."""
    same = sorted(
        (one for one in library.pages.values() if isinstance(one, AlarmPage) and one.family == page.family),
        key=lambda one: one.code,
    )
    here = next(n for n, one in enumerate(same) if one.id == page.id)
    around = sorted((one for one in same if one.id != page.id), key=lambda one: abs(same.index(one) - here))
    return around[:2]


def _checklist(out: Drawn, page: ChecklistPage) -> None:
    out.objective = f"会按“{page.title}”逐项看，说得出怎样算合格"
    judged = [(one.text, one.criterion) for one in page.items if one.criterion]
    out.slide("查什么，怎样算合格", _pairs([(one.text, one.criterion or "") for one in page.items]))
    if not judged:
        out.lack("has no item with a criterion", "say what is right on each")
        return
    _ask(out, "怎样算合格？", [judged[0][0]], [judged[0][1]])
    pairs = {criterion: text for text, criterion in reversed(judged[:MOST_MATCHED])}
    if len(pairs) > 1:
        options = [{"text": text, "pair": criterion} for criterion, text in reversed(pairs.items())]
        stem, why = f"“{page.title}”：把项目和合格的样子连起来。", "合格的样子按机床厂的标牌和说明书。"
        out.questions.append(
            {"kind": "match", "stem": stem, "source": page.id, "why": why, "options": options}
        )
    options_of = [(judged[0][1], True, "点检表这样写")]
    options_of += [(criterion, False, f"那是“{text}”的") for text, criterion in judged[1:4]]
    out.question(f"“{judged[0][0]}”，怎样算合格？", options_of)
