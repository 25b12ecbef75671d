"""Known ways go before assumed ones: typed, brought in as a workbook, or asked of a road service that may fail."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.errors import BadImport, BadInput
from kb.imports.road_service import RoadService
from kb.store import Store, register
from kb.store.tables import TechnicianRow
from kb.store.travel import ROAD
from kb.usecases.plan import latest_plan, plan_inspections
from kb.usecases.travel_roads import ask_roads
from kb.usecases.travel_rules import spot_of, travel_rule
from kb.usecases.travel_times import import_ways, known_by_hand, set_way, travel_state, ways_workbook
from planner.model import Datum, Position
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register

LIMIT = 1_000_000


class Roads:
    """A road service that answers as OSRM does: seconds and metres by how far the numbers are apart."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.body = 200, b""
        roads = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                roads.asked.append(self.path)
                body = roads.body or roads.table(self.path)
                self.send_response(roads.status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def table(self, path: str) -> bytes:
        """The shape of a recorded answer: code, durations, distances, sources and destinations with their snapping."""
        parts = urlsplit(path)
        places = [[float(one) for one in text.split(",")] for text in parts.path.rsplit("/", 1)[1].split(";")]
        query = parse_qs(parts.query)
        assert query["annotations"] == ["duration,distance"]
        rows, columns = (
            [places[int(one)] for one in query[name][0].split(";")] for name in ("sources", "destinations")
        )

        def seconds(a: list[float], b: list[float]) -> float | None:
            if a[1] > 31.48 and b[1] > 31.48 and a != b:
                return None  # an island
            east = 1.0 if a[0] < b[0] else 1.5
            return round((abs(a[0] - b[0]) + abs(a[1] - b[1])) * 3600 * east, 1)

        durations = [[seconds(a, b) for b in columns] for a in rows]
        value = {
            "code": "Ok",
            "durations": durations,
            "distances": [[None if one is None else round(one * 15, 1) for one in row] for row in durations],
            "sources": [{"hint": "x", "distance": 4.2, "name": "路", "location": one} for one in rows],
            "destinations": [
                {"hint": "x", "distance": 4.2, "name": "路", "location": one} for one in columns
            ],
        }
        return json.dumps(value).encode()


@pytest.fixture
def roads() -> Iterator[Roads]:
    service = Roads()
    yield service
    service.server.shutdown()
    service.server.server_close()
    service.thread.join(5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'plan.db'}")
    opened.migrate()
    fill(opened, small_register())
    yield opened
    opened.close()


def keep(store: Store, one: str, other: str, minutes: object, km: object = "") -> None:
    set_way(store, one=one, other=other, minutes=minutes, km=km, who="张", now=NOW)


def ways(store: Store) -> dict[tuple[str, str], tuple[int, int]]:
    with store.reading() as session:
        return dict(travel_rule(session).ways)


def test_a_typed_way_counts_in_the_next_plan_in_both_directions(store: Store) -> None:
    plan_inspections(store, first_day=FIRST, last_day=LAST, now=NOW)
    keep(store, "wuxi", "t2", "170", "133.5")
    assert ways(store) == {("home:t2", "site:wuxi"): (170, 133_500)}
    with store.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM visits")
    plan_inspections(store, first_day=FIRST, last_day=LAST, now=NOW)
    book = latest_plan(store, zone=ZONE)
    assert book is not None
    alone = [one for one in book.visits if one.site_id == "wuxi"]
    assert {round(one.travel.total_seconds() / 60) for one in alone} == {340}
    assert {one.travel_m for one in alone} == {267_000}
    keep(store, "t2", "wuxi", "")
    assert ways(store) == {}


def test_every_fault_of_a_way_is_told(store: Store) -> None:
    with pytest.raises(BadInput, match="not kept") as told:
        keep(store, "nowhere", "moon", "-1", "x")
    assert [one.where for one in told.value.faults] == ["one", "other", "minutes", "km"]
    with pytest.raises(BadInput, match="the same place"):
        keep(store, "wuxi", "wuxi", "5")
    with pytest.raises(BadInput, match="nobody drives"):
        keep(store, "t1", "t2", "5")
    keep(store, "wuxi", "suzhou", "1440")
    with pytest.raises(BadInput, match="no number from 0 to 1440"):
        keep(store, "wuxi", "suzhou", "1441")


def test_a_workbook_goes_out_and_comes_back_and_every_fault_has_its_row(store: Store) -> None:
    keep(store, "wuxi", "suzhou", "55", "48")
    keep(store, "t1", "kunshan", "41")
    before = known_by_hand(store)
    content = ways_workbook(store, "zh_CN", now=NOW)
    for one in before:
        keep(store, one.one, one.other, "")
    assert known_by_hand(store) == ()

    def bring(data: bytes, name: str) -> int:
        return import_ways(store, content=io.BytesIO(data), name=name, who="李", now=NOW, limit_bytes=LIMIT)

    assert bring(content, "车程.xlsx") == 2
    assert [(one.one, one.other, one.minutes, one.metres) for one in known_by_hand(store)] == [
        (one.one, one.other, one.minutes, one.metres) for one in before
    ]
    csv = b"From,To,Minutes\nwuxi,suzhou,60\nwuxi,mars,5\nsuzhou,wuxi,61\n"
    with pytest.raises(BadImport, match="2 fault") as told:
        bring(csv, "ways.csv")
    assert [one.where for one in told.value.faults] == ["ways!3", "ways!4"]
    assert known_by_hand(store)[1].minutes == 55
    with pytest.raises(BadImport, match="lacks the columns"):
        bring(b"A,B\n1,2\n", "x.csv")
    with pytest.raises(BadImport, match="1 fault"):
        bring(b"From,To,Minutes\n", "x.csv")


def test_the_road_service_is_asked_once_and_the_longer_direction_counts(store: Store, roads: Roads) -> None:
    news = ask_roads(store, roads.address, who="李工", now=NOW)
    assert (news.asked, news.failed) == (1, "")
    # Five places have ten ways.
    assert news.learnt == 10
    known = ways(store)
    # 0.493 degrees and 0.155 degrees at 3600 s each, half as long again westwards: 3,499.2 s, which is 59 minutes.
    assert known["home:t2", "site:kunshan"] == (59, 52_488)
    assert travel_state(store).by_road == 10
    path = roads.asked[0]
    assert path.startswith("/table/v1/driving/120.60000,31.30000;")
    assert ask_roads(store, roads.address, who="李工", now=NOW).asked == 0
    assert len(roads.asked) == 1
    keep(store, "kunshan", "t2", "70")
    assert ways(store)["home:t2", "site:kunshan"][0] == 70


def test_what_a_road_service_taught_and_why_it_stopped_stand_on_the_audit_trail(
    store: Store, roads: Roads
) -> None:
    ask_roads(store, roads.address, who="李工", now=NOW)
    ask_roads(store, roads.address, who="李工", now=NOW)  # there is nothing left to ask
    with store.writing() as session:
        session.get_one(TechnicianRow, "t1").latitude_deg = 31.7  # moved house: the ways from there are new
    roads.status, roads.body = 502, b"<html>bad gateway</html>"
    failed = ask_roads(store, roads.address, who="王工", now=NOW).failed
    with store.reading() as session:
        kept = register.history(session, kind="travel_ways", thing_id=ROAD, limit=9)
    assert [(one.action, one.who, one.after) for one in kept] == [
        ("roads", "王工", {"learnt": 0, "failed": failed}),
        ("roads", "李工", {"learnt": 10, "failed": ""}),
    ]


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        pytest.param(
            400,
            b'{"code": "TooBig", "message": "Too many table coordinates"}',
            "TooBig",
            id="too many places",
        ),
        pytest.param(502, b"<html>bad gateway</html>", "no table", id="a page"),
        pytest.param(200, b'{"code": "Ok", "durations": [[1]]}', "another shape", id="another shape"),
        pytest.param(200, b'{"code": "Ok", "durations": [["a", 1, 1, 1, 1]]}', "another shape", id="words"),
        pytest.param(302, b"", "no table", id="a redirect is not followed"),
    ],
)
def test_a_road_service_that_fails_is_told_and_planning_goes_on(
    store: Store, roads: Roads, status: int, body: bytes, why: str
) -> None:
    roads.status, roads.body = status, body or b" "
    news = ask_roads(store, roads.address, who="李工", now=NOW)
    assert (news.learnt, why in news.failed) == (0, True)
    state = travel_state(store)
    assert (state.failed, state.looked) == (news.failed, NOW)
    plan_inspections(store, first_day=FIRST, last_day=LAST, now=NOW)
    assert ways(store) == {}


