"""An ics, read back by icalendar, keeps identity, sequence, zone and cancellation (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from kb.errors import BadInput
from kb.export.calendar import uid_of
from kb.export.ics import ics_bytes
from tests.kb.export.samples import ISSUED, SHANGHAI, a_calendar, an_event


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_a_timed_event_carries_the_zone_and_its_definition() -> None:
    content = ics_bytes(a_calendar())
    text = content.decode()
    assert "DTSTART;TZID=Asia/Shanghai:20260302T083000" in text
    assert "DTEND;TZID=Asia/Shanghai:20260302T113000" in text
    (zone,) = icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert {part["TZOFFSETTO"].td for part in zone.subcomponents} == {timedelta(hours=8)}


def test_an_all_day_event_is_written_as_dates() -> None:
    text = ics_bytes(a_calendar(an_event(start=date(2026, 3, 2), end=date(2026, 3, 3)))).decode()
    assert "DTSTART;VALUE=DATE:20260302" in text
    assert "DTEND;VALUE=DATE:20260303" in text
    assert "TRANSP:TRANSPARENT" in text


def test_text_identity_and_state_are_read_back() -> None:
    (event,) = events(ics_bytes(a_calendar()))
    assert str(event["SUMMARY"]) == "巡检：苏州精工, 一号车间; 3 台"
    assert str(event["DESCRIPTION"]) == "第一行\n第二行"
    assert (str(event["UID"]), event["SEQUENCE"], str(event["STATUS"])) == (
        uid_of("SITE-1|P-1:quarterly:0"),
        0,
        "CONFIRMED",
    )
    assert event["DTSTAMP"].dt == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    assert event["GEO"].to_ical() == "31.3;120.6"


def test_a_cancelled_event_stays_in_the_file_with_a_larger_sequence() -> None:
    (event,) = events(ics_bytes(a_calendar(an_event(cancelled=True, sequence=3))))
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 3)


def test_a_forecast_is_tentative() -> None:
    (event,) = events(ics_bytes(a_calendar(an_event(tentative=True))))
    assert str(event["STATUS"]) == "TENTATIVE"


def test_lines_are_folded_at_75_octets_and_end_with_crlf() -> None:
    content = ics_bytes(a_calendar(an_event(description="长" * 200)))
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)


def test_events_are_in_order_and_bytes_do_not_depend_on_the_order_given() -> None:
    early, late = an_event(uid="a"), an_event(uid="b", start=date(2026, 5, 1), end=date(2026, 5, 2))
    assert ics_bytes(a_calendar(early, late)) == ics_bytes(a_calendar(late, early))
    assert [str(event["UID"]) for event in events(ics_bytes(a_calendar(late, early)))] == ["a", "b"]


def test_an_empty_calendar_is_still_a_calendar() -> None:
    assert b"BEGIN:VCALENDAR" in ics_bytes(a_calendar().__class__(name="空", events=()))


def test_identity_is_the_same_for_ever() -> None:
    assert uid_of("SITE-1|P-1:quarterly:0") == "5b19b747-209f-5a0a-9b03-c016889cef75"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"end": date(2026, 3, 3)}, "differ in type", id="two types"),
        pytest.param({"end": datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)}, "end later", id="no length"),
        pytest.param({"start": datetime(2026, 3, 2, 8, 30)}, "has no zone", id="no zone"),  # noqa: DTZ001 - the fault itself
        pytest.param({"sequence": -1}, "count from 0", id="sequence below 0"),
    ],
)
def test_an_event_that_breaks_rules_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        an_event(**changes)


def test_the_time_of_issue_has_no_fractions() -> None:
    (event,) = events(ics_bytes(a_calendar(an_event(stamped=ISSUED.replace(microsecond=123)))))
    assert event["DTSTAMP"].dt.microsecond == 0
