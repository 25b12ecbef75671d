"""Users, passwords, roles, logins: on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from kb.errors import BadInput, Conflict, NotAllowed, NotFound
from kb.store import Store, register
from kb.usecases.accounts import (
    AUDITED,
    FAILURE_WINDOW,
    FAILURES_FROM_AN_ADDRESS,
    FAILURES_OF_A_NAME,
    Role,
    User,
    add_user,
    any_user_exists,
    log_in,
    log_out,
    remove_user,
    set_password,
    set_role,
    user_of_token,
    users,
)
from tests.conftest import REAL_HASHER
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOURS = timedelta(hours=12)
PASSWORD = "correct horse battery"
MOMENT = timedelta(microseconds=1)


def a_user(store: Store, name: str = "wang", role: Role = Role.ENGINEER, password: str = PASSWORD) -> User:
    return add_user(store, name=name, password=password, role=role, id=f"id-{name}"[:22], now=NOW)


_numbers = count()


def login(
    store: Store,
    name: str = "wang",
    password: str = PASSWORD,
    *,
    address: str = "10.0.0.1",
    now: datetime = NOW,
    token: str = "",
) -> str:
    secret = token or f"token-{next(_numbers)}"
    return log_in(
        store, name=name, password=password, address=address, now=now, lasts=HOURS, token=lambda: secret
    )


def refused(store: Store, times: int, name: str = "wang", **where: object) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed, match="name or the password is wrong"):
            login(store, name, "wrong guess", **where)  # type: ignore[arg-type]


def test_the_service_is_guarded_once_a_user_exists(store: Store) -> None:
    assert not any_user_exists(store)
    made = a_user(store, role=Role.PLANNER)
    assert any_user_exists(store)
    assert users(store) == (made,)
    assert (made.name, made.role) == ("wang", Role.PLANNER)


@pytest.mark.parametrize(
    ("name", "password", "faults"),
    [
        pytest.param("", PASSWORD, ["name"], id="no name"),
        pytest.param("   ", PASSWORD, ["name"], id="blank name"),
        pytest.param("n" * 81, PASSWORD, ["name"], id="name one too long"),
        pytest.param("a\nb", PASSWORD, ["name"], id="line break in the name"),
        pytest.param("a\u202eb", PASSWORD, ["name"], id="direction mark in the name"),
        pytest.param("wang", "ninechars", ["password"], id="password one too short"),
        pytest.param("wang", "ab12" * 50 + "x", ["password"], id="password one too long"),
        pytest.param("wangxiaoming", "WangXiaoMing", ["password"], id="password is the name"),
        pytest.param("wang", "abcabcabcabc", ["password"], id="password of three letters"),
        pytest.param("a\x00b", "short", ["name", "password"], id="both at once"),
    ],
)
def test_every_broken_rule_of_a_new_user_is_told(
    store: Store, name: str, password: str, faults: list[str]
) -> None:
    with pytest.raises(BadInput, match="the user was not added") as caught:
        a_user(store, name, password=password)
    assert [fault.where for fault in caught.value.faults] == faults
    assert users(store) == ()


@pytest.mark.parametrize(
    ("name", "password"), [("n" * 80, "abcd" * 50), ("王小明", "十个字的密码才算够长"), ("a", "abcdabcdab")]
)
def test_names_and_passwords_at_the_edge_of_the_rules_are_taken(
    store: Store, name: str, password: str
) -> None:
    a_user(store, name, password=password)
    assert user_of_token(store, login(store, name, password), now=NOW) is not None


@pytest.mark.parametrize("name", ["wang", "Wang", " WANG "])
def test_a_name_is_taken_whatever_its_case(store: Store, name: str) -> None:
    a_user(store)
    with pytest.raises(Conflict, match="a user named 'wang' exists already"):
        add_user(store, name=name, password=PASSWORD, role=Role.ADMIN, id="other", now=NOW)


def test_neither_password_nor_token_is_kept_in_the_database(store: Store) -> None:
    a_user(store)
    secret = login(store, token="the-secret-token")
    with store.reading() as session:
        connection = session.connection()
        for table in ("users", "user_sessions", "login_failures"):
            rows = list(connection.exec_driver_sql(f"SELECT * FROM {table}"))
            assert bool(rows) == (table != "login_failures")
            assert secret not in str(rows)
            assert PASSWORD not in str(rows)


def test_the_right_password_opens_a_session_and_logging_out_ends_it(store: Store) -> None:
    made = a_user(store)
    token = login(store, " wang ")
    assert user_of_token(store, token, now=NOW) == made
    log_out(store, token)
    assert user_of_token(store, token, now=NOW) is None
    log_out(store, "never was")


@pytest.mark.parametrize(
    ("after", "holds"),
    [
        pytest.param(HOURS - MOMENT, True, id="just before its end"),
        pytest.param(HOURS, False, id="at its end"),
    ],
)
def test_a_session_ends_by_itself(store: Store, after: timedelta, holds: bool) -> None:
    a_user(store)
    token = login(store)
    assert (user_of_token(store, token, now=NOW + after) is not None) == holds


@pytest.mark.parametrize(
    ("name", "password"),
    [("wang", "wrong guess"), ("wang", ""), ("nobody", PASSWORD), ("", ""), ("a\x00b", PASSWORD), ("n" * 500, "x"), ("WANG", PASSWORD)],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    store: Store, name: str, password: str
) -> None:
    a_user(store)
    with pytest.raises(NotAllowed, match=r"^the name or the password is wrong$"):
        login(store, name, password)


def test_a_name_waits_after_its_fifth_failure_from_wherever_and_goes_on_when_the_time_is_over(
    store: Store,
) -> None:
    a_user(store)
    a_user(store, "li")
    for number in range(FAILURES_OF_A_NAME):
        refused(store, 1, address=f"10.0.1.{number}")
    with pytest.raises(NotAllowed, match="too many failed logins; wait 15 minutes"):
        login(store, address="10.0.2.1")
    login(store, "li", address="10.0.1.1")
    with pytest.raises(NotAllowed, match="too many"):
        login(store, now=NOW + FAILURE_WINDOW)
    login(store, now=NOW + FAILURE_WINDOW + MOMENT)


def test_a_name_that_nobody_has_waits_like_one_that_somebody_has(store: Store) -> None:
    a_user(store)
    refused(store, FAILURES_OF_A_NAME, "nobody")
    with pytest.raises(NotAllowed, match="too many"):
        login(store, "nobody")


def test_an_address_that_tries_name_after_name_waits(store: Store) -> None:
    a_user(store)
    for number in range(FAILURES_FROM_AN_ADDRESS):
        refused(store, 1, f"guess-{number}")
    with pytest.raises(NotAllowed, match="too many"):
        login(store)
    login(store, address="10.0.0.2")


def test_success_forgets_the_failures_of_the_name(store: Store) -> None:
    a_user(store)
    refused(store, FAILURES_OF_A_NAME - 1)
    login(store)
    refused(store, FAILURES_OF_A_NAME - 1)
    login(store)


def test_many_guesses_at_once_get_no_further_than_one_after_the_other(store: Store) -> None:
    a_user(store)

    def guess(number: int) -> str:
        try:
            login(store, password=f"wrong guess {number}")
        except NotAllowed as error:
            return str(error)
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert answers.count("the name or the password is wrong") == FAILURES_OF_A_NAME
    assert sum("too many" in answer for answer in answers) == 16 - FAILURES_OF_A_NAME


def test_old_failures_do_not_fill_the_database(store: Store) -> None:
    refused(store, 3, "nobody")
    refused(store, 1, "nobody", now=NOW + FAILURE_WINDOW + MOMENT)
    with store.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT count(*) FROM login_failures").scalar_one()
    assert rows == 1


def test_a_new_password_ends_every_session_and_the_old_one_opens_none(store: Store) -> None:
    a_user(store)
    tokens = [login(store), login(store)]
    set_password(store, name=" wang ", password="another long phrase", now=NOW)
    assert [user_of_token(store, token, now=NOW) for token in tokens] == [None, None]
    refused(store, 1)
    with pytest.raises(NotAllowed, match="wrong"):
        login(store)
    login(store, password="another long phrase")
    with pytest.raises(BadInput, match="the password was not changed"):
        set_password(store, name="wang", password="short", now=NOW)
    with pytest.raises(NotFound, match="no user has the id 'nobody'"):
        set_password(store, name="nobody", password="another long phrase", now=NOW)


def test_a_new_role_holds_at_once_in_the_sessions_that_stand(store: Store) -> None:
    a_user(store)
    token = login(store)
    assert set_role(store, name="wang", role=Role.ADMIN, now=NOW).role is Role.ADMIN
    found = user_of_token(store, token, now=NOW)
    assert found is not None
    assert found.role is Role.ADMIN
    with pytest.raises(NotFound, match="no user has the id 'nobody'"):
        set_role(store, name="nobody", role=Role.ADMIN, now=NOW)


def test_a_removed_user_is_out_and_others_stay(store: Store) -> None:
    a_user(store)
    a_user(store, "li")
    wang, li = login(store), login(store, "li")
    remove_user(store, name="wang", now=NOW)
    assert user_of_token(store, wang, now=NOW) is None
    assert user_of_token(store, li, now=NOW) is not None
    assert [user.name for user in users(store)] == ["li"]
    with pytest.raises(NotFound, match="no user has the id 'wang'"):
        remove_user(store, name="wang", now=NOW)


def test_the_only_user_goes_only_when_that_is_said(store: Store) -> None:
    a_user(store)
    with pytest.raises(Conflict, match="'wang' is the only user"):
        remove_user(store, name="wang", now=NOW)
    assert any_user_exists(store)
    remove_user(store, name="wang", even_the_last=True, now=NOW)
    assert not any_user_exists(store)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("other", list(Role))
def test_each_role_contains_itself_and_those_before_it(role: Role, other: Role) -> None:
    order = [Role.ENGINEER, Role.EDITOR, Role.PLANNER, Role.ADMIN]
    assert role.contains(other) == (order.index(role) >= order.index(other))


def test_a_password_costs_a_guesser_what_rfc_9106_recommends() -> None:
    kept = REAL_HASHER.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert REAL_HASHER.verify(kept, PASSWORD)


def test_what_is_done_to_users_stands_in_the_audit_trail_without_their_passwords(store: Store) -> None:
    a_user(store)
    set_role(store, name="wang", role=Role.ADMIN, now=NOW, who="li")
    set_role(store, name="wang", role=Role.ADMIN, now=NOW, who="li")
    set_password(store, name="wang", password="another long phrase", now=NOW, who="li")
    remove_user(store, name="wang", now=NOW, even_the_last=True, who="li")
    with store.reading() as session:
        trail = register.history(session, kind=AUDITED, thing_id="id-wang", limit=10)
    assert [one.action for one in reversed(trail)] == ["create", "update", "password", "delete"]
    assert "phrase" not in str(trail)
