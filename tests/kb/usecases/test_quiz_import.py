"""Questions leave a course as paper and workbook and come back: shown first, written only as shown, hostile files refused."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from kb.content import Library, load_library
from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.courseware.gift import gift_text
from kb.errors import BadImport, BadInput, Conflict, NotAllowed
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.courses import build_course, course
from kb.usecases.editing_opening import Editor
from kb.usecases.quiz_bank import headers_from, headers_from_file, read_questions
from kb.usecases.quiz_import import questions_from_text, quiz_proposal, write_quiz
from kb.usecases.quiz_paper import Paper
from tests.conftest import ROOT, the_real_library
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.test_quizzes import NOON

SAFETY = "COURSE-SAFETY"
EDITOR = Editor(name="eve", role=Role.ADMIN)
IDS = sorted(page.id for page in the_real_library().pages.values() if isinstance(page, CoursePage))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the course and what it is built from, small enough to be checked often."""
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    shutil.copytree(ROOT / "content" / "courses" / "figures", folder / "courses" / "figures")
    real = the_real_library()
    for id in (SAFETY, *(one.id for one in course(real, SAFETY).built_from)):
        (folder / real.paths[id]).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "content" / real.paths[id], folder / real.paths[id])
    return folder


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Library:
    return load_library(Path(shutil.copytree(original, tmp_path / "content")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}")
    opened.migrate()
    yield opened
    opened.close()


def read(content: bytes, name: str = "a.xlsx", **headers: str) -> tuple[QuizItem, ...]:
    return read_questions(io.BytesIO(content), name=name, headers=headers, limit_bytes=2_000_000)


@pytest.mark.parametrize("id", IDS)
def test_the_questions_of_every_course_come_back_from_a_workbook_as_they_went(id: str) -> None:
    page = course(the_real_library(), id)
    assert read(build_course(the_real_library(), id, "xlsx").content) == page.quiz


def test_no_cell_of_the_workbook_is_a_formula_and_columns_are_named_as_asked() -> None:
    library = the_real_library()
    page = course(library, SAFETY)
    evil = page.quiz[0].model_copy(update={"stem": "=1+1", "why": "@SUM(A1)"})
    changed = page.model_copy(update={"quiz": (evil, *page.quiz[1:])})
    evil_library = load_library(library.folder, known=library)
    object.__setattr__(evil_library, "pages", {**library.pages, SAFETY: changed})
    named = {"stem": "试题内容"}
    content = build_course(evil_library, SAFETY, "xlsx", headers=named).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "试题内容" in [cell.value for cell in sheet[1]]
    assert read(content, stem="试题内容")[0] == evil
    with pytest.raises(BadInput, match="is no field of a question") as refusal:
        headers_from({"colour": "x", "stem": "A", "id": "A"})
    assert len(refusal.value.faults) == 3
    with pytest.raises(BadInput, match="no JSON object"):
        headers_from_file("[1]")


def test_a_hostile_or_broken_workbook_is_refused_with_every_fault() -> None:
    book = openpyxl.Workbook()
    for row in (
        ["题目", "选项A", "选项B", "正确答案"],
        ["=1+1", "甲", "乙", "A"],
        ["?", "=HYPERLINK(A1)", "乙", "B"],
    ):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadImport, match="has a formula") as refusal:
        read(out.getvalue())
    assert len(refusal.value.faults) == 2
    macros = io.BytesIO()
    with zipfile.ZipFile(macros, "w") as archive, zipfile.ZipFile(out) as source:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
        archive.writestr("xl/vbaProject.bin", b"x")
    for content, name, told in (
        (macros.getvalue(), "a.xlsx", "has macros"),
        (b"%PDF-1.7", "a.xlsx", "is a PDF document"),
        (b"", "a.xlsx", "is empty"),
        (b"x", "a.docx", "is of another kind"),
        (b"\xff\xfe", "a.gift", "is no UTF-8 text"),
        (b"// nothing", "a.gift", "has no question"),
        (b"::Q1:: a {=b ~c}\n\n::Q1:: d {T}", "a.gift", "has the question Q1 twice"),
        (b"a" * 1_000_001, "a.txt", "has 1,000,001 bytes"),
    ):
        with pytest.raises(BadImport, match=re.escape(told)):
            read(content, name)


def test_gift_of_a_course_changes_nothing_and_a_changed_question_is_shown_word_by_word(
    store: Store, library: Library
) -> None:
    page = course(library, SAFETY)
    came = read(gift_text(page.quiz).encode(), "a.gift")
    same = quiz_proposal(store, library, SAFETY, came, mode="replace", editor=EDITOR, now=NOON)
    assert (same.counts, same.changes_anything) == ({"same": 12}, False)
    text = gift_text(page.quiz[:2]).replace("有人看着", "有人陪着") + "\n::Q13:: 新题 {T}\n"
    merged = quiz_proposal(
        store, library, SAFETY, read(text.encode(), "a.gift"), mode="merge", editor=EDITOR, now=NOON
    )
    assert merged.counts == {"new": 1, "changed": 1, "same": 1, "kept": 10}
    (line,) = (line for line in merged.changes[0].lines if line.side == "changed")
    assert [(span.side, span.text) for span in line.spans if span.side != "same"] == [
        ("gone", "看"),
        ("new", "陪"),
    ]
    replaced = quiz_proposal(
        store, library, SAFETY, read(text.encode(), "a.gift"), mode="replace", editor=EDITOR, now=NOON
    )
    assert replaced.counts == {"new": 1, "changed": 1, "same": 1, "gone": 10}
    assert load_library(library.folder).pages[SAFETY] == page, "nothing is written unseen"


