"""`servicebook search --equipment`."""

from pathlib import Path

import pytest

from kb.settings import Settings
from kb.wiring import open_house
from tests.kb.cli.running import Servicebook
from tests.kb.search.pages import a_case, a_library
from tests.kb.usecases.test_register import EXAMPLES, add


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    own = [{"controller": ["fanuc-0i"], "machine": ["VMC"]}]
    library = a_library(
        tmp_path,
        cases__own=a_case(id="CASE-ZZ", title="换刀臂卡住", applies_to=own, alarms=[]),
        cases__other=a_case(
            id="CASE-AA", title="换刀臂卡住", applies_to=[{"controller": ["siemens-828d"]}], alarms=[]
        ),
    )
    house = open_house(Settings(home=tmp_path / "var", content_dir=library.folder))
    house.store.migrate()
    for table in ("customers", "sites", "equipment"):
        add(house.store, table, **EXAMPLES[table])
    house.store.close()
    monkeypatch.chdir(tmp_path)
    return Servicebook(
        monkeypatch,
        capsys,
        {"SERVICEBOOK_CONTENT_DIR": str(library.folder), "SERVICEBOOK_HOME": str(tmp_path / "var")},
    )


def test_hits_are_labelled_and_those_for_the_machine_come_first(servicebook: Servicebook) -> None:
    run = servicebook("search", "换刀臂卡住", "--equipment", "VMC-01#")
    lines = run.out.splitlines()
    assert run.code == 0
    assert lines[0].startswith("设备 · machine VMC-01#: 示例 V850")
    assert "(CASE-ZZ)" in lines[1]
    assert lines[2].startswith("    【本机型已验证】；")
    assert "(CASE-AA)" in run.out
    assert "【其他系列】" in run.out


def test_labels_come_as_data(servicebook: Servicebook) -> None:
    hits = servicebook("search", "换刀臂卡住", "--equipment", "VMC-01#", "--json").json()["hits"]
    assert (hits[0]["id"], hits[0]["fit"]) == ("CASE-ZZ", "proven")


def test_a_machine_alone_lists_its_pages(servicebook: Servicebook) -> None:
    run = servicebook("search", "--equipment", "VMC-01#", "--limit", "1")
    assert "(CASE-ZZ)" in run.out


def test_a_machine_that_is_not_there_is_told(servicebook: Servicebook) -> None:
    run = servicebook("search", "x", "--equipment", "VMC-99")
    assert run.code != 0
    assert "VMC-99" in run.err
