"""The four errors: a message id, facts, a field, a status."""

import pytest

from pepperchain.core.errors import Conflict, Invalid, Missing, NotYours, Refused


def test_each_error_has_its_status():
    statuses = [
        error.status
        for error in (Refused("no"), Invalid([Refused("no")]), NotYours(), Missing(), Conflict("late"))
    ]
    assert statuses == [422, 422, 403, 404, 409]


def test_facts_fill_the_places_of_the_message():
    refused = Refused("At most %(limit)s kg.", "gross", limit=5)
    assert str(refused) == "At most 5 kg."
    assert (refused.field, refused.facts) == ("gross", {"limit": 5})
    assert str(Refused("100 % full")) == "100 % full"


def test_a_fact_may_be_called_message():
    assert str(Refused("It said %(message)s.", message="no")) == "It said no."


def test_a_refusal_can_be_moved_to_a_field():
    assert Refused("no", limit=3).at("tare").field == "tare"
    assert [error.field for error in Invalid([Refused("a", "x"), Refused("b")]).at("tare").errors] == [
        "tare",
        "tare",
    ]


def test_an_invalid_without_errors_is_our_own_mistake():
    with pytest.raises(AssertionError):
        Invalid([])
