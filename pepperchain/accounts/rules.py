"""Which passwords are taken, what a role needs to be of use, and how secrets are named in the database."""

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from pepperchain.access.policy import Role
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.settings import settings

DISTINCT_MIN = 5
OWN_LETTERS_MIN = 4
BLOCK_LENGTH_MAX = 6
_ONE_TIME_GROUPS = 3
_ONE_TIME_GROUP_LENGTH = 4
RECOVERY_CODES = 10
_RECOVERY_GROUPS = 3
_ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a slip of paper
_RUNS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "!@#$%^&*()_+", "147258369147258369",
)  # fmt: skip
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_IPV6_NETWORK_BITS = 64


def plain_password(typed: str) -> str:
    """What of a typed password counts: the same text however a keyboard composed it."""
    return unicodedata.normalize("NFC", typed.strip())


def require_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuses a password that is too short, too long, or among the first that anyone would try.

    `about` is what is known of its owner (phone, name). There is no demand for signs or capitals: length protects, rules don't.
    """
    limits = settings().section("accounts")
    if len(password) < limits["password_length_min"]:
        raise Refused(
            N_("A password has at least %(least)s characters."),
            "password",
            least=limits["password_length_min"],
        )
    if len(password) > limits["password_length_max"]:
        raise Refused(
            N_("A password has at most %(most)s characters."), "password", most=limits["password_length_max"]
        )
    folded = unicodedata.normalize("NFKC", password).casefold()
    if any(_says_much(word) and word.casefold() in folded for word in about):
        raise Refused(N_("Leave your own phone number and name out of the password."), "password")
    if _is_guessable(folded):
        raise Refused(
            N_(
                "Others would try this password first. Take three or four words that only you would put together."
            ),
            "password",
        )


def _says_much(word: str) -> bool:
    """A Chinese name of two characters does; two letters do not."""
    return len(word) >= (DISTINCT_MIN if word.isascii() else 2)


def _is_guessable(folded: str) -> bool:
    if len(set(folded)) < DISTINCT_MIN or folded in _common():
        return True
    if any(_repeats(folded, length) for length in range(1, BLOCK_LENGTH_MAX + 1)):
        return True
    if any(folded in run * 2 or folded in run[::-1] * 2 for run in _RUNS):
        return True
    rest = folded
    for word in _context_words():
        rest = rest.replace(word, " ")
    return rest != folded and len(_NOT_LETTERS.sub("", rest)) < OWN_LETTERS_MIN


def _repeats(text: str, length: int) -> bool:
    block = text[:length]
    return (block * (len(text) // length + 1))[: len(text)] == text


@cache
def _common() -> frozenset[str]:
    return frozenset(settings().section("passwords")["common"])


@cache
def _context_words() -> tuple[str, ...]:
    """Long ones first, so that `administrator` goes before `admin`."""
    return tuple(sorted(settings().section("passwords")["context_words"], key=len, reverse=True))


def one_time_password(request_id: UUID) -> str:
    """The password that goes with one request to set it: sending the form twice shows the same one."""
    digest = hmac.digest(
        b"one-time password:" + settings().secret_key.encode(), request_id.bytes, hashlib.sha256
    )
    return _lettered(digest, _ONE_TIME_GROUPS)


def _lettered(digest: bytes, groups_wanted: int) -> str:
    """A digest as groups of letters that can be read out and copied from paper."""
    number = int.from_bytes(digest)
    letters = []
    for _ in range(groups_wanted * _ONE_TIME_GROUP_LENGTH):
        number, index = divmod(number, len(_ONE_TIME_ALPHABET))
        letters.append(_ONE_TIME_ALPHABET[index])
    groups = range(0, len(letters), _ONE_TIME_GROUP_LENGTH)
    return "-".join("".join(letters[start : start + _ONE_TIME_GROUP_LENGTH]) for start in groups)


def plain_code(typed: str) -> str:
    """What of a typed code counts. Full-width digits, spaces and dashes come from keyboards and apps: the same code is the same text."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", typed).casefold()
        if character.isalnum() and character.isascii()
    )


