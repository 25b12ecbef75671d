# ruff: noqa: F401, F811 - the store's fixtures are shared
import io
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from kb.content import load_vocabularies
from kb.errors import BadImport, NotFound
from kb.store import Store, register
from kb.store.tables import CustomerRow, EquipmentRow, SiteRow
from kb.usecases.machine_data import (
    ImportReport,
    import_machine_data,
    import_upload,
    machine_data,
    site_choices,
)
from kb.usecases.machine_data_changes import Outcome
from kb.usecases.machine_data_document import (
    ProbeDocument,
    concluded_class,
    document_from_address,
    document_from_file,
    is_address,
)
from planner.model import EquipmentClass
from tests.kb.imports.test_mtconnect import PROBE
from tests.postgresql import empty_store, server, store

ROOT = Path(__file__).parents[3]
VOCABULARIES = load_vocabularies(ROOT / "content" / "vocabularies")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_IDS = count(1)


def device(
    *, uuid: str = "U-1", name: str = "VMC-1", maker: str = "Maker", serial: str = "S123", model: str = "M-850",
    inner: str = "", more: str = "",
) -> str:  # fmt: skip
    return (
        f'<Device id="{uuid}-id" uuid="{uuid}" name="{name}"><Description manufacturer="{maker}" model="{model}" '
        f'serialNumber="{serial}">{more}</Description><Components>{inner}</Components></Device>'
    )


def axes(*names: str, prefix: str = "a") -> str:
    inner = "".join(f'<Linear id="{prefix}{name}" name="{name}"/>' for name in names)
    return f'<Axes id="{prefix}xes"><Components>{inner}</Components></Axes>'


def document(folder: Path, *devices: str, text: str = "") -> ProbeDocument:
    path = folder / "probe.xml"
    body = text or (
        '<MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:1.3"><Header version="1.3"/><Devices>'
        + "".join(devices)
        + "</Devices></MTConnectDevices>"
    )
    path.write_text(body, encoding="utf-8")
    return document_from_file(path)


@pytest.fixture
def site(store: Store) -> Store:
    with store.writing() as session:
        session.add(CustomerRow(id="c1", code="C1", name="示例客户"))
        session.flush()
        session.add(SiteRow(id="s1", code="S1", customer_id="c1", name="示例工厂一"))
        session.add(SiteRow(id="s2", code="S2", customer_id="c1", name="示例工厂二"))
    return store


def bring(
    store: Store, read: ProbeDocument, *, site_code: str = "S1", dry_run: bool = False,
    equipment_class: EquipmentClass | None = None,
) -> ImportReport:  # fmt: skip
    return import_machine_data(
        store,
        read,
        site_code=site_code,
        vocabularies=VOCABULARIES,
        who="li",
        now=NOW,
        new_id=lambda: f"e{next(_IDS)}",
        equipment_class=equipment_class,
        dry_run=dry_run,
    )


def rows(store: Store) -> list[dict[str, object]]:
    with store.reading() as session:
        return register.page(session, "equipment", register.Selection(order="tag"), offset=0, limit=None)


def outcomes(report: ImportReport) -> list[str]:
    return [one.outcome.value for one in report.machines]


def known(store: Store, **values: object) -> None:
    with store.writing() as session:
        complete = {"id": f"k{next(_IDS)}", "site_id": "s1", "equipment_class": "VMC", **values}
        session.add(EquipmentRow.model_validate(complete))


def test_a_device_becomes_a_machine_with_hardware_and_software(site: Store, tmp_path: Path) -> None:
    report = bring(site, document(tmp_path, text=PROBE))
    assert outcomes(report) == ["skipped", "added"]
    (row,) = rows(site)
    assert (row["tag"], row["brand"], row["model"], row["serial"]) == ("VMC-1", "Maker", "M-850", "S123")
    assert (row["mtconnect_uuid"], row["site_id"], row["notes"]) == ("U-1", "s1", "A mill; station 3")
    data = machine_data(site, "VMC-1")
    assert data.software == (("MTConnect", "2.0"), ("nc_firmware", "4.95"))
    assert [part["path"] for part in data.hardware] == [
        "",
        "/Axes[ax]",
        "/Controller[cn]",
        "/Axes[ax]/Linear[X]",
    ]
    scale = data.hardware[3]
    assert (scale["manufacturer"], scale["serial"]) == ("ScaleMaker", "77")
    assert scale["data_items"] == [
        {"id": "xp", "category": "SAMPLE", "type": "POSITION", "sub_type": "ACTUAL", "units": "MILLIMETER"}
    ]
    with site.reading() as session:
        (entry,) = register.history(session, kind="equipment", thing_id=str(row["id"]), limit=5)
    assert (entry.who, entry.action, entry.before) == ("li", "import-mtconnect", None)
    assert entry.after is not None
    assert entry.after["software"] == "MTConnect=2.0; nc_firmware=4.95"


