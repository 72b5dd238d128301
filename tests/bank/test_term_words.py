"""Terms in words: everything that is promised is said, in either language, and a difference shows both sides."""

from dataclasses import fields, replace
from typing import Literal

import pytest

from pepperchain.bank import term_words, terms
from pepperchain.bank.terms_rules import Bearer, FloorRule, Proration, SaleOrderer, Terms
from pepperchain.web.i18n import Reader, reading_as


def test_every_term_has_a_name_and_a_group() -> None:
    names = {field.name for field in fields(Terms)}
    grouped = [name for _, group in term_words.GROUPS for name in group]
    assert names == set(term_words.LABELS) == set(grouped)
    assert len(grouped) == len(set(grouped))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_choice_is_called_something_of_its_own_kind(language: Literal["zh", "en"]) -> None:
    assert term_words.called(Bearer.OPERATOR) != term_words.called(SaleOrderer.OPERATOR)
    with reading_as(Reader(language=language)):
        said = {each.name: each.text for _, group in term_words.groups(terms.default()) for each in group}
    assert said["floor"] == {"zh": "存入当日价", "en": "the price of the day of deposit"}[language]
    assert said["fee_fen_per_tonne_month"].endswith("100.00")
    assert "floor_fen_per_kg" not in said


def test_what_means_nothing_is_left_out_and_what_means_something_is_said() -> None:
    by_day = replace(
        terms.default(), floor=FloorRule.FIXED, floor_fen_per_kg=4_600, proration=Proration.BY_DAY, loss_borne_by=Bearer.DEPOSITOR,
        maximum_days=300,
    )  # fmt: skip
    with reading_as(Reader(language="en")):
        said = {each.name: each.text for _, group in term_words.groups(by_day) for each in group}
    assert (said["days_per_month"], said["loss_tolerated_ppm"], said["maximum_days"]) == (
        "30",
        "0.2 %",
        "300 days",
    )
    assert said["floor_fen_per_kg"].endswith("46.00")


def test_a_difference_shows_both_sides() -> None:
    with reading_as(Reader(language="en")):
        (change,) = term_words.changes(terms.default(), replace(terms.default(), minimum_days=30))
    assert (change.label, change.before, change.after) == ("Shortest term", "none", "30 days")
