"""What was chosen decides which stretches of which index a page is read from."""

from pepperchain.market.clause_queries import Choice
from pepperchain.market.lane_queries import LANES_MAX, lanes
from pepperchain.market.order_queries import ORDERS
from pepperchain.market.rules import Sort

NEWEST = ORDERS[Sort.NEWEST]
SOME = list(range(1, 6))


def read_from(choice: Choice) -> tuple[str, int, str]:
    found = lanes(choice, NEWEST)
    return found.index.removeprefix("storage_offer_"), len(found.values), found.rest.sql


def test_without_a_choice_the_order_itself_is_one_lane() -> None:
    assert read_from(Choice(None, None, None)) == ("picked", 1, "TRUE AND TRUE")


def test_each_product_and_each_township_has_a_lane_and_few_numbers_of_lanes_are_ever_prepared() -> None:
    assert read_from(Choice(SOME, None, None)) == ("picked_product", 8, "TRUE")
    assert read_from(Choice(None, SOME[:2], None)) == ("picked_township", 2, "TRUE")
    assert read_from(Choice([7], None, None)) == ("picked_product", 1, "TRUE")


def test_products_of_townships_are_read_in_pairs_while_these_are_few() -> None:
    assert read_from(Choice(SOME, [3, 4], None)) == ("picked_both", 16, "TRUE")
    many = list(range(1, LANES_MAX))
    assert read_from(Choice(SOME, many, None))[:2] == ("picked_product", 8)
    assert read_from(Choice(many, SOME, None))[:2] == ("picked_township", 8)


def test_what_the_lanes_do_not_say_is_still_asked_of_every_row() -> None:
    many = list(range(1, LANES_MAX))
    assert "township_id IN" in read_from(Choice(SOME, many, None))[2]
    assert "product_id IN" in read_from(Choice(many, SOME, None))[2]
    assert "site_id" in read_from(Choice(SOME, None, 9))[2]


def test_a_lane_that_fills_up_the_number_holds_nothing() -> None:
    assert list(lanes(Choice(SOME, None, None), NEWEST).values) == [
        (1,),
        (2,),
        (3,),
        (4,),
        (5,),
        (0,),
        (0,),
        (0,),
    ]


def test_a_site_is_gathered_and_put_in_order() -> None:
    assert read_from(Choice(SOME, None, 9))[:2] == ("site", 1)


def test_more_products_than_lanes_are_met_on_a_walk_in_the_order() -> None:
    assert read_from(Choice(list(range(1, LANES_MAX + 2)), None, None))[:2] == ("picked", 1)
