import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, select

from kb.errors import StoreFailure
from kb.store import Store, engine
from kb.store.order_entries import last_signature, signatures_with
from kb.store.tables import AuditRow, CustomerRow, MeterReadingRow, MeterRow, SiteRow
from tests.conftest import REAL_MIGRATE

THREADS = 8
UPDATES_EACH = 25


def a_customer(id: str = "c1") -> CustomerRow:
    return CustomerRow(id=id, code=id.upper(), name="客户")


def add(store: Store, *rows: SQLModel) -> None:
    with store.writing() as session:
        for row in rows:
            session.add(row)
            session.flush()


def test_a_database_is_migrated_from_nothing_and_migrating_again_changes_nothing(bare_store: Store) -> None:
    before, after = bare_store.migrate()
    assert (before, after) == ("", bare_store.schema_versions()[1])
    assert bare_store.migrate() == (after, after)
    assert bare_store.schema_versions() == (after, after)


def test_two_processes_that_migrate_at_once_both_end_at_the_same_schema(bare_store: Store) -> None:
    stores = [Store(bare_store.address) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: REAL_MIGRATE(one)[1], stores))
    for one in stores:
        one.close()
    assert results == [bare_store.schema_versions()[0]] * 2


def test_migrations_make_exactly_the_tables_that_the_models_describe(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        differences = compare_metadata(context, SQLModel.metadata)
    assert differences == []


def test_no_concurrent_update_is_lost(store: Store) -> None:
    add(store, a_customer())
    start = threading.Barrier(THREADS)

    def work(_: int) -> None:
        start.wait()
        for _ in range(UPDATES_EACH):
            with store.writing() as session:
                row = session.get_one(CustomerRow, "c1")
                row.revision += 1

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    with store.reading() as session:
        assert session.get_one(CustomerRow, "c1").revision == 1 + THREADS * UPDATES_EACH


def test_a_second_writing_transaction_waits_from_its_first_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    other = Store(store.address)
    with store.writing(), pytest.raises(StoreFailure, match="cannot be used"), other.writing() as session:
        session.exec(select(CustomerRow)).all()
    other.close()


def test_readers_see_one_moment_while_a_writer_goes_on(store: Store) -> None:
    add(store, a_customer())
    with store.reading() as session:
        assert len(session.exec(select(CustomerRow)).all()) == 1
        add(store, a_customer("c2"))
        session.expire_all()
        assert len(session.exec(select(CustomerRow)).all()) == 1
    with store.reading() as session:
        assert len(session.exec(select(CustomerRow)).all()) == 2


def test_nothing_stays_of_a_writing_transaction_that_fails(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing() as session:
            session.add(a_customer())
            session.flush()
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        write_and_fail()
    with store.reading() as session:
        assert session.get(CustomerRow, "c1") is None


def test_a_site_of_no_customer_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        add(store, SiteRow(id="s1", code="S1", customer_id="nobody", name="现场"))


def test_two_customers_with_one_code_are_refused(store: Store) -> None:
    add(store, a_customer())
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        add(store, CustomerRow(id="c2", code="C1", name="另一个"))


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(datetime(2026, 7, 1, 8, 30, tzinfo=UTC), id="utc"),
        pytest.param(
            datetime(2026, 7, 1, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8))), id="china"
        ),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(store: Store, instant: datetime) -> None:
    add(store, AuditRow(at=instant, who="w", action="a", kind="k", thing_id="t"))
    with store.reading() as session:
        found = session.exec(select(AuditRow)).one().at
    assert found == instant
    assert found.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        add(
            store,
            AuditRow(
                at=datetime(2026, 7, 1, tzinfo=UTC).replace(tzinfo=None),
                who="w",
                action="a",
                kind="k",
                thing_id="t",
            ),
        )


def test_json_comes_back_as_it_was_in_any_script(store: Store) -> None:
    value = {"weekdays": [["08:30-12:00"], []], "z": None, "名": "调休"}
    add(store, a_customer(), SiteRow(id="s1", code="S1", customer_id="c1", name="现场", opening=value))
    with store.reading() as session:
        assert session.get_one(SiteRow, "s1").opening == value


def test_a_reading_from_before_it_could_be_corrected_has_a_revision_after_the_upgrade(
    bare_store: Store,
) -> None:
    bare_store.migrate(to="0001")
    statement = text(
        "INSERT INTO meter_readings (id, meter_id, read_at, value) VALUES ('r1', 'm1', '2026-01-01 00:00:00', 5)"
    )
    with bare_store.writing() as session:
        connection = session.connection()
        for line in (
            "INSERT INTO customers (id, code, name, contact, phone, revision, retired, notes) VALUES ('c','c','c','','',1,false,'')",
            "INSERT INTO sites (id, code, customer_id, name, city, address, datum, opening, follows_public_calendar, shutdowns,"
            " contact, phone, revision, retired, notes) VALUES ('s','s','c','s','','','WGS-84','null',true,'[]','','',1,false,'')",
            "INSERT INTO equipment (id, tag, site_id, equipment_class, brand, model, serial, controller, drive, software, hardware,"
            " revision, retired, notes) VALUES ('e','e','s','VMC','','','','','','[]','[]',1,false,'')",
            "INSERT INTO meters (id, code, equipment_id, name, unit, revision, retired, notes) VALUES ('m1','m1','e','h','h',1,false,'')",
        ):
            connection.execute(text(line))
        connection.execute(statement)
    bare_store.migrate()
    with bare_store.reading() as session:
        row = session.exec(select(MeterReadingRow)).one()
        assert (row.value, row.revision, row.retired, row.notes) == (5, 1, False, "")
        assert session.exec(select(MeterRow)).one().code == "m1"


