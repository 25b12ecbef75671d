"""Pages used on visits: linked once, taken back, counted, smoothed so that a job counts most."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from kb.api.app import create_app
from kb.errors import Conflict, NotFound
from kb.settings import Settings
from kb.store import register as audit
from kb.usecases.page_feedback import Verdicts
from kb.usecases.page_use import (
    PageUse,
    Reuse,
    all_reuse,
    link_page,
    pages_of_visit,
    reuse_scores,
    unlink_page,
    uses_of_page,
)
from kb.usecases.plan import plan_inspections
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON
from tests.kb.api.test_page_feedback import token
from tests.kb.search.pages import a_library
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

VISIT = "suzhou/m1-yearly/yearly/0"
OTHER = "suzhou/m1-yearly/yearly/1"
PAGE = "CASE-HOT"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("used")
    library = a_library(folder)
    opened = open_house(Settings(home=folder / "var", content_dir=library.folder), clock=lambda: NOON)
    opened.store.migrate()
    fill(opened.store, small_register())
    plan_inspections(opened.store, first_day=FIRST, last_day=LAST, now=NOW)
    yield opened
    opened.store.close()


@pytest.fixture
def house(planned: House) -> Iterator[House]:
    yield planned
    for page_id in all_reuse(planned.store):
        for one in uses_of_page(planned.store, planned.library(), page_id):
            unlink_page(planned.store, page_id=page_id, visit_key=one.job_key, who="test", now=NOON)


def link(
    house: House, page_id: str = PAGE, visit: str = VISIT, *, solved: bool = True, days: int = 0
) -> PageUse:
    now = NOON + timedelta(days=days)
    return link_page(
        house.store, house.library(), page_id=page_id, visit_key=visit, solved=solved, who="张工", now=now
    )


def test_a_page_is_linked_to_a_visit_once_however_often_it_is_said(house: House) -> None:
    link(house)
    assert link(house, days=1).used == NOON
    assert all_reuse(house.store)[PAGE] == Reuse(jobs=1, solved=1, last=NOON)
    changed = link(house, solved=False, days=2)
    assert (changed.solved, all_reuse(house.store)[PAGE].solved) == (False, 0)
    with house.store.reading() as session:
        actions = [one.action for one in audit.history(session, kind="page_uses", thing_id=PAGE, limit=2)]
    assert actions == ["update", "create"]


def test_what_cured_the_fault_stands_first_on_its_visit(house: House) -> None:
    link(house, "CASE-HOT", solved=False)
    link(house, "GUIDE-HOME", solved=True)
    found = pages_of_visit(house.store, house.library(), VISIT, today=NOON.date())
    assert [(one.page_id, one.title, one.solved) for one in found] == [
        ("GUIDE-HOME", "回参考点的步骤", True),
        ("CASE-HOT", "主轴过热停机", False),
    ]


def test_a_link_is_taken_back_once(house: House) -> None:
    link(house)
    unlink_page(house.store, page_id=PAGE, visit_key=VISIT, who="张工", now=NOON)
    assert uses_of_page(house.store, house.library(), PAGE) == ()
    with pytest.raises(NotFound, match="no link of this visit to the page has the id 'CASE-HOT'"):
        unlink_page(house.store, page_id=PAGE, visit_key=VISIT, who="张工", now=NOON)


def test_only_what_solves_something_is_linked_and_only_to_what_is_there(house: House) -> None:
    with pytest.raises(Conflict, match="TERM-scale is a term; a job is linked to a case, guide, alarm"):
        link(house, "TERM-scale")
    with pytest.raises(NotFound, match="no page has the id 'CASE-NO'"):
        link(house, "CASE-NO")
    with pytest.raises(NotFound, match="no visit has the id 'nowhere'"):
        link(house, visit="nowhere")
    assert all_reuse(house.store) == {}


def test_the_first_jobs_say_most_and_a_job_more_than_any_vote() -> None:
    used = {"ONE": Reuse(jobs=1, solved=1), "FOUR": Reuse(jobs=4, solved=4), "USE": Reuse(jobs=1)}
    voted = {
        "VOTED": Verdicts(helpful=4),
        "DOUBTED": Verdicts(not_helpful=9),
        "ONE": Verdicts(not_helpful=3),
    }
    scores = reuse_scores(used, voted)
    assert scores["ONE"] == pytest.approx(1 / 5)
    assert scores["FOUR"] == pytest.approx(1 / 2)
    assert scores["USE"] > scores["VOTED"] > 0
    assert "DOUBTED" not in scores
    assert reuse_scores(used, voted, ["USE", "NEVER"]).keys() == {"USE"}


@given(solved=st.integers(0, 10_000), jobs=st.integers(0, 10_000), votes=st.integers(0, 10_000))
def test_reuse_never_reaches_one_and_never_falls_with_another_job(solved: int, jobs: int, votes: int) -> None:
    total = solved + jobs

    def score(jobs: int, solved: int) -> float:
        return reuse_scores({"P": Reuse(jobs=jobs, solved=solved)}, {"P": Verdicts(helpful=votes)}).get(
            "P", 0.0
        )

    now = score(total, solved)
    assert 0 <= now < 1
    assert score(total + 1, solved) > now
    assert score(total + 1, solved + 1) > score(total + 1, solved)


def test_a_page_is_found_and_linked_on_the_visits_page(house: House) -> None:
    with TestClient(create_app(house), headers={"accept-language": "zh-CN"}) as client:
        visit = f"/visits/{VISIT.replace('/', '%2F')}"
        assert "用到的资料页" in client.get(visit).text
        offered = client.get("/page-uses", params={"visit": VISIT, "q": "主轴过热"}).text
        assert offered.index("CASE-HOT") < offered.index("靠它解决")
        form = {"csrf_token": token(client, visit), "visit": VISIT, "page_id": PAGE, "how": "solved"}
        for _ in range(2):
            after = client.post("/page-uses", data=form)
            assert (after.url.path, after.text.count("解决了问题")) == (f"/visits/{VISIT}", 1)
        answer = client.get(f"/api/v1/pages/{PAGE}/uses").json()["items"]
        assert [(one["job_key"], one["solved"]) for one in answer] == [(VISIT, True)]
        wrong = client.post("/page-uses", data={**form, "page_id": "TERM-scale"})
        assert (wrong.status_code, "TERM-scale is a term" in wrong.text) == (422, True)
        for _ in range(2):
            gone = client.post("/page-uses", data={**form, "how": "unlink"})
            assert "解决了问题" not in gone.text
        sent = client.put("/api/v1/page-uses", json={"page_id": PAGE, "visit": VISIT, "solved": False})
        assert sent.json()["solved"] is False
        listed = client.get("/api/v1/page-uses", params={"visit": VISIT}).json()["items"]
        assert [one["page_id"] for one in listed] == [PAGE]
        query = {"page_id": PAGE, "visit": VISIT}
        assert client.delete("/api/v1/page-uses", params=query).status_code == 204
        assert client.delete("/api/v1/page-uses", params=query).status_code == 404
