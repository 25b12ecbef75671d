"""Is it written already? Codes before control and component, those before words; the same answer from every side."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.search import SearchIndex
from kb.settings import Settings
from kb.usecases.duplicates import Duplicate, controllers_in, draft_sketch, possible_duplicates
from kb.usecases.search import sentences
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON
from tests.kb.cli.running import Servicebook
from tests.kb.content.pages import a_case
from tests.kb.search.pages import a_library, an_alarm

FANUC = [{"controller": ["fanuc-0i"]}]
SIEMENS = [{"controller": ["siemens-828d"]}]
AXIS = {"subsystem": "AXS", "item": "motor"}
MORE = {
    "cases__shake": a_case(
        id="CASE-SHAKE",
        title="轴移动时抖动",
        symptom="X 轴一动就抖，报 SV0411",
        alarms=[{"family": "fanuc", "code": "SV0411"}],
        applies_to=FANUC,
        component=AXIS,
    ),
    "cases__gone": a_case(
        id="CASE-GONE",
        title="轴移动时抖动",
        symptom="X 轴一动就抖",
        status="withdrawn",
        alarms=[{"family": "fanuc", "code": "SV0411"}],
    ),
    "cases__door": a_case(
        id="CASE-DOOR",
        title="门锁信号丢失",
        symptom="门关好了还报警",
        applies_to=SIEMENS,
        component={"subsystem": "SAF", "item": "doors"},
    ),
    "alarms__m411": an_alarm(
        "ALM-411", "411", "别家的 411", family="haas", applies_to=[{"controller": ["haas"]}]
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("alike")
    library = a_library(folder, **MORE)
    opened = open_house(
        Settings(home=folder / "var", content_dir=library.folder, language="zh_CN"), clock=lambda: NOON
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def index(house: House) -> SearchIndex:
    return house.search_index()


def ids(found: tuple[Duplicate, ...]) -> list[str]:
    return [one.page.id for one in found]


def test_the_same_alarm_on_the_same_control_is_the_same_case_whatever_the_words(index: SearchIndex) -> None:
    found = possible_duplicates(index, title="完全不同的话", alarms=["sv411 X"], models=["VMC850 FANUC 0i"])
    assert ids(found) == ["CASE-SHAKE", "ALM-SV0411"]
    assert (found[0].sure, found[1].sure) == (True, False)
    assert sentences(found[0].why, "en") == ("code sv411: this page is about it", "same control")


def test_a_bare_number_reaches_every_family_until_the_machine_is_known(index: SearchIndex) -> None:
    assert "ALM-411" in ids(possible_duplicates(index, alarms=["411"]))
    assert "ALM-411" not in ids(possible_duplicates(index, alarms=["411"], models=["fanuc-0i"]))
    assert ids(possible_duplicates(index, alarms=["411"], models=["haas"])) == ["ALM-411"]


def test_codes_stand_before_component_and_control_and_those_before_words(index: SearchIndex) -> None:
    found = possible_duplicates(
        index,
        title="门锁信号丢失，门关好了",
        alarms=["SV0411"],
        components=["SAF/doors"],
        models=["fanuc-0i"],
        symptom="主轴过热停机",
        size=9,
    )
    assert ids(found)[:2] == ["CASE-SHAKE", "ALM-SV0411"]
    weights = [one.weight for one in found if not one.sure]
    assert weights == sorted(weights, reverse=True)
    assert "CASE-DOOR" in ids(found)


def test_words_alone_warn_only_where_they_agree(index: SearchIndex) -> None:
    found = possible_duplicates(index, title="门锁信号丢失")
    assert (ids(found), found[0].sure, found[0].weight) == (["CASE-DOOR"], True, 0.0)
    assert possible_duplicates(index, title="机器人抓手掉料", symptom="桁架机械手夹不住工件") == ()
    assert possible_duplicates(index, title="报警") == ()


def test_the_page_itself_and_withdrawn_ones_are_no_duplicates(index: SearchIndex) -> None:
    found = possible_duplicates(index, title="轴移动时抖动", alarms=["SV0411"], page_id="CASE-SHAKE")
    assert ids(found) == ["ALM-SV0411"]


def test_a_code_in_the_words_counts_as_one(index: SearchIndex) -> None:
    assert ids(possible_duplicates(index, title="开机就报 SV0411"))[0] == "CASE-SHAKE"


def test_nothing_typed_is_no_duplicate_and_the_longest_is_taken(index: SearchIndex) -> None:
    assert possible_duplicates(index) == ()
    assert possible_duplicates(index, title="  ", alarms=["", " "], components=[], models=[""]) == ()
    long = possible_duplicates(index, title="门锁信号丢失", symptom="嗡" * 100_000, alarms=["x"] * 500)
    assert ids(long) == ["CASE-DOOR"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("fanuc-0i", {"fanuc-0i"}, id="code"),
        pytest.param("VMC850 FANUC 0i-MF", {"fanuc-0i"}, id="series"),
        pytest.param("SINUMERIK 840D sl", {"siemens-840d-sl"}, id="the longest name wins"),
        pytest.param("840D", {"siemens-840d-pl"}, id="the short name alone"),
        pytest.param("海德汉 iTNC 530", {"heidenhain-itnc530"}, id="Chinese name"),
        pytest.param("只有一台 ON", set(), id="no name"),
    ],
)
def test_a_control_is_known_by_code_name_or_series(index: SearchIndex, text: str, codes: set[str]) -> None:
    assert controllers_in(index.library, [text]) == codes


def test_a_draft_from_the_field_is_compared_by_what_it_says() -> None:
    sketch = draft_sketch({"machine": "VMC850 0i-MF", "alarm": "SV0411\n\nSP9031", "symptom": "抖\n更多"})
    assert (sketch.title, sketch.alarms, sketch.models) == ("抖", ("SV0411", "SP9031"), ("VMC850 0i-MF",))
    assert draft_sketch({"alarm": "SV0411 X"}).title == "SV0411 X"


def test_page_api_and_command_give_the_same_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with TestClient(create_app(house), headers={"accept-language": "zh-CN"}) as client:
        asked = {"title": "抖动", "alarms": ["SV0411"], "models": ["fanuc-0i"]}
        sent = client.post("/api/v1/duplicates", json=asked).json()["items"]
        assert [(one["id"], one["sure"]) for one in sent] == [("CASE-SHAKE", True), ("ALM-SV0411", False)]
        assert sent[0]["why"] == ["代码 SV0411：本页就讲它", "同一系统"]
        shown = client.get("/duplicates", params={"title": "抖动", "alarm": "SV0411", "machine": "fanuc-0i"})
        assert shown.text.index("CASE-SHAKE") < shown.text.index("ALM-SV0411")
        assert "很可能重复" in shown.text
        assert "还没有这样的资料页" in client.get("/duplicates?title=机器人掉料").text
        assert client.get("/duplicates").status_code == 200
        assert client.post("/api/v1/duplicates", json={"alarms": ["x"] * 21}).status_code == 422
        draft = {
            "id": "3f2b8c1e-0f5a-4d3c-9a1b-2c3d4e5f6a7b",
            "created": NOON.isoformat(),
            "machine": "FANUC 0i",
            "alarm": "SV0411",
            "symptom": "一动就抖",
        }
        token = client.get("/api/v1/session/token").json()["csrf_token"]
        kept = client.post("/api/v1/drafts", json=draft, headers={"X-CSRF-Token": token})
        assert kept.status_code == 201
        told = client.get(f"/api/v1/drafts/{draft['id']}/duplicates").json()["items"]
        assert told[0]["id"] == "CASE-SHAKE"
        page = client.get(f"/drafts/{draft['id']}/duplicates").text
        assert ("CASE-SHAKE" in page, f'href="/drafts/{draft["id"]}"' in page) == (True, True)
        assert "很可能重复" in client.get(f"/drafts/{draft['id']}").text
        assert client.get("/drafts/nothing/duplicates").status_code == 404
    settings = house.settings
    environment = {
        "SERVICEBOOK_HOME": str(settings.home),
        "SERVICEBOOK_CONTENT_DIR": str(settings.content_dir),
    }
    servicebook = Servicebook(monkeypatch, capsys, environment)
    words = ("library", "duplicates", "--title", "抖动", "--alarm", "SV0411", "--model", "fanuc-0i")
    assert servicebook(*words, "--json").json()["items"] == json.loads(json.dumps(sent))
    assert servicebook(*words).out.startswith("! CASE-SHAKE  轴移动时抖动")