def test_the_same_document_again_changes_nothing(site: Store, tmp_path: Path) -> None:
    read = document(tmp_path, text=PROBE)
    bring(site, read)
    before = rows(site)
    assert outcomes(bring(site, read)) == ["skipped", "unchanged"]
    assert rows(site) == before


def test_a_known_uuid_is_updated_with_what_changed(site: Store, tmp_path: Path) -> None:
    bring(site, document(tmp_path, text=PROBE))
    text = PROBE.replace("M-850", "M-900").replace("4.95", "5.01").replace('name="X"', 'name="X2"')
    report = bring(site, document(tmp_path, text=text))
    change = report.machines[1]
    assert (change.outcome, change.matched_by) == (Outcome.CHANGED, "uuid")
    assert [(one.field, one.before, one.after) for one in change.fields] == [
        ("model", "M-850", "M-900"),
        ("software", "nc_firmware=4.95", "nc_firmware=5.01"),
        ("hardware", "3 components, 3 data items", "3 components, 3 data items"),
        ("component", "Device (1 · Maker M-850 S123)", "Device (1 · Maker M-900 S123)"),
        ("component", "/Axes[ax]/Linear[X] (1 · ScaleMaker 77)", ""),
        ("component", "", "/Axes[ax]/Linear[X2] (1 · ScaleMaker 77)"),
    ]
    (row,) = rows(site)
    assert (row["model"], row["revision"]) == ("M-900", 2)


def test_a_machine_entered_by_hand_is_found_by_serial_and_maker_and_keeps_what_people_know(
    site: Store, tmp_path: Path
) -> None:
    known(site, tag="三号机", brand="MAKER", serial="S123", equipment_class="HMC", software=[["PLC", "7"]])
    report = bring(site, document(tmp_path, device(model="")))
    assert [(one.matched_by, one.tag) for one in report.machines] == [("serial", "三号机")]
    (row,) = rows(site)
    assert (row["equipment_class"], row["mtconnect_uuid"], row["brand"]) == ("HMC", "U-1", "Maker")
    assert row["software"] == [["PLC", "7"], ["MTConnect", "1.3"]]


def test_a_new_uuid_of_a_known_machine_replaces_the_old_one(site: Store, tmp_path: Path) -> None:
    bring(site, document(tmp_path, device(uuid="old")))
    report = bring(site, document(tmp_path, device(uuid="new")))
    assert ("mtconnect_uuid", "old", "new") in [
        (one.field, one.before, one.after) for one in report.machines[0].fields
    ]
    assert len(rows(site)) == 1


def test_two_devices_with_one_serial_number_are_two_machines(site: Store, tmp_path: Path) -> None:
    read = document(tmp_path, device(uuid="A", name="one"), device(uuid="B", name="two"))
    assert outcomes(bring(site, read)) == ["added", "added"]
    assert outcomes(bring(site, read)) == ["unchanged", "unchanged"]
    assert [row["tag"] for row in rows(site)] == ["one", "two"]


@pytest.mark.parametrize("serial", ["0", "000", "N/A", "unknown", "-", ""])
def test_a_serial_number_that_tells_nothing_is_no_identity(site: Store, tmp_path: Path, serial: str) -> None:
    known(site, tag="old", brand="Maker", serial=serial)
    assert outcomes(bring(site, document(tmp_path, device(serial=serial)))) == ["added"]


def test_a_uuid_that_agents_are_delivered_with_is_known_by_name_maker_and_site(
    site: Store, tmp_path: Path
) -> None:
    first = document(tmp_path, device(uuid="000", name="LinuxCNC", maker="NIST", serial=""))
    other = document(tmp_path, device(uuid="000", name="Fanuc-4Axis", maker="Fanuc", serial=""))
    assert outcomes(bring(site, first)) == ["added"]
    report = bring(site, other)
    assert outcomes(report) == ["added"]
    assert "the uuid 000 is one that agents are delivered with" in report.machines[0].remarks[0].sentence(str)
    again = bring(site, first)
    assert [(one.outcome.value, one.matched_by) for one in again.machines] == [("unchanged", "name")]
    assert outcomes(bring(site, first, site_code="S2")) == ["added"]


