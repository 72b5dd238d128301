"""Numbers look right, repeat nobody's, and can be issued to no one."""

from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc

from pepperchain.seeds import names, numbers
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.scene import listed, told


def test_phones_are_of_a_prefix_that_no_operator_has_and_never_repeat() -> None:
    phones = {numbers.phone(serial) for serial in range(1, 200_000)}
    assert len(phones) == 199_999
    assert all(len(phone) == 11 and phone.startswith("154") for phone in phones)


def test_id_numbers_pass_their_check_and_name_no_place_where_anybody_is_registered() -> None:
    number = numbers.id_number(date(1955, 3, 4), 7, "m")
    assert ric.is_valid(number)
    assert int(number[-2]) % 2 == 1
    assert ric.get_birth_place(number)["county"] == "市辖区"


def test_bank_cards_and_credit_codes_pass_their_check() -> None:
    for serial in range(500):
        assert luhn.is_valid(numbers.bank_card(serial))
        assert uscc.is_valid(numbers.credit_code(serial))


def test_names_are_of_their_generation_and_surnames_as_frequent_as_they_are() -> None:
    dice = Dice("names")
    surnames = [names.surname(dice) for _ in range(20_000)]
    assert surnames.count("李") > surnames.count("罗") > surnames.count("单") > 0
    assert names.given(dice, "f", 1948) not in {names.given(dice, "f", 2005) for _ in range(300)}


def test_the_same_names_of_dice_throw_the_same() -> None:
    assert [Dice(1, "a").below(1000) for _ in range(5)] == [Dice(1, "a").below(1000) for _ in range(5)]
    assert Dice(1, "a").event_id(1_790_000_000_000) != Dice(2, "a").event_id(1_790_000_000_000)


def test_the_villages_own_numbers_are_nobodys_either() -> None:
    people = [person for household in told("households")["household"] for person in household["people"]]
    assert all(person["phone"].startswith("199000") for person in people if "phone" in person)
    assert all(ric.is_valid(person["id_number"]) for person in people if "id_number" in person)
    assert all(person["id_number"].startswith(numbers.ID_AREA) for person in people if "id_number" in person)
    assert all(luhn.is_valid(person["bank_card"]) for person in people if "bank_card" in person)
    assert all(
        uscc.is_valid(body["credit_code"])
        for body in told("organizations")["organization"]
        if "credit_code" in body
    )


def test_every_line_of_the_season_names_a_household_a_person_and_a_plot_of_the_village() -> None:
    households = {
        household.get("key", household["people"][0]["name"]): household
        for household in told("households")["household"]
    }
    for line in (*listed("season"), *listed("evening")):
        household = households[line["household"]]
        assert line["deliverer"] in {"", *(person["name"] for person in household["people"])}, line
        assert line["plot"] in {"", *(plot["name"] for plot in household["plots"])}, line
