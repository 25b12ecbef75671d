"""A report of an import, and a machine's data, as plain values: the one shape that command line and API print."""

from collections.abc import Callable, Mapping

from kb.usecases.machine_data import ImportReport, MachineData
from kb.usecases.machine_data_changes import MachineChange, Outcome

Json = Mapping[str, object]


def report_json(report: ImportReport, translate: Callable[[str], str]) -> Json:
    """Return what an import did with each device."""
    return {
        "document": report.document.name,
        "version": report.document.version,
        "sender": report.document.sender,
        "site": report.site_code,
        "site_name": report.site_name,
        "dry_run": report.dry_run,
        "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
        "machines": [_change_json(one, translate) for one in report.machines],
    }


def machine_json(data: MachineData) -> Json:
    """Return what a machine is made of."""
    return {
        "tag": data.tag,
        "brand": data.brand,
        "model": data.model,
        "serial": data.serial,
        "mtconnect_uuid": data.uuid,
        "controller": data.controller,
        "software": [{"name": name, "version": version} for name, version in data.software],
        "hardware": [dict(part) for part in data.hardware],
    }


def _change_json(one: MachineChange, translate: Callable[[str], str]) -> Json:
    device = one.device
    return {
        "outcome": one.outcome.value,
        "tag": one.tag,
        "device": device.name,
        "uuid": device.uuid,
        "brand": device.manufacturer,
        "model": device.model,
        "serial": device.serial,
        "description": device.description,
        "equipment_class": one.equipment_class,
        "controller": one.controller,
        "matched_by": one.matched_by,
        "software": [{"name": name, "version": version} for name, version in device.software],
        "components": device.component_count,
        "data_items": device.data_item_count,
        "changes": [{"field": f.field, "before": f.before, "after": f.after} for f in one.fields],
        "remarks": [remark.sentence(translate) for remark in one.remarks],
    }
