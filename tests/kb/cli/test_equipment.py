"""`servicebook equipment`: probe documents from a file and from an agent on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kb.settings import Settings
from kb.store import Store
from kb.store.tables import CustomerRow, SiteRow
from tests.kb.cli.running import Servicebook
from tests.kb.imports.test_mtconnect import PROBE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Servicebook]:
    monkeypatch.chdir(tmp_path)
    store = Store(Settings(home=tmp_path / "var").database)
    store.migrate()
    with store.writing() as session:
        session.add(CustomerRow(id="c1", code="C1", name="示例客户"))
        session.flush()
        session.add(SiteRow(id="s1", code="S1", customer_id="c1", name="示例工厂"))
    yield Servicebook(monkeypatch, capsys, {"SERVICEBOOK_CONTENT_DIR": str(ROOT / "content")})
    store.close()


@pytest.fixture
def probe(tmp_path: Path) -> str:
    path = tmp_path / "probe.xml"
    path.write_text(PROBE, encoding="utf-8")
    return str(path)


class Agent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away/probe":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hosts")
            self.end_headers()
            return
        self.send_response(200 if self.path == "/probe" else 404)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(PROBE.encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def agent() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_is_tried_imported_and_imported_again(servicebook: Servicebook, probe: str) -> None:
    words = ("equipment", "import-mtconnect", probe, "--site", "S1")
    trial = servicebook(*words, "--dry-run")
    assert (trial.code, "试运行，未保存" in trial.out) == (0, True)
    assert servicebook("equipment", "show", "VMC-1").code == 7
    first = servicebook(*words, "--json").json()
    assert first["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "skipped": 1}
    assert first["machines"][1]["components"] == 3
    again = servicebook(*words)
    assert "S1 示例工厂: added 0, changed 0, unchanged 1, skipped 1 (已保存 · stored)" in again.out
    assert servicebook("equipment", "show", "VMC-1", "--json").json()["software"] == [
        {"name": "MTConnect", "version": "2.0"},
        {"name": "nc_firmware", "version": "4.95"},
    ]
    assert "ScaleMaker 77  xp" in servicebook("equipment", "show", "VMC-1").out


def test_what_changed_is_told_field_by_field(servicebook: Servicebook, probe: str) -> None:
    servicebook("equipment", "import-mtconnect", probe, "--site", "S1")
    Path(probe).write_text(PROBE.replace("M-850", "M-900"), encoding="utf-8")
    told = servicebook("equipment", "import-mtconnect", probe, "--site", "S1")
    assert "~ VMC-1" in told.out
    assert "model: M-850 → M-900" in told.out


def test_an_agent_on_this_machine_is_asked_for_its_probe(servicebook: Servicebook, agent: str) -> None:
    run = servicebook("equipment", "import-mtconnect", agent, "--site", "S1", "--class", "GRI", "--json")
    assert run.code == 0, run.err
    report = run.json()
    assert report["document"] == f"{agent}/probe"
    assert report["machines"][1]["equipment_class"] == "GRI"


def test_a_redirect_into_another_scheme_is_refused(servicebook: Servicebook, agent: str) -> None:
    run = servicebook("equipment", "import-mtconnect", f"{agent}/away", "--site", "S1")
    assert run.code == 4
    assert "only http and https are fetched" in run.err


@pytest.mark.parametrize(
    ("source", "site", "code", "said"),
    [
        pytest.param("file:///etc/hosts", "S1", 4, "only http and https", id="scheme"),
        pytest.param("http://user:secret@host/", "S1", 4, "carries a password", id="password"),
        pytest.param("nowhere.xml", "S1", 4, "cannot be read", id="no file"),
        pytest.param("probe.xml", "S9", 7, "no site has the id 'S9'", id="no site"),
    ],
)
def test_what_cannot_be_imported_ends_with_its_code(
    servicebook: Servicebook, probe: str, source: str, site: str, code: int, said: str
) -> None:
    run = servicebook("equipment", "import-mtconnect", source, "--site", site)
    assert run.code == code
    assert said in run.err


def test_documents_above_the_setting_are_refused(
    servicebook: Servicebook, probe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICEBOOK_UPLOAD_LIMIT_BYTES", "100")
    run = servicebook("equipment", "import-mtconnect", probe, "--site", "S1")
    assert run.code == 4
    assert "send at most 100" in run.err
