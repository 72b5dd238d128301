"""Sealed values: what a stolen database must not tell, such as ID numbers and bank cards.

A sealed value is AES-256-GCM under a key made from the installation's secret, and bound to the column and row it was written for:
moved to another row or column it does not open. What must be found again has a fingerprint beside it, a keyed hash of its own key.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pepperchain.settings import settings

KEY_VERSION = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Broken(Exception):
    """A sealed value does not open: it was changed or moved, or the secret is not the one it was sealed with."""


def seal(text: str, *, about: str) -> bytes:
    """`text` encrypted; `about` says which value of which row it is and must be the same when it is opened."""
    nonce = os.urandom(_NONCE_BYTES)
    version = bytes([KEY_VERSION])
    return version + nonce + _cipher(KEY_VERSION).encrypt(nonce, text.encode(), version + about.encode())


def unseal(sealed: bytes, *, about: str) -> str:
    """What was sealed. Raises Broken if it is not what `seal` made for the same `about`."""
    if len(sealed) <= 1 + _NONCE_BYTES or sealed[0] != KEY_VERSION:
        raise Broken("not a sealed value of this installation")
    version, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return _cipher(version[0]).decrypt(nonce, body, version + about.encode()).decode()
    except InvalidTag:
        raise Broken("a sealed value was changed, moved, or sealed with another secret") from None


class Key:
    """A key of its own for some values, which can be destroyed without the others."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, text: str) -> bytes:
        """`text` encrypted."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """What was sealed with this key. Raises Broken for anything else."""
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError):
            raise Broken("a sealed value was changed, or sealed with another key") from None


def new_key(*, about: str) -> bytes:
    """A new key, itself sealed with the installation's secret and bound to `about`."""
    return seal(os.urandom(_KEY_BYTES).hex(), about=about)


def opened_key(sealed: bytes, *, about: str) -> Key:
    """The key that `new_key` made. Raises Broken."""
    return Key(bytes.fromhex(unseal(sealed, about=about)))


def fingerprint(text: str, *, kind: str) -> str:
    """The same for the same text and kind, and of no use to anyone without the secret: for matching."""
    return hmac.new(_key(f"fingerprint:{kind}"), text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=8)
def _cipher(version: int) -> AESGCM:
    return AESGCM(_key(f"seal:{version}"))


@lru_cache(maxsize=32)
def _key(purpose: str) -> bytes:
    derive = HKDF(hashes.SHA256(), _KEY_BYTES, salt=b"pepperchain.vault", info=purpose.encode())
    return derive.derive(settings().secret_key.encode())


@lru_cache(maxsize=1)
def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_key("sign:statements:1"))


def sign(said: bytes) -> bytes:
    """The installation's Ed25519 signature over what is said, which anybody can check with `public_key`."""
    return _signer().sign(said)


def public_key() -> bytes:
    """What the installation's signatures are checked with; 32 bytes, no secret."""
    return _signer().public_key().public_bytes_raw()
