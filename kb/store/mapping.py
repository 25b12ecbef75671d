"""Row ↔ planner type. Rows hold what was typed; planner types hold what it means."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    SiteRow,
    TechnicianRow,
)
from planner.model import (
    Basis,
    CalendarMove,
    Contract,
    ContractLevel,
    Customer,
    DateSpan,
    Datum,
    Equipment,
    EquipmentClass,
    Interval,
    IntervalUnit,
    Level,
    MaintenancePlan,
    Needs,
    OpeningHours,
    Position,
    ResponseTimes,
    Site,
    Technician,
    TimeSpan,
)
from planner.model.spans import OFFICE_HOURS


def customer_of(row: CustomerRow) -> Customer:
    """Return the customer that a row describes."""
    return Customer(id=row.id, name=row.name)


def site_of(row: SiteRow) -> Site:
    """Return the site that a row describes."""
    return Site(
        id=row.id,
        customer_id=row.customer_id,
        name=row.name,
        address=row.address,
        city=row.city,
        position=_position(row.latitude_deg, row.longitude_deg, row.datum),
        opening=hours_of(row.opening),
        follows_public_calendar=row.follows_public_calendar,
        shutdowns=spans_of(row.shutdowns),
    )


def equipment_of(row: EquipmentRow) -> Equipment:
    """Return the machine that a row describes."""
    return Equipment(
        id=row.id,
        tag=row.tag,
        site_id=row.site_id,
        equipment_class=EquipmentClass(row.equipment_class),
        brand=row.brand,
        model=row.model,
        serial=row.serial,
        controller=row.controller,
        drive=row.drive,
        software=tuple((str(name), str(version)) for name, version in row.software or ()),
        commissioned=row.commissioned,
        parent_id=row.parent_id,
    )


def technician_of(row: TechnicianRow) -> Technician:
    """Return the technician that a row describes."""
    return Technician(
        id=row.id,
        name=row.name,
        home=Position(latitude_deg=row.latitude_deg, longitude_deg=row.longitude_deg, datum=Datum(row.datum)),
        skills=frozenset(row.skills or ()),
        working_time=hours_of(row.working_time),
        leave=spans_of(row.leave),
        overtime_limit=timedelta(minutes=row.overtime_minutes),
    )


def contract_of(row: ContractRow) -> Contract:
    """Return the contract that a row describes."""
    return Contract(
        id=row.id,
        site_id=row.site_id,
        level=ContractLevel(row.level),
        validity=DateSpan(start=row.valid_from, end=row.valid_until),
        visits_per_year=row.visits_per_year,
        response_times=ResponseTimes(
            response=_hours(row.response_hours),
            arrival=_hours(row.arrival_hours),
            temporary_restore=_hours(row.temporary_restore_hours),
            resolution=_hours(row.resolution_hours),
        ),
        min_spacing=_days(row.min_spacing_days),
    )


def maintenance_plan_of(row: MaintenancePlanRow) -> MaintenancePlan:
    """Return the maintenance plan that a row describes."""
    return MaintenancePlan(
        id=row.id,
        equipment_id=row.equipment_id,
        level=Level(row.level),
        interval=Interval(count=row.interval_count, unit=IntervalUnit(row.interval_unit)),
        anchor=row.anchor,
        basis=Basis(row.basis),
        late=_days(row.late_days),
        early=_days(row.early_days),
        late_factor_percent=Decimal(str(row.late_factor_percent)),
        early_factor_percent=Decimal(str(row.early_factor_percent)),
        tolerance_percent=Decimal(str(row.tolerance_percent)),
        move=CalendarMove(row.move),
        duration=timedelta(minutes=row.duration_minutes),
        skills=frozenset(row.skills or ()),
        lead=timedelta(days=row.lead_days),
        checklist_id=row.checklist_id,
        needs=Needs(
            crew=row.crew,
            second_skills=frozenset(row.second_skills or ()),
            days=row.work_days,
            overnight=row.overnight,
            kits=frozenset(row.kits or ()),
            price=row.price_minutes,
        ),
    )


def hours_of(value: Any) -> OpeningHours:
    """Return opening hours from their JSON form: seven lists of `"08:30-12:00"`; None means office hours."""
    if value is None:
        return OFFICE_HOURS
    return OpeningHours(
        weekdays=tuple(tuple(time_span(text) for text in spans) for spans in value["weekdays"]),
        works_on_make_up_days=bool(value.get("make_up_days", True)),
    )


def hours_json(hours: OpeningHours) -> dict[str, object]:
    """Return the JSON form of opening hours."""
    return {
        "weekdays": [[f"{s.start:%H:%M}-{s.end:%H:%M}" for s in spans] for spans in hours.weekdays],
        "make_up_days": hours.works_on_make_up_days,
    }


def time_span(text: str) -> TimeSpan:
    """Return the span of a text such as `08:30-12:00`.

    Raises:
        ValueError: The text has another form.
        InvalidInput: It ends before it starts.
    """
    start, _, end = text.partition("-")
    return TimeSpan(start=time.fromisoformat(start.strip()), end=time.fromisoformat(end.strip()))


def spans_of(value: Sequence[Any] | None) -> tuple[DateSpan, ...]:
    """Return date spans from their JSON form: `[first day, day after the last, note]`."""
    return tuple(
        DateSpan(
            start=date.fromisoformat(one[0]),
            end=date.fromisoformat(one[1]),
            note=one[2] if len(one) > 2 else "",
        )
        for one in value or ()
    )


def spans_json(spans: Sequence[DateSpan]) -> list[list[str]]:
    """Return the JSON form of date spans."""
    return [[span.start.isoformat(), span.end.isoformat(), span.note] for span in spans]


def _position(latitude_deg: float | None, longitude_deg: float | None, datum: str) -> Position | None:
    if latitude_deg is None or longitude_deg is None:
        return None
    return Position(latitude_deg=latitude_deg, longitude_deg=longitude_deg, datum=Datum(datum))


def _hours(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(hours=value)


def _days(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(days=value)
