"""Which values come from which of two, and what belongs together."""

from pepperchain.directory.merge_rules import HOUSEHOLD_FIELDS, contradict, named, taken


def test_a_value_is_taken_where_it_was_chosen_or_nothing_else_is_known() -> None:
    one = {"village_id": 1, "township_id": 1, "group_number": None, "address": "1号", "note": None}
    other = {"village_id": 2, "township_id": 1, "group_number": 3, "address": None, "note": "靠河"}
    assert taken(HOUSEHOLD_FIELDS, one, other, ()) == {"note"}
    assert taken(HOUSEHOLD_FIELDS, one, other, {"place", "address"}) == {"note", "place"}
    assert taken(HOUSEHOLD_FIELDS, other, one, {"note"}) == {"address"}


def test_columns_that_make_sense_together_have_one_name() -> None:
    assert named("directory_person", "id_number_hash") == "id_number"
    assert named("directory_household", "township_id") == "place"
    assert named("harvest_weighin", "household_id") == "household_id"


def test_what_is_known_of_both_and_differs_speaks_against_them() -> None:
    nothing = {"sex": None, "born_on": None, "id_number_hash": None}
    assert not contradict(nothing, {**nothing, "sex": "male"})
    assert contradict({**nothing, "born_on": "1962-04-18"}, {**nothing, "born_on": "1971-02-11"})
