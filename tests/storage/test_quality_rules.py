"""Limits and what results come to."""

from pepperchain.storage.quality_rules import Item, Limit, Verdict, limits, read, tenths, verdict, written


def test_limits_are_kept_as_text_and_read_again() -> None:
    against = limits("dry")
    assert read(written(against)) == against
    assert len(written({item: Limit(None, 10_000) for item in Item})) < 400
    assert limits("fresh") == limits("nothing") == {}


def test_one_that_fails_fails_all_and_the_limit_itself_is_allowed() -> None:
    against = {Item.MOISTURE: Limit(None, 110), Item.NUMBING: Limit(80, None)}
    assert verdict({Item.MOISTURE: 110, Item.NUMBING: 80}, against) is Verdict.PASSED
    assert verdict({Item.MOISTURE: 111, Item.NUMBING: 80}, against) is Verdict.FAILED
    assert verdict({Item.MOISTURE: 0, Item.NUMBING: 79}, against) is Verdict.FAILED
    assert verdict({Item.ASH: 5}, against) is Verdict.UNJUDGED


def test_tenths_are_written_as_people_do() -> None:
    assert [tenths(value) for value in (0, 5, 110, 131, 1000)] == ["0", "0.5", "11", "13.1", "100"]
