"""How values look, in both languages."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.web import filters, i18n
from pepperchain.web.i18n import Reader

ENGLISH = Reader(language="en")
THIN = filters.NARROW_SPACE
EVENING = datetime(2020, 6, 10, 10, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        (filters.kg(52_300), "52.30"),
        (filters.kg(4_120_500), f"4{THIN}120.50"),
        (filters.kg(52_301), "52.301"),
        (filters.kg(0), "0.00"),
        (filters.kg(-1_500), "−1.50"),
        (filters.kg(-5), "−0.005"),
        (filters.kg(None), "–"),
        (filters.jin(52_300), "104.60"),
        (filters.jin(-500), "−1.00"),
        (filters.jin(1), "0.002"),
        (filters.tonnes(3_200_000), "3.2"),
        (filters.tonnes(128_304_999), "128.3"),
        (filters.tonnes(-20_000_000), "−20"),
        (filters.tonnes(0), "0"),
        (filters.yuan(123_456), f"1{THIN}234.56"),
        (filters.price(1_250), "12.50"),
        (filters.price_jin(1_250), "6.25"),
        (filters.price_jin(1_251), "6.255"),
        (filters.mu(320), "3.2"),
        (filters.mu(300), "3"),
        (filters.count(1_201, 1_000), f"1{THIN}000+"),
        (filters.count(1_000, 1_000), f"1{THIN}000"),
        (filters.percent(1, 3), "33%"),
        (filters.percent(1, 1_000), "1%"),
        (filters.percent(999, 1_000), "99%"),
        (filters.percent(0, 5), "0%"),
        (filters.percent(1, 0), "–"),
        (filters.mask_name("张三丰"), "张**"),
        (filters.mask_name(""), "–"),
        (filters.mask_phone("19900002231"), "···2231"),
        (filters.iso(EVENING), "2020-06-10T18:42+08:00"),
        (filters.local_input(EVENING), "2020-06-10T18:42"),
        (filters.iso(date(2020, 6, 10)), "2020-06-10"),
        (filters.clock_time(clock.to_ms(EVENING)), "18:42"),
    ],
)
def test_numbers_and_names(drawn, text):
    assert drawn == text


@given(st.integers(-(10**13), 10**13))
def test_no_gram_is_ever_hidden(grams):
    plain = filters.kg(grams).replace(THIN, "").replace("−", "-")
    assert Grams.from_kg(plain.removeprefix("-")) == abs(grams)


def test_days_are_written_as_people_write_them():
    assert filters.day(EVENING) == "2020年6月10日"
    assert filters.moment(EVENING, year=False) == "6月10日 18:42"
    assert filters.weekday(EVENING) == "周三"
    with i18n.reading_as(ENGLISH):
        assert filters.day(EVENING) == "10 Jun 2020"
        assert filters.moment(EVENING, year=False) == "10 Jun 18:42"
        assert filters.weekday(EVENING) == "Wed"
    assert "年" not in filters.day(clock.now())


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (timedelta(hours=3, minutes=20), "3 小时 20 分", "3 hours 20 min"),
        (timedelta(days=1, hours=1, minutes=5), "1 天 1 小时", "1 day 1 hour"),
        (timedelta(seconds=30), "不到 1 分钟", "under a minute"),
        (-600, "10 分", "10 min"),
    ],
)
def test_spans_have_two_units(span, chinese, english):
    assert filters.duration(span) == chinese
    with i18n.reading_as(ENGLISH):
        assert filters.duration(span) == english


@pytest.mark.parametrize(
    ("passed", "words"),
    [(timedelta(seconds=20), "刚刚"), (timedelta(minutes=3, seconds=50), "3 分前"), (timedelta(hours=5, minutes=50), "5 小时前"),
     (timedelta(days=2, hours=3), "2 天前"), (timedelta(days=30), "2020年5月11日"), (-timedelta(hours=2), "2 小时后")],
)  # fmt: skip
def test_how_long_ago(passed, words):
    assert filters.ago(EVENING - passed, EVENING) == words


def test_weights_follow_the_unit_the_reader_chose():
    assert filters.weight(Grams(50_200)) == "50.20\u00a0公斤"
    with i18n.reading_as(Reader(unit="jin")):
        assert filters.weight(Grams(50_200)) == "100.40\u00a0斤"
    with i18n.reading_as(ENGLISH):
        assert filters.weight(Grams(50_200)) == "50.20\u00a0kg"


class Grade(Enum):
    FULL = "full"

    @property
    def label(self) -> str:
        return "full"


def test_facts_of_an_error_are_spelled_as_on_a_page():
    told = Refused(
        "%(a)s|%(b)s|%(c)s|%(d)s|%(e)s|%(f)s|%(g)s",
        a=Grams(1_000), b=Fen(100), c=Centimu(250), d=date(2020, 6, 10), e=1_234, f=Grade.FULL, g=timedelta(hours=2),
    )  # fmt: skip
    assert filters.say(told) == f"1.00\u00a0公斤|¥{THIN}1.00|2.5\u00a0亩|2020年6月10日|1{THIN}234|已满|2 小时"


def test_every_filter_takes_nothing():
    for name, draw in filters.FILTERS.items():
        if name != "percent":
            assert draw(None) in ("–", ""), name


def test_parts_per_million_are_percent_with_one_decimal_rounded_down() -> None:
    assert [filters.ppm(each) for each in (0, 999, 1_000, 1_000_000, 1_199_999)] == [
        "0.0%",
        "0.0%",
        "0.1%",
        "100.0%",
        "119.9%",
    ]
