"""Probe documents: good ones, others' documents, hostile ones."""

from pathlib import Path
from typing import Any, cast

import pytest

from kb.errors import BadImport
from kb.imports.limits import Limits, read_limited

PROBE = """<?xml version="1.0" encoding="UTF-8"?>
<m:MTConnectDevices xmlns:m="urn:mtconnect.org:MTConnectDevices:2.0">
  <m:Header version="2.0.0.1" sender="agent" creationTime="2026-01-01T00:00:00Z"/>
  <m:Devices>
    <m:Agent id="agent1" uuid="agent-uuid" name="Agent"/>
    <m:Device id="d1" uuid="U-1" name="VMC-1" mtconnectVersion="2.0">
      <m:Description manufacturer="Maker" model="M-850" serialNumber="S123" station="3">A  mill</m:Description>
      <m:DataItems><m:DataItem id="avail" type="AVAILABILITY" category="EVENT"/></m:DataItems>
      <m:Components>
        <m:Axes id="ax"><m:Components><m:Linear id="x" name="X"><m:Description manufacturer="ScaleMaker" serialNumber="77"/>
          <m:DataItems><m:DataItem id="xp" type="POSITION" category="SAMPLE" units="MILLIMETER" subType="ACTUAL"/></m:DataItems>
        </m:Linear></m:Components></m:Axes>
        <m:Controller id="cn"><m:DataItems>
          <m:DataItem id="fw" name="nc_firmware" type="FIRMWARE" category="EVENT"><m:Constraints><m:Value>4.95</m:Value></m:Constraints></m:DataItem>
        </m:DataItems></m:Controller>
      </m:Components>
    </m:Device>
  </m:Devices>
</m:MTConnectDevices>"""


def write(folder: Path, text: str | bytes, name: str = "probe.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_probe_gives_device_maker_model_serial_parts_and_software(tmp_path: Path) -> None:
    found = cast("dict[str, Any]", read_limited("mtconnect", write(tmp_path, PROBE)))
    agent, device = found["devices"]
    assert agent["kind"] == "agent"
    assert (device["uuid"], device["name"]) == ("U-1", "VMC-1")
    assert (device["manufacturer"], device["model"], device["serial"]) == ("Maker", "M-850", "S123")
    assert device["description"] == "A mill"
    assert device["software"] == [["MTConnect", "2.0"], ["nc_firmware", "4.95"]]
    assert [part["path"] for part in device["components"]] == [
        "/Axes[ax]",
        "/Controller[cn]",
        "/Axes[ax]/Linear[X]",
    ]
    assert device["components"][2]["manufacturer"] == "ScaleMaker"
    assert {(item["id"], item["component"]) for item in device["data_items"]} == {
        ("avail", "d1"),
        ("xp", "x"),
        ("fw", "cn"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("<MTConnectStreams/>", "answer to /current or /sample", id="streams"),
        pytest.param("<MTConnectAssets/>", "answer to /assets", id="assets"),
        pytest.param(
            "<MTConnectError><Errors><Error errorCode='NO_DEVICE'>Could not find x</Error></Errors></MTConnectError>",
            "NO_DEVICE Could not find x",
            id="error",
        ),
        pytest.param("<html><body/></html>", "a web page", id="web page"),
        pytest.param("<MTConnectDevices><Devices/></MTConnectDevices>", "has no Device", id="no device"),
        pytest.param("<MTConnectDevices><Devices>", "not well-formed XML at line 1", id="truncated"),
        pytest.param("", "not well-formed XML", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "not well-formed XML", id="picture"),
        pytest.param('<?xml version="1.0" encoding="no-such"?><a/>', "encoding|well-formed", id="encoding"),
        pytest.param(
            PROBE.encode().replace(b"A  mill", b"\xff\xfe\xfa"), "well-formed|encoding", id="wrong bytes"
        ),
        pytest.param(
            "<MTConnectDevices><Devices><Device id='a' name='A'/><Device id='b' name='B'/></Devices></MTConnectDevices>",
            "(?s)Device 'A': has no uuid.*Device 'B': has no uuid",
            id="no uuid, both told",
        ),
        pytest.param(
            PROBE.replace('id="xp"', 'id="avail"'), "data item id 'avail' more than once", id="id twice"
        ),
        pytest.param(PROBE.replace("agent-uuid", "U-1"), "uuid 'U-1' of another device", id="uuid twice"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><MTConnectDevices>&b;</MTConnectDevices>',
            "document type or entities",
            id="entity bomb",
        ),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><MTConnectDevices>&a;</MTConnectDevices>',
            "document type or entities",
            id="external entity",
        ),
        pytest.param(
            "<MTConnectDevices>" + "<a>" * 5000 + "</a>" * 5000 + "</MTConnectDevices>",
            "deeper than 40",
            id="deep",
        ),
        pytest.param(
            "<MTConnectDevices>" + "<a/>" * 200_001 + "</MTConnectDevices>", "more than 200,000", id="wide"
        ),
    ],
)
def test_what_is_no_probe_is_refused_and_named(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(BadImport, match=message):
        read_limited("mtconnect", write(tmp_path, text))


def test_a_file_of_a_hundred_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(BadImport, match=r"big.xml: has 100,000,000 bytes"):
        read_limited("mtconnect", path)


def test_a_reading_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path, "<MTConnectDevices>" + "<a b='c'/>" * 190_000 + "</MTConnectDevices>")
    with pytest.raises(BadImport, match="more memory or time"):
        read_limited("mtconnect", path, limits=Limits(memory_bytes=60_000_000))


def test_every_probe_of_the_field_is_read(shared: Path) -> None:
    probes = sorted((shared / "bench" / "mtconnect" / "probe").glob("*.xml"))
    assert probes, "no probe documents are there"
    for path in probes:
        found = cast("dict[str, Any]", read_limited("mtconnect", path))
        assert found["devices"], path.name
        assert all(device["uuid"] and device["name"] for device in found["devices"]), path.name