def recovery_codes(request_id: UUID) -> list[str]:
    """The recovery codes that go with one request to make them: sending the form twice shows the same ones."""
    key = b"recovery code:" + settings().secret_key.encode()
    return [
        _lettered(hmac.digest(key, request_id.bytes + bytes([number]), hashlib.sha256), _RECOVERY_GROUPS)
        for number in range(RECOVERY_CODES)
    ]


def must_have_second_step(role: Role) -> bool:
    """Whether the installation asks this role for a second step."""
    return role.value in settings().section("accounts")["second_step_roles"]


def kept_request(request_id: UUID) -> UUID:
    """What is kept of a request that secrets are derived from, so that the database and the server's key together tell none."""
    return UUID(bytes=hashlib.sha256(request_id.bytes).digest()[:16])


def hashed_secret(secret: str) -> str:
    """What the database keeps of a session's or a token's secret. The secret is random, so a quick hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def network_of(address: str) -> str:
    """The part of an address that one household or office has: an IPv6 network counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return str(parsed)


_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("HuaweiBrowser", "Huawei"), ("MiuiBrowser", "Mi"),
    ("UCBrowser", "UC"), ("QQBrowser", "QQ"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> str:
    """What a browser calls itself, in two words that its owner knows: `Chrome, Android`; nothing if it is none of those."""
    named = [next((words for mark, words in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, named))


@dataclass(frozen=True, slots=True)
class Belonging:
    """What scope a role is given: an organization, a household, townships."""

    organization_id: int | None = None
    household_id: int | None = None
    township_ids: tuple[int, ...] = ()


ORGANIZATION_KINDS: dict[Role, Collection[str]] = {
    Role.COOP_LEADER: ("cooperative", "family_farm"),
    Role.COOP_CLERK: ("cooperative", "family_farm"),
    Role.STOREKEEPER: ("cold_store_operator", "cooperative", "leading_enterprise", "processor"),
    Role.PROCESSOR: ("processor", "leading_enterprise"),
    Role.DEPARTMENT: ("department",),
    Role.LENDER: ("bank",),
}
"""Roles that act for an organization, and which kinds of it can be theirs."""

GIVEN_ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
"""The roles a person can have."""


INVITES: dict[Role, Collection[Role]] = {
    Role.ADMIN: GIVEN_ROLES,
    Role.COOP_LEADER: (Role.COOP_CLERK, Role.GROWER),
}
"""Who may invite whom: nobody brings in a role with more rights than their own."""


def may_invite(inviter: Role, role: Role) -> bool:
    """Whether the one may bring in the other."""
    return role in INVITES.get(inviter, ())


def require_belonging(role: Role, belonging: Belonging, organization_kind: str | None) -> None:
    """Refuses a role without what its scope is made of; a person without it would see nothing and wonder why."""
    if role not in GIVEN_ROLES:
        raise Refused(N_("Nobody can sign in with this role."), "role")
    kinds = ORGANIZATION_KINDS.get(role)
    if kinds is not None and belonging.organization_id is None:
        raise Refused(N_("This role acts for an organization. Say which one."), "organization")
    if kinds is not None and organization_kind not in kinds:
        raise Refused(N_("An organization of this kind has no such role."), "organization")
    if role is Role.GROWER and belonging.household_id is None:
        raise Refused(N_("A grower belongs to a household. Give the number of its card."), "household_card")
    if role is Role.TECHNICIAN and not belonging.township_ids:
        raise Refused(N_("A technician works in townships. Choose at least one."), "township_ids")


def fitting(role: Role, belonging: Belonging) -> Belonging:
    """What of `belonging` the role has use for; the rest would only mislead."""
    return Belonging(
        organization_id=belonging.organization_id if role in ORGANIZATION_KINDS else None,
        household_id=belonging.household_id if role is Role.GROWER else None,
        township_ids=tuple(sorted(set(belonging.township_ids))) if role is Role.TECHNICIAN else (),
    )