def test_new_tags_are_unique(site: Store, tmp_path: Path) -> None:
    known(site, tag="VMC-1")
    known(site, tag="VMC-1-S123")
    report = bring(
        site,
        document(
            tmp_path, device(), device(uuid="B", serial="", name="a/b \\ c"), device(uuid="C", serial="")
        ),
    )
    assert [one.tag for one in report.machines] == ["S1-VMC-1", "a-b-c", "VMC-1-2"]


def test_a_trial_run_stores_nothing_and_says_the_same(site: Store, tmp_path: Path) -> None:
    read = document(tmp_path, text=PROBE)
    trial = bring(site, read, dry_run=True)
    assert rows(site) == []
    done = bring(site, read)
    assert [(one.tag, one.outcome, one.fields) for one in trial.machines] == [
        (one.tag, one.outcome, one.fields) for one in done.machines
    ]


def test_faults_are_told_together_and_nothing_is_stored(site: Store, tmp_path: Path) -> None:
    known(site, tag="elsewhere", site_id="s2", mtconnect_uuid="B", brand="x", serial="1")
    known(site, tag="twin-1", brand="Maker", serial="T")
    known(site, tag="twin-2", brand="Maker", serial="T")
    read = document(
        tmp_path,
        device(uuid="new", name="fine", serial="77"),
        device(uuid="B", name="moved", serial="9"),
        device(uuid="C", name="twin", serial="T"),
        device(uuid="L" * 201, name="long", serial="8"),
    )
    with pytest.raises(BadImport, match=r"probe\.xml was not imported") as refused:
        bring(site, read)
    told = [str(fault) for fault in refused.value.faults]
    assert len(told) == 3
    assert any("'twin': may be any of 2 machines of the register: twin-1, twin-2" in one for one in told)
    assert any("'long': has a uuid of 201 characters" in one for one in told)
    assert any("'moved': is elsewhere, which stands at the site S2, not S1" in one for one in told)
    assert [row["tag"] for row in rows(site)] == ["elsewhere", "twin-1", "twin-2"]


def test_two_devices_that_are_one_machine_are_refused(site: Store, tmp_path: Path) -> None:
    bring(site, document(tmp_path, device(uuid="000", name="one")))
    read = document(tmp_path, device(uuid="000", name="one", serial=""), device(uuid="C", name="two"))
    with pytest.raises(BadImport, match=r"Device 'two': and 'one' are both one in the register"):
        bring(site, read)


def test_a_site_that_is_not_there_is_named(site: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no site has the id 'S9'"):
        bring(site, document(tmp_path, device()), site_code="S9")


def test_an_unknown_machine_is_named(site: Store) -> None:
    with pytest.raises(NotFound, match="no equipment has the id 'nobody'"):
        machine_data(site, "nobody")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        pytest.param(axes("X", "Y", "Z"), EquipmentClass.VMC, id="three axes"),
        pytest.param(axes("X1", "Z1"), EquipmentClass.LAT, id="two axes"),
        pytest.param(
            axes("X", "Y", "Z") + '<Chuck id="ch"/>', EquipmentClass.TMC, id="three axes and a chuck"
        ),
        pytest.param('<Controller id="c"/>', EquipmentClass.VMC, id="a control only"),
        pytest.param("", EquipmentClass.AUX, id="nothing"),
    ],
)
def test_the_class_is_concluded_from_the_axes_and_said_so(
    site: Store, tmp_path: Path, inner: str, expected: EquipmentClass
) -> None:
    read = document(tmp_path, device(inner=inner))
    assert concluded_class(read.devices[0]) is expected
    report = bring(site, read)
    assert report.machines[0].equipment_class == expected.value
    assert any(
        f"the class {expected.value} is concluded" in one.sentence(str) for one in report.machines[0].remarks
    )


def test_a_class_that_a_person_names_holds_and_needs_no_remark(site: Store, tmp_path: Path) -> None:
    report = bring(site, document(tmp_path, device()), equipment_class=EquipmentClass.GRI)
    assert report.machines[0].equipment_class == "GRI"
    assert not any("concluded" in one.text for one in report.machines[0].remarks)


