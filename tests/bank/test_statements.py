"""A receipt's own statement: anybody with the published key can check it, and nobody is named in it."""

from base64 import urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pepperchain.bank import statements
from tests.bank.vault import Vault


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def test_a_statement_is_checked_with_the_published_key_alone(vault: Vault) -> None:
    receipt = await vault.deposit(12)
    text, signature = statements.signed(receipt).split(".")
    key = Ed25519PublicKey.from_public_bytes(_bytes(statements.published_key()))
    key.verify(_bytes(signature), _bytes(text))
    said = _bytes(text).decode().split("|")
    assert said[2:4] == [receipt.number, receipt.code]
    assert "12000" in said
    assert receipt.head not in said
    with pytest.raises(InvalidSignature):
        key.verify(_bytes(signature), _bytes(text).replace(b"12000", b"92000"))