def test_a_signature_from_before_digests_were_looked_up_is_found_by_its_own_after_the_upgrade(
    bare_store: Store,
) -> None:
    bare_store.migrate(to="0020")
    entry = (
        "INSERT INTO work_order_entries (id, work_order_id, position, kind, at, who, told_at, state, why, amends, digest, body)"
        " VALUES (:id, 'o', :place, :kind, '2026-01-01 00:00:00', 'w', '2026-01-01 00:00:00', 'applied', '', '', 'd', :body)"
    )
    with bare_store.writing() as session:
        connection = session.connection()
        for line in (
            "INSERT INTO customers (id, code, name, contact, phone, revision, retired, notes) VALUES ('c','c','c','','',1,false,'')",
            "INSERT INTO sites (id, code, customer_id, name, city, address, datum, opening, follows_public_calendar, shutdowns,"
            " contact, phone, revision, retired, notes) VALUES ('s','s','c','s','','','WGS-84','null',true,'[]','','',1,false,'')",
            "INSERT INTO work_orders (id, number, kind, title, site_id, state, paused, priority, cover, machine_state, alarm, subsystem,"
            " item, failure_mode, mechanism, cause, remedy, case_id, opened_at, revision, body) VALUES ('o','GD1','repair','t','s',"
            "'signed',false,'','','','','','','','','','','','2026-01-01 00:00:00',1,'{}')",
        ):
            connection.execute(text(line))
        for place, (id, kind, body) in enumerate(
            (("e1", "text", '{"digest":"no"}'), ("e2", "signature", f'{{"digest":"{"ab" * 32}"}}')), start=1
        ):
            connection.execute(text(entry), {"id": id, "place": place, "kind": kind, "body": body})
    bare_store.migrate()
    with bare_store.reading() as session:
        assert [one.id for one in signatures_with(session, "ab" * 6, order_id=None)] == ["e2"]
        found = last_signature(session, "o")
        assert found is not None
        assert found.signed_digest == "ab" * 32


def test_a_database_without_a_schema_is_a_failure_that_says_so(bare_store: Store) -> None:
    with pytest.raises(StoreFailure, match="customers"), bare_store.reading() as session:
        session.exec(select(CustomerRow)).all()


def test_a_file_that_is_no_database_is_a_failure_that_says_so(tmp_path: Path) -> None:
    file = tmp_path / "broken.db"
    file.write_bytes(b"this was never a database " * 100)
    store = Store(f"sqlite:///{file}")
    with pytest.raises(StoreFailure, match="not a database"):
        store.check()
    store.close()


def test_a_server_that_is_not_there_is_a_failure_that_says_so() -> None:
    store = Store("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(StoreFailure, match="cannot be used"):
        store.check()
    store.close()


def test_a_full_disk_is_a_failure_and_what_was_there_stays(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'small.db'}")
    store.migrate()
    add(store, a_customer())
    with store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    store.close()

    def bounded(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.event.listen(store.engine, "connect", bounded)
    store.engine.dispose()
    with pytest.raises(StoreFailure, match="full"):
        add(store, CustomerRow(id="big", code="BIG", name="大" * 1_000_000))
    with store.reading() as session:
        assert [row.id for row in session.exec(select(CustomerRow))] == ["c1"]
    store.close()


def test_sqlite_keeps_its_promises_on_every_connection(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'test.db'}")
    store.migrate()
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": engine.BUSY_MILLISECONDS,
    }
    with store.reading() as one, store.reading() as two:
        for session in (one, two):
            found = {name: session.connection().execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
            assert found == wanted
    store.close()


def test_a_sound_database_has_no_integrity_fault_and_a_broken_reference_is_one(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    assert store.integrity_faults() == ()
    with sqlite3.connect(file) as outside:
        outside.execute(
            "INSERT INTO sites (id, code, customer_id, name, city, address, datum, opening, follows_public_calendar,"
            " shutdowns, contact, phone, revision, retired, notes)"
            " VALUES ('s','s','gone','s','','','WGS-84','null',1,'[]','','',1,0,'')"
        )
    outside.close()
    assert "customers" in store.integrity_faults()[0]
    store.close()
