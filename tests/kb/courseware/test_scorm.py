"""The package: a manifest that names every file and nothing else, data that no text breaks, the same files again."""

import json
import re
from xml.etree.ElementTree import fromstring

import pytest

from kb.content.quiz import QuizItem
from kb.courseware.quiz_page import quiz_section
from kb.courseware.scorm import PACKAGING, SCORM, package_files
from kb.courseware.slides_page import player_file
from tests.kb.courseware.test_pptx_writer import a_png
from tests.kb.courseware.test_reading import a_course
from tests.kb.courseware.test_slides_page import EVIL, a_deck

QUIZ = (
    QuizItem.model_validate(
        {
            "id": "Q1",
            "kind": "single",
            "stem": EVIL,
            "options": [{"text": "是", "correct": True}, {"text": EVIL}],
        }
    ),
    QuizItem.model_validate(
        {
            "id": "Q 2",
            "kind": "match",
            "stem": "?",
            "options": [{"text": "电", "pair": "锁"}, {"text": "气", "pair": "排"}],
        }
    ),
)


def files(**changes: object) -> dict[str, bytes]:
    page = a_course(quiz=QUIZ, **changes)
    deck = a_deck(title=str(changes.get("title", page.title)))
    return dict(package_files(page, deck, figure=lambda _: ("image/png", a_png()), words=lambda text: text))


def test_the_manifest_is_of_scorm_1_2_and_names_every_file_once() -> None:
    made = files()
    root = fromstring(made["imsmanifest.xml"])
    cp = f"{{{PACKAGING}}}"
    assert root.tag == f"{cp}manifest"
    assert [root.findtext(f"{cp}metadata/{cp}{tag}") for tag in ("schema", "schemaversion")] == [
        "ADL SCORM",
        "1.2",
    ]
    organizations = root.find(f"{cp}organizations")
    assert organizations is not None
    (organization,) = organizations
    assert organizations.get("default") == organization.get("identifier")
    (item,) = organization.findall(f"{cp}item")
    (resource,) = root.findall(f"{cp}resources/{cp}resource")
    assert item.get("identifierref") == resource.get("identifier")
    assert item.findtext(f"{{{SCORM}}}masteryscore") == "80"
    assert (resource.get("type"), resource.get(f"{{{SCORM}}}scormtype")) == ("webcontent", "sco")
    named = [file.get("href") for file in resource.findall(f"{cp}file")]
    assert sorted(named) == sorted(set(made) - {"imsmanifest.xml"})
    assert resource.get("href") in named
    identifiers = [one.get("identifier") for one in root.iter() if one.get("identifier")]
    assert len(identifiers) == len(set(identifiers))
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]*", one or "") for one in identifiers)


def test_the_page_names_only_files_of_the_package_and_no_address_of_elsewhere() -> None:
    made = files()
    html = made["index.html"].decode()
    named = re.findall(r'(?:src|href)="([^"#]+)"', html)
    assert {name for name in named if not name.startswith("data:")} == set(made) - {
        "imsmanifest.xml",
        "index.html",
    }
    assert not re.findall(r"https?://", html)


def test_the_same_course_is_the_same_files_and_hostile_text_ends_no_script() -> None:
    assert files(title=EVIL) == files(title=EVIL)
    html = quiz_section(a_course(quiz=QUIZ), words=lambda text: text)
    (text,) = re.findall(r'<script type="application/json" id="quiz-data">(.*?)</script>', html, re.DOTALL)
    data = json.loads(text)
    assert data["questions"][0]["stem"] == EVIL
    assert sorted(data["questions"][1]["pairs"]) == ["排", "锁"]


def test_a_course_without_questions_has_no_mark_and_no_button() -> None:
    page = a_course()
    made = package_files(page, a_deck(), figure=lambda _: ("image/png", a_png()), words=lambda text: text)
    assert b"masteryscore" not in made["imsmanifest.xml"]
    assert b'data-do="ask"' not in made["index.html"]


@pytest.mark.parametrize("name", ["quiz.js", "scorm.js", "quiz.css"])
def test_a_script_of_the_package_asks_no_network(name: str) -> None:
    text = player_file(name)
    assert not re.findall(r"fetch\(|XMLHttpRequest|https?://|innerHTML|eval\(", text)
