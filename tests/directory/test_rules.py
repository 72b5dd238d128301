"""What the registry refuses, and how numbers are shown."""

from datetime import date

import pytest

from pepperchain.core.errors import Refused
from pepperchain.core.units import Centimu
from pepperchain.directory import rules
from tests.directory.registry import BANK_CARD, ID_NUMBER, TODAY


def test_later_cards_of_a_household_have_numbers_of_their_own() -> None:
    numbers = [
        rules.card_number(id, serial)
        for id in (1, 280_000, 9_999_999, 10_000_000, rules.CARD_HOUSEHOLD_MAX)
        for serial in (0, 1, 12, 99)
    ]
    assert len(set(numbers)) == len(numbers)
    assert all(rules.is_card_number(number) and len(number) <= 12 for number in numbers)
    assert (rules.card_number(280_000), len(rules.card_number(280_000, 1))) == ("02800001", 10)
    assert rules.card_digits(" ０２80-0001\u00a0") == "02800001"


def test_a_card_number_notices_a_wrong_digit_and_two_that_were_swapped() -> None:
    card = rules.card_number(1234)
    assert rules.is_card_number(card)
    assert len(card) == rules.CARD_DIGITS
    assert not rules.is_card_number(card[:-1] + str((int(card[-1]) + 1) % 10))
    assert not rules.is_card_number("00021348")
    assert not rules.is_card_number("²³²³²³²³")


def test_an_id_number_is_kept_as_printed() -> None:
    assert rules.id_number(" １１0100-19620418 0030 ", born_on=None, today=TODAY) == ID_NUMBER


@pytest.mark.parametrize(
    "wrong",
    [
        ID_NUMBER[:-1] + "1",
        ID_NUMBER[:-1],
        ID_NUMBER + "0",
        "11010019620418003X",
        "110100196213180037",
        "110100189904180030",
        "abc",
        "X" * 18,
        "１" * 18,
    ],
)
def test_an_impossible_id_number_is_refused(wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.id_number(wrong, born_on=None, today=TODAY)
    assert refused.value.field == "id_number"


def test_an_id_number_that_says_another_birthday_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        rules.id_number(ID_NUMBER, born_on=date(1962, 4, 19), today=TODAY)
    assert refused.value.field == "born_on"


@pytest.mark.parametrize("wrong", ["123", "1" * 20, "62000000000a0000018", ""])
def test_a_bank_card_that_no_bank_issues_is_refused(wrong: str) -> None:
    with pytest.raises(Refused):
        rules.bank_card(wrong)


def test_a_bank_card_of_doubtful_check_digit_is_told_and_not_refused() -> None:
    assert rules.bank_card("6200 0000 0000 0000 019") == "6200000000000000019"
    assert not rules.bank_card_fits("6200000000000000019")
    assert rules.bank_card_fits(BANK_CARD)


def test_a_wrong_credit_code_is_refused() -> None:
    assert rules.credit_code("93500199pc0000001j") == "93500199PC0000001J"
    with pytest.raises(Refused):
        rules.credit_code("93500199PC0000002J")


def test_numbers_are_masked() -> None:
    assert rules.phone_hint("13812341234") == "138****1234"
    assert rules.id_number_hint(ID_NUMBER) == "110*************30"
    assert rules.bank_card_hint(BANK_CARD) == "**** 0018"


@pytest.mark.parametrize(
    ("area", "trees", "year", "field"),
    [
        (0, None, None, "area"),
        (10**7, None, None, "area"),
        (100, 501, None, "tree_count"),
        (100, 1, 2027, "planted_year"),
    ],
)
def test_an_orchard_that_cannot_be_is_refused(
    area: int, trees: int | None, year: int | None, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_plot(Centimu(area), trees, year, TODAY)
    assert refused.value.field == field


def test_a_person_is_found_by_every_end_of_the_name_and_every_reading() -> None:
    assert rules.terms("覃永芳", "19900012231", "00000018") >= {
        ("n", "覃永芳"), ("s", "永芳"), ("s", "芳"), ("p", "qinyongfang"), ("p", "tanyongfang"), ("g", "yongfang"),
        ("i", "qyf"), ("i", "tyf"), ("t", "13221000991"), ("c", "00000018"),
    }  # fmt: skip


def test_a_dotted_u_is_found_as_u_too() -> None:
    assert {("p", "lvming"), ("p", "luming")} <= rules.terms("吕明")