def test_a_service_that_is_not_there_is_told_and_none_is_asked_without_a_setting(
    store: Store, roads: Roads
) -> None:
    roads.server.server_close()
    news = ask_roads(
        store,
        "http://127.0.0.1:9",
        who="李工",
        now=NOW,
        service=lambda address: RoadService(address, seconds=2),
    )
    assert "cannot be reached" in news.failed
    with pytest.raises(BadInput, match="no road service"):
        ask_roads(store, "", who="李工", now=NOW)


@pytest.mark.parametrize(
    ("datum", "latitude", "longitude"),
    [
        pytest.param(Datum.WGS84, 31.22997, 121.47064, id="WGS-84"),
        pytest.param(Datum.GCJ02, 31.22802, 121.47517, id="GCJ-02"),
        pytest.param(Datum.BD09, 31.23406, 121.48170, id="BD-09"),
    ],
)
def test_a_road_service_gets_wgs84_whatever_the_register_has(
    datum: Datum, latitude: float, longitude: float
) -> None:
    spot = spot_of(Position(latitude_deg=latitude, longitude_deg=longitude, datum=datum))
    east, north = (float(one) for one in spot.split(","))
    assert (east, north) == (pytest.approx(121.47064, abs=2e-4), pytest.approx(31.22997, abs=2e-4))