def test_what_was_shown_is_written_once_and_nothing_on_what_has_changed_since(
    store: Store, library: Library
) -> None:
    came = read("::Q13:: 锁归谁开？ {=谁上锁谁开 ~班长开}\n".encode(), "a.gift")
    shown = quiz_proposal(store, library, SAFETY, came, mode="merge", editor=EDITOR, now=NOON)
    sent = questions_from_text(shown.as_json_text())
    for _ in range(2):
        write_quiz(store, library, SAFETY, sent, based_on=shown.based_on, why="补题", editor=EDITOR, now=NOON)
        library = load_library(library.folder)
    page = course(library, SAFETY)
    assert ([one.id for one in page.quiz][-1], len(page.quiz), page.revision) == ("Q13", 13, 2)
    assert [one.source for one in page.quiz[:12]].count(None) == 0
    with pytest.raises(Conflict, match="was changed since you opened it"):
        write_quiz(
            store, library, SAFETY, sent[:3], based_on=shown.based_on, why="旧", editor=EDITOR, now=NOON
        )
    engineer = Editor(name="li", role=Role.ENGINEER)
    again = quiz_proposal(store, library, SAFETY, came[:0], mode="replace", editor=engineer, now=NOON)
    with pytest.raises(NotAllowed, match="role"):
        write_quiz(
            store, library, SAFETY, sent[:3], based_on=again.based_on, why="x", editor=engineer, now=NOON
        )
    with pytest.raises(BadInput, match="not as they were shown"):
        questions_from_text('[{"id": "Q1"}]')


def test_a_paper_has_every_question_variants_differ_and_the_key_fits() -> None:
    library = the_real_library()
    page = course(library, SAFETY)

    def made(variant: str, seed: str = "7") -> list[str]:
        choice = Paper(seed=seed, variant=variant)
        document = docx.Document(
            io.BytesIO(build_course(library, SAFETY, "paper-docx", paper=choice).content)
        )
        return [paragraph.text.removeprefix("☐\t") for paragraph in document.paragraphs]

    first, second = made("A"), made("B")
    stems = [re.sub(r"^\d+\. ", "", text) for text in first]
    assert all(one.stem in stems for one in page.quiz)
    assert first != second
    assert first == made("A")
    assert first != made("A", seed="8")
    key = docx.Document(io.BytesIO(build_course(library, SAFETY, "key-docx", paper=Paper(seed="7")).content))
    for paper, table in zip((first, second), key.tables, strict=True):
        for row in table.rows[1:]:
            number, right, id, _ = (cell.text for cell in row.cells)
            question = next(one for one in page.quiz if one.id == id)
            place = paper.index(f"{number}. {question.stem}")
            shown = paper[place + 1 : place + 12]
            for text in right.split("；") if question.kind in {"single", "multiple", "true_false"} else []:
                assert text in shown
    whys = [option.why for one in page.quiz for option in one.options if option.why]
    printed = PdfReader(io.BytesIO(build_course(library, SAFETY, "paper-pdf", paper=Paper()).content))
    text = "".join(one.extract_text() for one in printed.pages)
    assert "答题卡" in text
    assert not [why for why in whys if why in text], "a paper tells nothing of what is right"
    with pytest.raises(BadInput, match="no paper was made") as refusal:
        build_course(library, SAFETY, "paper-pdf", paper=Paper(seed="", variant="Z", variants=9))
    assert len(refusal.value.faults) == 3


def test_questions_are_brought_in_and_results_told_by_command(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"SERVICEBOOK_HOME": str(tmp_path), "SERVICEBOOK_CONTENT_DIR": str(library.folder)}
    servicebook = Servicebook(monkeypatch, capsys, environment)
    file = tmp_path / "题库.csv"
    file.write_text("试题,选项A,选项B,正确答案,编号\n谁开锁,谁上锁谁开,班长,A,Q13\n", "utf-8-sig")
    command = ("course", "import-quiz", SAFETY, str(file), "--map", "stem=试题")
    shown = servicebook(*command, "--json").json()
    assert (shown["counts"], shown["written"]) == ({"new": 1, "kept": 12}, False)
    assert servicebook(*command, "--write", "--why", "补").code != 0, "nothing is written unseen"
    done = servicebook(*command, "--write", "--why", "补", "--based-on", shown["based_on"], "--json").json()
    assert done["written"] is True
    assert len(course(load_library(library.folder), SAFETY).quiz) == 13
    assert servicebook("course", "results", SAFETY, "--json").json()["persons"] == 0
