"""A department's template is opened in a process of its own and told everything that it lacks; strange files are refused."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pptx import Presentation
from pptx.util import Mm

from kb.courseware.deck import Layout
from kb.courseware.template import DESIGNS, own_template
from kb.courseware.template_check import MESSAGES, WORDS
from kb.errors import BadImport
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.course_template import fitting_template, looked_at_template
from kb.usecases.courses import build_course, course_deck
from tests.conftest import the_real_library
from tests.kb.api.conftest import bearer, client, guarded, guarded_client, house
from tests.kb.web.test_quizzes import hidden

__all__ = ["client", "guarded", "guarded_client", "house"]
SAFETY = "COURSE-SAFETY"


def saved(presentation: Any) -> bytes:
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def changed(change: Callable[[Any], object]) -> bytes:
    """Our template after a department has changed it."""
    presentation = own_template()
    change(presentation)
    return saved(presentation)


def layout(presentation: Any, kind: Layout) -> Any:
    return next(one for one in presentation.slide_layouts if one.name == DESIGNS[kind].name)


def place(presentation: Any, kind: Layout, index: int) -> Any:
    return next(one for one in layout(presentation, kind).placeholders if one.placeholder_format.idx == index)


def without(presentation: Any, kind: Layout, index: int) -> None:
    element = place(presentation, kind, index)._element
    element.getparent().remove(element)


def packed(content: bytes, **changes: bytes) -> bytes:
    """An archive with parts changed or added; names have `__` for `/` and `_dot_` for the point."""
    parts = {name.replace("__", "/").replace("_dot_", "."): value for name, value in changes.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(content)) as source:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, value in parts.items():
            target.writestr(name, value)
    return out.getvalue()


def test_our_own_template_lacks_nothing_and_carries_every_slide() -> None:
    content = saved(own_template())
    assert looked_at_template(content, name="ours.pptx").json() == {
        "fits": True,
        "layouts": [design.name for design in DESIGNS.values()],
        "lacks": [],
        "hints": [],
    }
    made = build_course(the_real_library(), SAFETY, "pptx", template=fitting_template(content, name="a"))
    shown = Presentation(io.BytesIO(made.content))
    assert len(shown.slides) == len(course_deck(the_real_library(), SAFETY).slides)


def test_a_template_of_others_is_told_every_layout_and_its_shape() -> None:
    report = looked_at_template(saved(Presentation()), name="theirs.pptx")
    lacks = [one.text() for one in report.lacks]
    assert len([one for one in lacks if one.startswith("no layout is named")]) == 8
    assert "no layout is named Table; it needs: title placeholder 0, table placeholder 12" in lacks
    assert "Title and Content" in report.layouts
    assert "its slides are 1.33 times as wide as high; they must be 16:9" in lacks
    with pytest.raises(BadImport, match="the template was not used") as refusal:
        build_course(the_real_library(), SAFETY, "pptx", template=saved(Presentation()))
    assert [fault.what for fault in refusal.value.faults] == lacks


def test_names_are_found_in_any_case_and_each_lack_of_a_placeholder_is_told() -> None:
    def change(presentation: Any) -> None:
        layout(presentation, Layout.TWO_COLUMNS).element.cSld.set("name", "  two   COLUMNS ")
        without(presentation, Layout.TABLE, 12)
        place(presentation, Layout.PICTURE, 13)._element.nvSpPr.nvPr.find(
            "{http://schemas.openxmlformats.org/presentationml/2006/main}ph"
        ).set("type", "body")
        place(presentation, Layout.QUESTION, 1).left = Mm(200)
        place(presentation, Layout.CONTENT, 1).height = Mm(60)

    content = changed(change)
    report = looked_at_template(content, name="a.pptx")
    assert [one.text() for one in report.lacks] == [
        "in the layout Picture with caption placeholder 13 is of the kind body; it must be: picture placeholder 13",
        "the layout Table has no placeholder 12; it needs: table placeholder 12; it has: 0, 20, 21",
        "in the layout Question placeholder 1 stands beyond the edge of the slide",
    ]
    (hint,) = report.hints
    assert "Content placeholder 1 is 299 x 60 mm; slides are filled for 299 x 128 mm" in hint.text()
    say = translator("zh_CN")
    assert report.lacks[1].text(say) == "版式 Table 缺占位符 12，需要：表格占位符 12；现有：0, 20, 21"
    assert all(say(message) != message for message in (*MESSAGES, *WORDS.values()))


def test_a_theme_without_a_chinese_font_is_a_hint_and_no_lack() -> None:
    def change(presentation: Any) -> None:
        part = next(
            one.target_part
            for one in presentation.slide_master.part.rels.values()
            if one.reltype.endswith("/theme")
        )
        part._blob = re.sub(rb'<a:ea typeface="[^"]*"/>', b'<a:ea typeface=""/>', part.blob)

    report = looked_at_template(changed(change), name="a.pptx")
    assert report.lacks == ()
    assert "no East Asian font" in report.hints[0].text()


def test_what_is_no_presentation_is_refused_with_what_to_do() -> None:
    own = saved(own_template())
    with zipfile.ZipFile(io.BytesIO(own)) as archive:
        types = archive.read("[Content_Types].xml")
    potx = types.replace(b"presentationml.presentation.main", b"presentationml.template.main")
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for content, told in (
        (b"", "is empty"),
        (b"hello", "is no presentation"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old or encrypted presentation (.ppt)"),
        (own[: len(own) // 2], "is a damaged archive"),
        (packed(own, ppt__vbaProject_dot_bin=b"x"), "has macros"),
        (packed(own, **{"[Content_Types]_dot_xml": potx}), "is a .potx"),
        (packed(own, ppt__presentation_dot_xml=b"<broken"), "is a damaged presentation"),
        (packed(own, ppt__theme__theme1_dot_xml=entity), "document type"),
        (packed(b"PK\5\6" + b"\0" * 18, word__document_dot_xml=b"<a/>"), "is a document or a workbook"),
    ):
        with pytest.raises(BadImport, match=re.escape(told)):
            looked_at_template(content, name="a.pptx")


def test_a_template_is_looked_at_on_a_page_over_the_api_and_carries_a_course(client: TestClient) -> None:
    page = client.get("/course-template", headers={"accept-language": "zh-CN"}).text
    form = {"csrf_token": hidden(page, "csrf_token")}
    theirs = {"template": ("贵司 <b>.pptx", saved(Presentation()))}
    told = client.post("/course-template", data=form, files=theirs, headers={"accept-language": "zh-CN"}).text
    assert "缺 " in told
    assert "贵司 &lt;b&gt;.pptx" in told
    ours = {"template": ("ours.pptx", saved(own_template()))}
    made = client.post("/course-template", data={**form, "course": SAFETY}, files=ours)
    assert "COURSE-SAFETY.pptx" in made.headers["content-disposition"]
    assert client.post("/course-template", data=form).status_code == 422
    token = {"X-CSRF-Token": form["csrf_token"]}
    checks = client.post("/api/v1/course-template-checks", files=theirs, headers=token).json()
    assert (checks["fits"], len(checks["lacks"]) > 5) == (False, True)
    refused = client.post(f"/api/v1/courses/{SAFETY}/slides", files=theirs, headers=token)
    assert (refused.status_code, len(refused.json()["faults"])) == (422, len(checks["lacks"]))


def test_an_engineer_builds_nothing_on_a_template(guarded_client: TestClient) -> None:
    engineer = bearer(guarded_client, Role.ENGINEER)
    file = {"template": ("a.pptx", b"x")}
    answer = guarded_client.post("/api/v1/course-template-checks", files=file, headers=engineer)
    assert answer.status_code == 403