@pytest.mark.parametrize(
    ("maker", "more", "controller"),
    [
        pytest.param("Okuma", "", "okuma-osp", id="one family of the brand"),
        pytest.param("FANUC", "", "", id="several families"),
        pytest.param("x", "FANUC 31i-B5", "fanuc-30i", id="a series tells"),
        pytest.param("SINO", "", "", id="a readout is no control"),
        pytest.param("Machining Works", "", "", id="part of a word"),
        pytest.param("x", "with LinuxCNC", "linuxcnc", id="in the description"),
    ],
)
def test_the_control_family_is_told_only_where_the_document_names_one(
    site: Store, tmp_path: Path, maker: str, more: str, controller: str
) -> None:
    report = bring(site, document(tmp_path, device(maker=maker, more=more)))
    assert report.machines[0].controller == controller


def test_every_probe_document_of_the_field_goes_in_and_again_changes_nothing(
    site: Store, shared: Path
) -> None:
    bench = shared / "bench" / "mtconnect"
    probes = [*sorted((bench / "probe").glob("*.xml")), bench / "smstestbed" / "Devices.xml"]
    assert len(probes) >= 8
    for path in probes:
        read = document_from_file(path)
        assert Outcome.SKIPPED not in {one.outcome for one in bring(site, read).machines}, path.name
        assert set(outcomes(bring(site, read))) == {"unchanged"}, path.name
    found = {(row["brand"], row["model"], row["serial"]): row for row in rows(site)}
    okuma = found["OKUMA", "MULT_U3000", "123456"]
    assert (okuma["controller"], okuma["mtconnect_uuid"]) == ("okuma-osp", "OKUMA.123456")
    assert found["Mazak", "Integrex", "M7303290458"]["mtconnect_uuid"] == "mtc_adapter002"
    assert len(rows(site)) == 16


HOSTILE = [
    pytest.param(
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><MTConnectDevices>&b;</MTConnectDevices>',
        "document type or entities",
        id="entity bomb",
    ),
    pytest.param(b"<MTConnectStreams/>", "answer to /current or /sample", id="wrong root"),
    pytest.param(b"PK\x03\x04zip", "not well-formed XML", id="zip"),
    pytest.param(b"<MTConnectDevices><Devices>", "not well-formed XML", id="cut off"),
]


@pytest.mark.parametrize(("content", "message"), HOSTILE)
def test_a_hostile_upload_is_refused_by_its_own_name(site: Store, content: bytes, message: str) -> None:
    with pytest.raises(BadImport, match=message) as refused:
        upload(site, content, name="../../etc\\evil.xml")
    assert str(refused.value.args[0]) == "evil.xml was not read"
    assert rows(site) == []


def test_an_upload_at_its_limit_is_read_and_one_byte_more_is_not(site: Store) -> None:
    content = PROBE.encode()
    assert upload(site, content, limit_bytes=len(content)).count(Outcome.ADDED) == 1
    with pytest.raises(BadImport, match=rf"has {len(content):,} bytes"):
        upload(site, content, limit_bytes=len(content) - 1)


def upload(
    store: Store, content: bytes, *, name: str = "p.xml", limit_bytes: int = 1_000_000
) -> ImportReport:
    return import_upload(
        store,
        io.BytesIO(content),
        name=name,
        limit_bytes=limit_bytes,
        site_code="S1",
        vocabularies=VOCABULARIES,
        who="li",
        now=NOW,
        new_id=lambda: f"e{next(_IDS)}",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://agent:5000", True),
        ("HTTPS://agent/probe", True),
        ("file:///etc/hosts", True),
        ("probe.xml", False),
        (r"C:\data\probe.xml", False),
        ("/tmp/probe.xml", False),
    ],
)
def test_an_address_is_told_from_a_file(text: str, expected: bool) -> None:
    assert is_address(text) is expected


@pytest.mark.parametrize("address", ["file:///etc/hosts", "ftp://host/probe", "gopher://host/"])
def test_only_http_is_fetched(address: str) -> None:
    with pytest.raises(BadImport, match="only http and https are fetched"):
        document_from_address(address)


def test_sites_are_offered_by_code(site: Store) -> None:
    assert site_choices(site) == (("S1", "示例工厂一"), ("S2", "示例工厂二"))
