"""The editor's form: what it holds becomes a segment and comes back as it was; anything may be sent."""

import random

import pytest

from pepperchain.core.errors import Invalid, Refused
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments.forms import draft_from, draft_of
from pepperchain.segments.rules import Criteria, Group, Match, bounds
from pepperchain.web.i18n import Reader, reading_as
from tests.segments.finding import asking, unlike
from tests.test_hostile import VALUES

CRITERIA = REPERTOIRE.criteria
FORM = {
    "groups": "2", "match": "any", "g0_match": "all", "g0_not": "yes", "g1_match": "any", "c0_key": "brought", "c0_group": "0",
    "c0_season": "this", "c0_net": "1000", "c0_net_unit": "jin", "c1_key": "phone", "c1_group": "1", "c1_not": "yes",
    "c2_key": "joined", "c2_group": "1", "c2_day": "2024-3-1", "c2_day_to": "2025年2月28日",
}  # fmt: skip
ASKED = Criteria(
    (
        Group((asking("brought", season="this", net=500_000),), Match.ALL, True),
        Group(
            (unlike("phone"), asking("joined", day="2024-03-01", day_to="2025-02-28")),
            Match.ANY,
        ),
    ),
    Match.ANY,
)


def test_a_form_becomes_a_segment() -> None:
    assert draft_from(FORM, CRITERIA).criteria() == ASKED


@pytest.mark.parametrize("unit", ["kg", "jin"])
def test_a_segment_comes_back_as_it_was_in_either_unit(unit: str) -> None:
    with reading_as(Reader(unit="jin" if unit == "jin" else "kg")):
        assert draft_of(ASKED, CRITERIA).criteria() == ASKED
        small = Criteria(
            (Group((asking("area", area=1250, area_to=1_234_567), asking("village", village=7))),)
        )
        assert draft_of(small, CRITERIA).criteria() == small


def test_buttons_add_and_drop_conditions_and_groups() -> None:
    added = draft_from({**FORM, "do": "add-1", "g1_new": "area"}, CRITERIA)
    assert [each.criterion.key for each in added.groups[1].conditions] == ["phone", "joined", "area"]
    assert not added.is_complete
    with pytest.raises(Invalid):
        added.criteria()
    dropped = draft_from({**FORM, "do": "drop-1"}, CRITERIA)
    assert [each.criterion.key for each in dropped.groups[1].conditions] == ["joined"]
    assert len(draft_from({**FORM, "do": "group"}, CRITERIA).groups) == 3
    without = draft_from({**FORM, "do": "without-0"}, CRITERIA)
    assert [each.criterion.key for group in without.groups for each in group.conditions] == [
        "phone",
        "joined",
    ]
    assert (
        draft_from({"groups": "1", "do": "add-0", "g0_new": "area"}, CRITERIA)
        .groups[0]
        .conditions[0]
        .criterion.key
        == "area"
    )


def test_what_cannot_be_taken_is_said_at_its_field() -> None:
    wrong = draft_from(
        {
            **FORM,
            "c0_net": "many",
            "c2_day": "2026-02-30",
            "c1_key": "area",
            "c1_area": "9",
            "c1_area_to": "3",
        },
        CRITERIA,
    )
    assert {refused.field for refused in wrong.wrong} == {"c0_net", "c2_day", "c1_area_to"}
    with pytest.raises(Invalid):
        wrong.criteria()


def test_what_is_unknown_is_left_out_and_too_much_is_cut() -> None:
    odd = draft_from(
        {"groups": "99", "c0_key": "nonsense", "c1_key": "phone", "c1_group": "88", "c99_key": "phone"},
        CRITERIA,
    )
    assert len(odd.groups) == bounds().groups_max
    assert [each.criterion.key for _, each in odd.numbered()] == ["phone"]
    assert odd.criteria() == Criteria((Group((asking("phone"),)),))


def test_no_form_breaks_the_editor() -> None:
    chance = random.Random(7)
    names = [*FORM, "do", "g0_new", "c3_key", "c3_village", "c4_key", "c4_area"]
    for _ in range(400):
        data = {
            name: chance.choice([*VALUES, *CRITERIA, "add-0", "drop-1", "without-1", "group"])
            for name in chance.sample(names, 9)
        }
        draft = draft_from({**FORM, **data}, CRITERIA)
        try:
            kept = draft.criteria()
        except Refused:
            continue
        assert draft_of(kept, CRITERIA).criteria() == kept
