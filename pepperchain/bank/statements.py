"""What a receipt says for itself where no server is at hand: a short text with the installation's signature, carried by its code.

It says what was true when it was printed. Whether the receipt still stands only the public page knows.
"""

import hashlib
from base64 import urlsafe_b64encode

from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core import vault
from pepperchain.core.clock import from_ms, local_day

VERSION = "pepper1"
KEY_NAME_LENGTH = 8


def key_name() -> str:
    """The name of the key, by which a statement of another installation is told from a forged one."""
    return hashlib.sha256(vault.public_key()).hexdigest()[:KEY_NAME_LENGTH]


def said(receipt: ReceiptRow) -> str:
    """`pepper1|key|number|code|form|grade|season|grams|site|day of issue`: no person in it."""
    parts = (
        VERSION, key_name(), receipt.number, receipt.code, receipt.form, receipt.grade, receipt.season, int(receipt.grams), receipt.site,
        local_day(from_ms(receipt.issued_at)).isoformat(),
    )  # fmt: skip
    return "|".join(str(part).replace("|", " ") for part in parts)


def signed(receipt: ReceiptRow) -> str:
    """The text and its signature, as an address carries them after its `#s=`."""
    text = said(receipt).encode()
    return f"{_plain(text)}.{_plain(vault.sign(text))}"


def published_key() -> str:
    """The public key as the page that checks statements holds it."""
    return _plain(vault.public_key())


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
