"""Sealed values open for the row they were written for, and for no other."""

import pytest

from pepperchain.core import vault

NUMBER = "110100196204180030"
ABOUT = "directory_person.id_number:01976f2e"


def test_what_was_sealed_comes_back() -> None:
    assert vault.unseal(vault.seal(NUMBER, about=ABOUT), about=ABOUT) == NUMBER


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert vault.seal(NUMBER, about=ABOUT) != vault.seal(NUMBER, about=ABOUT)


def test_a_sealed_value_holds_nothing_of_the_text() -> None:
    assert NUMBER.encode() not in vault.seal(NUMBER, about=ABOUT)


def test_a_value_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(vault.Broken):
        vault.unseal(vault.seal(NUMBER, about=ABOUT), about=ABOUT.replace("2e", "2f"))


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(vault.Broken):
        vault.unseal(vault.seal(NUMBER, about=ABOUT), about=ABOUT.replace("id_number", "bank_card"))


@pytest.mark.parametrize("place", [0, 1, 20, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(vault.seal(NUMBER, about=ABOUT))
    sealed[place] ^= 1
    with pytest.raises(vault.Broken):
        vault.unseal(bytes(sealed), about=ABOUT)


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x01" * 13, b"hello"])
def test_what_was_never_sealed_does_not_open(junk: bytes) -> None:
    with pytest.raises(vault.Broken):
        vault.unseal(junk, about=ABOUT)


def test_fingerprints_match_within_a_kind_only() -> None:
    assert vault.fingerprint(NUMBER, kind="id_number") == vault.fingerprint(NUMBER, kind="id_number")
    assert vault.fingerprint(NUMBER, kind="id_number") != vault.fingerprint(NUMBER, kind="bank_card")
    assert NUMBER not in vault.fingerprint(NUMBER, kind="id_number")
