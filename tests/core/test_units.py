"""Quantities: text becomes exact whole numbers of the smallest unit, or is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepperchain.core.errors import Refused
from pepperchain.core.units import Centimu, Fen, Grams, value_of, whole


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("52.30", 52_300),
        ("52", 52_000),
        (".5", 500),
        ("5.", 5_000),
        ("0", 0),
        ("1,234.5", 1_234_500),
        ("1 234.567", 1_234_567),
        ("1\u202f234.5", 1_234_500),
        ("５２．３０", 52_300),
        ("52。3", 52_300),
        ("  52.3  ", 52_300),
        ("007", 7_000),
        (12, 12_000),
        (Decimal("1E+2"), 100_000),
    ],
)
def test_kilograms_are_read_as_people_write_them(typed, grams):
    assert Grams.from_kg(typed) == Grams(grams)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        ".",
        "abc",
        "1e3",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "1,23",
        "1 23 4",
        "5 kg",
        "٣",
        "1.2.3",
        "+5",
        "½",
    ],
)
def test_what_is_not_a_plain_number_is_refused(typed):
    with pytest.raises(Refused, match="Write a number"):
        Grams.from_kg(typed)


@pytest.mark.parametrize("typed", ["-1", "−1", "－１"])
def test_less_than_nothing_is_refused(typed):
    with pytest.raises(Refused, match="less than zero"):
        Grams.from_kg(typed)


@pytest.mark.parametrize("typed", ["1" * 15, "9" * 39, "9" * 41, "9" * 4_000])
def test_a_number_too_large_is_refused(typed):
    with pytest.raises(Refused, match="too large"):
        Grams.from_kg(typed)


def test_a_part_of_the_smallest_unit_is_refused_and_never_rounded():
    for parse, typed in (
        (Grams.from_kg, "1.2345"),
        (Grams.from_jin, "0.001"),
        (Fen.from_yuan, "1.005"),
        (Centimu.from_mu, "3.141"),
    ):
        with pytest.raises(Refused, match="at most"):
            parse(typed)
    assert Grams.from_kg("1.2340") == 1_234


@given(st.integers(0, 10**13))
def test_every_weight_survives_being_written_and_read(grams):
    weight = Grams(grams)
    assert Grams.from_kg(weight.kg) == weight
    assert Grams.from_jin(weight.jin) == weight
    assert Grams.from_kg(f"{weight.kg:f}") == weight
    assert Fen.from_yuan(Fen(grams).yuan) == Fen(grams)
    assert Centimu.from_mu(Centimu(grams).mu) == Centimu(grams)


@given(st.text(max_size=30))
def test_any_text_gives_a_weight_or_a_refusal(text):
    try:
        assert Grams.from_kg(text) >= 0
    except Refused:
        pass


def test_sums_keep_their_unit():
    total = sum([Grams(300), Grams(200)], Grams(0))
    assert type(total) is Grams
    assert type(sum([Grams(1)])) is Grams
    assert type(Grams(5) - Grams(7)) is Grams
    assert type(-Grams(5)) is Grams
    assert type(abs(Grams(-5))) is Grams
    assert type(2 * Grams(5)) is Grams
    assert type(10 - Grams(5)) is Grams
    assert repr(Grams(5)) == "Grams(5)"


def test_units_do_not_mix():
    with pytest.raises(TypeError):
        Grams(1) + Fen(1)
    with pytest.raises(TypeError):
        Grams(1) * Grams(1)
    with pytest.raises(TypeError):
        Grams(1) / 2


def test_a_price_times_a_weight_is_rounded_to_the_fen_halves_up():
    assert value_of(Grams(1_000), 1_250) == Fen(1_250)
    assert value_of(Grams(1), 500) == Fen(1)
    assert value_of(Grams(1), 499) == Fen(0)
    assert value_of(Grams(50_200), 1_265) == Fen(63_503)
    assert whole(Decimal("2.5")) == 3
    assert whole(Decimal("-2.5")) == -3
