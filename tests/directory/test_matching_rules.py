"""What speaks for two entries being one person, and what against it."""

from dataclasses import replace
from typing import Any

import pytest

from pepperchain.directory.matching_rules import (
    Evidence,
    Known,
    bounds,
    is_new,
    judge,
    kept,
    names_alike,
    plain,
    sounded,
    stored,
    together,
)
from pepperchain.directory.reading_rules import readings

DASHAN = Known(1, 1, "罗大山", "luo da shan", "male", None, None, None, None, 7, 3, None)


def other(name: str = "罗大山", **more: Any) -> Known:
    """Somebody of another household in the same village."""
    return replace(DASHAN, person_id=2, household_id=2, name=name, pinyin=readings(name)[0].spelled, **more)


def points(one: Known, two: Known) -> int:
    return judge(one, two).points


def with_(**facts: Any) -> tuple[Known, Known]:
    """The same facts on both sides."""
    return replace(DASHAN, **facts), other(**facts)


@pytest.mark.parametrize(
    ("one", "two", "evidence"),
    [
        ("罗大山", "罗大山", Evidence.NAME),
        ("張偉", "张伟", Evidence.NAME_VARIANT),
        ("萧国强", "肖國強", Evidence.NAME_VARIANT),
        ("罗大山", "骆大善", Evidence.NAME_ALIKE),
        ("覃芳", "谭芳", Evidence.NAME_ALIKE),
        ("张志明", "张自民", Evidence.NAME_DIALECT),
        ("刘宁", "牛林", Evidence.NAME_DIALECT),
        ("罗大山", "罗小川", Evidence.OTHER_NAME),
    ],
)
def test_names_are_told_alike_by_character_sound_and_speech(one: str, two: str, evidence: Evidence) -> None:
    here = replace(DASHAN, name=one, pinyin=readings(one)[0].spelled)
    assert names_alike(here, other(two)) is evidence
    assert names_alike(other(two), here) is evidence


def test_every_variant_is_folded_once_and_for_all() -> None:
    assert plain("張陳劉") == "张陈刘"
    assert plain(plain("蕭樹軍")) == plain("肖树军")


def test_speech_folds_what_is_said_alike_and_nothing_else() -> None:
    assert sounded("zhang ning sheng") == " zang lin sen"
    assert sounded("luo fang") == " luo fang"


def test_a_name_in_one_village_is_not_enough_and_a_phone_alone_is_weak() -> None:
    assert points(DASHAN, other()) < bounds().suspect
    assert points(*with_(phone="19900000010")) >= bounds().suspect
    one, _ = with_(phone="19900000010")
    assert points(one, other("何素芳", phone="19900000010")) < bounds().support


def test_an_id_number_decides_whatever_the_name() -> None:
    one, _ = with_(id_number_hash="a" * 64)
    assert points(one, other("何素芳", id_number_hash="a" * 64, sex="female")) >= bounds().support
    assert points(one, other(id_number_hash="a" * 64)) >= bounds().suspect
    one = replace(one, phone="19900000010", born_on="1962-04-18")
    assert (
        points(one, other(id_number_hash="b" * 64, phone="19900000010", born_on="1962-04-18"))
        < bounds().support
    )


def test_what_contradicts_is_taken_off() -> None:
    one = replace(DASHAN, group_number=3)
    assert points(one, other(group_number=3)) >= bounds().suspect
    for against in ({"sex": "female"}, {"born_on": "1990-01-01"}):
        assert points(replace(one, born_on="1962-04-18"), other(group_number=3, **against)) < bounds().suspect
    same_year = judge(replace(one, born_on="1962-04-18"), other(group_number=3, born_on="1962-05-22"))
    assert same_year.points >= bounds().suspect  # the moon's calendar
    assert not [each for each in same_year.evidence if each.is_against]


def test_two_weak_pairs_of_people_make_a_strong_one_of_households() -> None:
    wife, same_wife = replace(DASHAN, person_id=11), replace(DASHAN, person_id=12)
    pairs = [((1, 2), judge(DASHAN, other())), ((11, 12), judge(wife, other()))]
    best, whole, people = together(pairs)
    assert (best, people) == ((1, 2), 2)
    assert whole.points >= bounds().suspect
    assert together([*pairs, ((1, 12), judge(DASHAN, same_wife))])[2] == 2  # nobody counts twice


def test_evidence_is_kept_and_only_what_speaks_for_it_is_news() -> None:
    found = (Evidence.NAME, Evidence.VILLAGE, Evidence.OTHER_PHONE)
    assert kept(stored(found)) == found
    assert not is_new(found, (Evidence.NAME, Evidence.VILLAGE))
    assert is_new((*found, Evidence.BORN_ON), found)


def test_judging_is_the_same_from_both_sides() -> None:
    one, two = with_(phone="19900000010", born_on="1962-04-18", group_number=2)
    assert judge(one, two) == judge(two, one)
    assert {each.words for each in judge(one, two).evidence} == {
        "same phone",
        "same name",
        "born on the same day",
        "same village group",
    }
