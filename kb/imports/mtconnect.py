"""Reads an MTConnect probe document: which devices there are, what they are made of.

Runs in the limited child. Namespaces differ from version to version and vendor to vendor, so elements are
known by their local names (MTConnect Standard Part 2, device information model, 1.0 to 2.x).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from kb.errors import BadImport, Fault

DEPTH_LIMIT = 40
ELEMENT_LIMIT = 200_000
TEXT_LIMIT = 400
DEVICE_KINDS = ("Device", "Agent")
SOFTWARE_TYPES = frozenset({"FIRMWARE", "OPERATING_SYSTEM", "APPLICATION", "LIBRARY", "CONTROLLER_SOFTWARE"})
OTHER_ROOTS = {
    "MTConnectStreams": "an answer to /current or /sample: it has values, not the machine's structure; ask the agent for /probe",
    "MTConnectAssets": "an answer to /assets: it has tools and fixtures, not the machine's structure; ask the agent for /probe",
    "MTConnectError": "an error of the agent",
    "html": "a web page; give the agent's address, such as http://agent:5000",
}


def read(path: Path) -> dict[str, object]:
    """Return the devices of the probe document at `path`.

    Returns:
        `version`, `sender`, `created` of the header, and `devices`: each with kind, uuid, id, name, manufacturer,
        model, serial, station, description, software [[name, version]], components [{id, type, name, path,
        manufacturer, model, serial, description}] and data_items [{id, name, category, type, sub_type, units, component}].

    Raises:
        BadImport: Not XML, hostile XML, not a probe document, or one that contradicts itself; every fault found.
    """
    root = _root(path)
    name = local(root)
    if name != "MTConnectDevices":
        raise _refused(
            path.name, _not_a_probe(name, root), "give a probe document with the root MTConnectDevices"
        )
    header = next((e for e in root if local(e) == "Header"), None)
    faults: list[Fault] = []
    devices = [_device(element, header, faults) for element in _devices(root)]
    if not devices:
        faults.append(
            Fault(
                where="Devices", what="has no Device", repair="ask the agent for /probe without a device name"
            )
        )
    seen: set[str] = set()
    for device in devices:
        uuid = str(device["uuid"])
        if uuid and uuid in seen:
            faults.append(
                Fault(
                    where=f"Device {device['name']!r}",
                    what=f"has the uuid {uuid!r} of another device",
                    repair="give each its own",
                )
            )
        seen.add(uuid)
    if faults:
        raise BadImport(f"{path.name} was not read", faults)
    return {
        "version": _attribute(header, "version") or _namespace_version(root),
        "sender": _attribute(header, "sender"),
        "created": _attribute(header, "creationTime"),
        "devices": devices,
    }


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _root(path: Path) -> Element:
    try:
        root = parse(path, forbid_dtd=True, forbid_entities=True, forbid_external=True).getroot()
    except DefusedXmlException as error:
        raise _refused(
            path.name, f"has a document type or entities ({type(error).__name__})", "remove the DOCTYPE"
        ) from error
    except ParseError as error:
        line, column = error.position
        raise _refused(
            path.name, f"is not well-formed XML at line {line}, column {column}: {error.msg}"
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise _refused(
            path.name, f"has an encoding that cannot be read: {error}", "save it as UTF-8"
        ) from error
    if root is None:
        raise _refused(path.name, "is empty")
    for count, (depth, _) in enumerate(_walk(root, 0), 1):
        if depth > DEPTH_LIMIT:
            raise _refused(path.name, f"nests deeper than {DEPTH_LIMIT} elements")
        if count > ELEMENT_LIMIT:
            raise _refused(path.name, f"has more than {ELEMENT_LIMIT:,} elements")
    return root


def _walk(element: Element, depth: int) -> Iterator[tuple[int, Element]]:
    """Yield every element with its depth, without recursion, so that a deep document cannot break the stack."""
    stack = [(depth, element)]
    while stack:
        level, current = stack.pop()
        yield level, current
        stack.extend((level + 1, child) for child in current)


def _not_a_probe(name: str, root: Element) -> str:
    reason = OTHER_ROOTS.get(name, "no MTConnect document")
    said = ""
    if name == "MTConnectError":
        errors = [e for _, e in _walk(root, 0) if local(e) == "Error"]
        said = ": " + "; ".join(f"{e.get('errorCode', '')} {_text(e)}".strip() for e in errors[:5])
    return f"has the root {name}, {reason}{said}"


def _devices(root: Element) -> list[Element]:
    return [e for group in root if local(group) == "Devices" for e in group if local(e) in DEVICE_KINDS]


def _device(element: Element, header: Element | None, faults: list[Fault]) -> dict[str, object]:
    name = element.get("name") or element.get("id") or ""
    where = f"Device {name!r}"
    uuid = (element.get("uuid") or "").strip()
    if not uuid:
        faults.append(
            Fault(where=where, what="has no uuid", repair="the uuid attribute tells machines apart")
        )
    if not name:
        faults.append(Fault(where=where, what="has neither name nor id", repair="give it a name"))
    components: list[dict[str, str]] = []
    data_items: list[dict[str, str]] = []
    _collect(element, "", element.get("id") or "", components, data_items)
    _report_twice(where, "data item", [item["id"] for item in data_items], faults)
    _report_twice(where, "component", [part["id"] for part in components], faults)
    version = element.get("mtconnectVersion") or _attribute(header, "version")
    return {
        "kind": local(element).lower(),
        "uuid": uuid,
        "id": element.get("id") or "",
        "name": name[:TEXT_LIMIT],
        **_description(element),
        "software": ([["MTConnect", version]] if version else []) + _constant_software(element),
        "components": components,
        "data_items": data_items,
    }


def _collect(
    element: Element,
    path: str,
    owner: str,
    components: list[dict[str, str]],
    data_items: list[dict[str, str]],
) -> None:
    """Walk the component tree in document order and note parts and data items."""
    stack = [(element, path, owner)]
    while stack:
        current, here, holder = stack.pop()
        inner: list[tuple[Element, str, str]] = []
        for child in current:
            if local(child) == "DataItems":
                data_items += [_data_item(item, holder) for item in child if local(item) == "DataItem"]
            elif local(child) == "Components":
                for part in child:
                    name = part.get("name") or part.get("id") or local(part)
                    below = f"{here}/{local(part)}[{name}]"
                    components.append(
                        {
                            "id": part.get("id") or "",
                            "type": local(part),
                            "name": name[:TEXT_LIMIT],
                            "path": below,
                            **_description(part),
                        }
                    )
                    inner.append((part, below, part.get("id") or ""))
        stack.extend(reversed(inner))


def _data_item(item: Element, component: str) -> dict[str, str]:
    return {
        "id": item.get("id") or "",
        "name": item.get("name") or "",
        "category": item.get("category") or "",
        "type": item.get("type") or "",
        "sub_type": item.get("subType") or "",
        "units": item.get("units") or "",
        "component": component,
    }


def _description(element: Element) -> dict[str, str]:
    found = next((child for child in element if local(child) == "Description"), None)
    return {
        "manufacturer": _attribute(found, "manufacturer"),
        "model": _attribute(found, "model"),
        "serial": _attribute(found, "serialNumber"),
        "station": _attribute(found, "station"),
        "description": _text(found) if found is not None else "",
    }


def _constant_software(device: Element) -> list[list[str]]:
    """Return software whose version the document fixes as the only value that a data item may have."""
    found = []
    for _, item in _walk(device, 0):
        kind = (item.get("type") or "").rpartition(":")[2]
        if local(item) != "DataItem" or kind not in SOFTWARE_TYPES:
            continue
        values = [_text(e) for _, e in _walk(item, 0) if local(e) == "Value"]
        if len(values) == 1 and values[0]:
            found.append([item.get("name") or kind, values[0]])
    return sorted(found)


def _report_twice(where: str, what: str, ids: list[str], faults: list[Fault]) -> None:
    twice = sorted({id_ for id_, count in Counter(ids).items() if id_ and count > 1})
    faults.extend(
        Fault(
            where=where,
            what=f"has the {what} id {id_!r} more than once",
            repair="ids are unique in a document",
        )
        for id_ in twice[:20]
    )


def _namespace_version(root: Element) -> str:
    namespace = str(root.tag).partition("}")[0]
    return namespace.rpartition(":")[2] if ":" in namespace else ""


def _attribute(element: Element | None, name: str) -> str:
    return " ".join((element.get(name) or "").split())[:TEXT_LIMIT] if element is not None else ""


def _text(element: Element) -> str:
    return " ".join((element.text or "").split())[:TEXT_LIMIT]


def _refused(name: str, what: str, repair: str = "") -> BadImport:
    return BadImport(f"{name} was not read", [Fault(where=name, what=what, repair=repair)])
