"""One cell at a time: what people and Excel write, and the one value it means."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.excel import cells
from pepperchain.excel.cells import converter
from pepperchain.excel.columns import Kind, Words
from pepperchain.excel.days import Calendar
from pepperchain.excel.problems import Unreadable
from tests.excel.workbooks import TICKETS, TODAY, one


def value_of(key: str, raw: Any, unit: str = "") -> Any:
    """The value of one raw cell of a column, or the code of its problem."""
    column = TICKETS.column(key)
    usual = {Kind.WEIGHT: "公斤", Kind.PRICE: "元/公斤", Kind.MONEY: "元", Kind.AREA: "亩"}
    convert = converter(column, unit or usual.get(column.kind, ""), Calendar(TODAY), "zh")
    try:
        return convert(raw)
    except Unreadable as told:
        return told.code


@pytest.mark.parametrize(
    ("raw", "unit", "grams"),
    [
        (104.6, "", 104_600),
        (0.1 + 0.2, "", 300),
        (104.60000000000001, "", 104_600),
        ("104.6", "", 104_600),
        ("１０４．６", "", 104_600),
        ("1,204.5", "", 1_204_500),
        ("104.6斤", "", 52_300),
        ("104.6 斤", "吨", 52_300),
        ("104.6公斤", "斤", 104_600),
        ("52.3 KG", "斤", 52_300),
        (104.6, "斤", 52_300),
        (1.25, "吨", 1_250_000),
        ("850克", "", 850),
        ("850", "g", 850),
        (0, "", 0),
        (0.0005, "", "quantity"),
        (-3.0, "", "quantity"),
        ("-3", "", "quantity"),
        ("很多", "", "quantity"),
        (1e300, "", "quantity"),
        (True, "", "quantity"),
        ("  ", "", None),
    ],
)
def test_a_weight_is_exact_grams_whatever_unit_it_is_written_in(raw: Any, unit: str, grams: Any) -> None:
    assert value_of("gross", raw, unit) == grams


def test_one_and_true_are_not_the_same_in_a_column_of_weights() -> None:
    convert = converter(TICKETS.column("gross"), "公斤", Calendar(TODAY), "zh")
    assert convert(1.0) == 1000
    with pytest.raises(Unreadable):
        convert(True)
    assert convert(1.0) == 1000


@pytest.mark.parametrize(
    ("raw", "unit", "fen"),
    [
        (9.7, "", 970),
        (4.85, "元/斤", 970),
        ("4.85元/斤", "", 970),
        (9700, "元/吨", 970),
        ("¥9.70", "", 970),
        ("9.701", "", "quantity"),
    ],
)
def test_a_price_is_fen_per_kilogram_also_when_it_is_quoted_per_jin(raw: Any, unit: str, fen: Any) -> None:
    assert value_of("price", raw, unit) == fen


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("paid", 12.5, 1250),
        ("paid", "1.2万元", 1_200_000),
        ("area", 3.25, 325),
        ("area", "2公顷", 3000),
        ("area", "1000平方米", 150),
        ("area", "3.255", "quantity"),
        ("bags", 12.0, 12),
        ("bags", "12袋", 12),
        ("bags", "12.5", "part"),
        ("bags", -2.0, -2),
        ("bags", 1e17, "rounded"),
        ("moisture", 10.50, "10.5"),
        ("moisture", "10.5%", "10.5"),
        ("moisture", "-0.5", "-0.5"),
        ("moisture", 100.0, "100"),
    ],
)
def test_money_areas_and_numbers(key: str, raw: Any, value: Any) -> None:
    assert value_of(key, raw) == value


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        (13812345678.0, "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("\u202d13812345678\u202c", "control"),
        ("\u200e13812345678\u00a0", "13812345678"),
        ("(023)47521234", "02347521234"),
        ("1.38E+10", "rounded"),
        ("1381234567", "phone"),
        ("", None),
    ],
)
def test_a_telephone_number_survives_being_a_number(raw: Any, phone: Any) -> None:
    assert value_of("phone", raw) == phone


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("50011619900101123x", "50011619900101123X"),
        ("５００１１６１９９００１０１１２３４", "500116199001011234"),
        ("500116 19900101 1234", "500116199001011234"),
        (500116199001011234.0, "rounded"),
        ("5.00116E+17", "rounded"),
        (500116900101123.0, "500116900101123"),
        ("50011619900101123", "id_number"),
    ],
)
def test_an_id_number_that_excel_has_rounded_is_refused_and_not_guessed(raw: Any, number: str) -> None:
    assert value_of("id_number", raw) == number


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("6228 4800 0000 0000 011", "6228480000000000011"),
        (6228480000000000011.0, "rounded"),
        ("622848", "bank_card"),
    ],
)
def test_so_is_a_bank_card_number(raw: Any, number: str) -> None:
    assert value_of("card", raw) == number


def test_no_problem_repeats_an_id_or_card_number() -> None:
    for key, raw in [("id_number", "50011619900101123"), ("card", "62284800")]:
        convert = converter(TICKETS.column(key), "", Calendar(TODAY), "zh")
        with pytest.raises(Unreadable) as told:
            convert(raw)
        assert raw not in str(told.value.facts)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  张三\u3000", "张三"),
        ("张\u200b三", "张三"),
        ("张\n三", "张 三"),
        ("Ａ１２（一社）", "A12（一社）"),
        (12.0, "12"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (date(2026, 6, 1), "2026-06-01"),
        (1e16, "rounded"),
        ("a\x07b", "control"),
        ("a\u202eb", "control"),
        ("长" * 2001, "too_long"),
        ("\u200b", None),
    ],
)
def test_text_is_cleaned_of_what_nobody_sees_and_keeps_its_punctuation(raw: Any, text: Any) -> None:
    assert value_of("note", raw) == text


@pytest.mark.parametrize(
    ("raw", "value"),
    [("净椒", "clean"), ("净 花椒", "clean"), ("PREMIUM", "oil"), ("oil", "oil"), ("其他", "choice")],
)
def test_a_choice_is_known_by_any_of_its_names(raw: str, value: str) -> None:
    assert value_of("grade", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("是", True),
        ("Y", True),
        ("√", True),
        (1.0, True),
        (True, True),
        ("×", False),
        ("否", False),
        ("?", "yes_no"),
    ],
)
def test_yes_and_no(raw: Any, value: Any) -> None:
    assert value_of("trained", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (date(2026, 6, 1), "2026-06-01"),
        (datetime(2026, 6, 1, 18, 42), "2026-06-01"),  # noqa: DTZ001  (Excel knows no zones)
        (46174.0, "2026-06-01"),
        (20260601.0, "2026-06-01"),
        (6.15, "2026-06-15"),
        (6.1, "vague_day"),
        ("2026-06-01 00:00:00", "2026-06-01"),
        (date(1900, 1, 5), "not_a_day"),
        (0.5, "not_a_day"),
    ],
)
def test_a_day_cell_may_be_a_date_a_serial_number_or_digits(raw: Any, value: str) -> None:
    assert value_of("picked_on", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (datetime(2026, 6, 1, 18, 41, 59, 999_998), "2026-06-01T18:42"),  # noqa: DTZ001
        (46174.779166666667, "2026-06-01T18:42"),
        (date(2026, 6, 1), "no_time"),
        (46174.0, "no_time"),
        ("2026-06-01", "no_time"),
    ],
)
def test_a_moment_needs_its_time(raw: Any, value: str) -> None:
    assert value_of("weighed_at", raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [(time(18, 42), "18:42"), (0.75, "18:00"), (1.5, "not_a_time"), (timedelta(hours=30), "not_a_time")],
)
def test_a_time_of_day(raw: Any, value: str) -> None:
    assert value_of("opened", raw) == value


@given(st.decimals(min_value=0, max_value=9_999_999, places=3))
def test_every_weight_of_whole_grams_survives_the_float_it_is_stored_as(kilograms: Decimal) -> None:
    assert value_of("gross", float(kilograms)) == int(kilograms * 1000)


@given(st.text(max_size=60))
def test_text_is_either_refused_or_settled_after_one_cleaning(text: str) -> None:
    try:
        once = cells.cleaned(text)
    except Unreadable:
        return
    assert cells.cleaned(once) == once


def test_a_cell_is_read_the_same_from_a_real_file(tmp_path: Path) -> None:
    assert one(tmp_path / "a.xlsx", "毛重", "104.6斤", "gross") == 52_300
    assert one(tmp_path / "a.xlsx", "身份证号", 500116199001011234, "id_number") == "rounded"
    assert one(tmp_path / "a.xlsx", "采收日期", date(2026, 6, 1), "picked_on") == "2026-06-01"


def test_words_have_both_languages() -> None:
    assert Words("斤", "jin").in_language("zh-CN") == "斤"
    assert Words("斤", "jin").in_language("en") == "jin"
