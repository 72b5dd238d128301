"""Cursors: what goes in comes out, and nothing else gets in."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.web import paging

MOMENT = datetime(2026, 6, 10, 10, 42, 0, 123_000, tzinfo=UTC)


@given(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(categories=["L", "N"]), max_size=50),
    st.uuids(),
    st.dates(),
    st.integers(0, 10**9),
)
def test_order_values_survive_the_way_through_a_link(number, text, uuid, day, ms):
    moment = MOMENT + timedelta(milliseconds=ms)
    cursor = paging.encode([number, text, uuid, day, moment, None])
    assert cursor.isascii()
    assert "=" not in cursor
    if len(cursor) <= paging.CURSOR_LENGTH_MAX:
        assert paging.decode(cursor, int, str, UUID, date, datetime, int) == (
            number,
            text,
            uuid,
            day,
            moment,
            None,
        )


def test_the_first_page_has_no_cursor():
    assert paging.decode(None, int) is None
    assert paging.decode("", int) is None


def forged(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "%00", "a" * 10_000, forged({}), forged([]), forged([1, 2]), forged(["1"]), forged([True]), forged([1.5]),
     forged([2**70]), forged([[1]]), base64.b64encode(b"[" * 400).decode(), base64.b64encode(b"\xff\xfe").decode(), forged("1")],
)  # fmt: skip
def test_a_hostile_cursor_is_refused(cursor):
    with pytest.raises(Refused, match="damaged") as refused:
        paging.decode(cursor, int)
    assert refused.value.field == "cursor"


@pytest.mark.parametrize(
    ("kind", "value"),
    [(UUID, "no"), (date, "2026-13-01"), (str, "a" * 201), (str, "a\x00"), (datetime, 10**18), (str, 5)],
)
def test_a_value_of_another_kind_is_refused(kind, value):
    with pytest.raises(Refused, match="damaged"):
        paging.decode(forged([value]), kind)


@given(st.text(max_size=100))
def test_any_text_is_a_cursor_or_refused(text):
    try:
        paging.decode(text, int, UUID)
    except Refused:
        pass


@dataclass(frozen=True)
class Row:
    id: UUID
    net: int


def test_one_row_more_than_asked_for_means_there_is_a_next_page():
    rows = [Row(new_id(), net) for net in range(4)]
    page = paging.cut(rows, 3, lambda row: (row.net, row.id))
    assert list(page.rows) == rows[:3]
    assert paging.decode(page.next, int, UUID) == (2, rows[2].id)
    assert paging.cut(rows[:3], 3, lambda row: (row.net, row.id)).next is None


def test_a_limit_stays_within_bounds():
    assert [paging.limit_of(asked) for asked in (None, "", "10", "0", "9999")] == [50, 50, 10, 1, 200]
    for asked in ("x", "-1", "1.5", "٣", "9" * 12):
        with pytest.raises(Refused):
            paging.limit_of(asked)
