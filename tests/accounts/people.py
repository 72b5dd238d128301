"""The few users that the tests of this room need, made by its verbs in an empty database."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import passwords, queries, sessions, signing_in, users
from pepperchain.accounts.rules import Belonging
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.directory import terms

NOW = datetime(2026, 6, 10, 10, 42, tzinfo=UTC)
PASSWORD = "three dry cones in a jar"
ADDRESS = "203.0.113.7"


@dataclass(frozen=True, slots=True)
class Places:
    """What users belong to."""

    township_id: int
    cooperative_id: int
    processor_id: int
    household_id: int


@db.unit_of_work
async def places() -> Places:
    """A township, a village, one organization of two kinds and a household."""
    district = await _area(None, "district", "500116", None)
    township = await _area(district, "township", "500116105", None)
    await db.execute("UPDATE directory_area SET township_id = id WHERE id = :id", id=township)
    village = await _area(township, "village", "500116105201", township)
    cooperative = await organization("cooperative", "先锋花椒专业合作社", "先锋合作社")
    return Places(
        township_id=township,
        cooperative_id=cooperative,
        processor_id=await organization("processor", "青麻食品有限公司", "青麻食品"),
        household_id=await db.insert_id(
            "directory_household",
            card_number="0000001",
            village_id=village,
            township_id=township,
            created_at=NOW,
        ),
    )


async def _area(parent_id: int | None, kind: str, code: str, township_id: int | None) -> int:
    return await db.insert_id(
        "directory_area",
        parent_id=parent_id,
        kind=kind,
        code=code,
        name=code,
        name_en=code,
        pinyin="",
        initials="",
        township_id=township_id,
    )


@db.unit_of_work
async def organization(kind: str, name: str, short_name: str) -> int:
    """An organization that can be found by its name."""
    made = await db.insert_id(
        "directory_organization",
        kind=kind,
        name=name,
        short_name=short_name,
        pinyin="",
        initials="",
        created_at=NOW,
    )
    await terms.rewrite_organization(made, name=name, short_name=short_name)
    return made


async def user(
    phone: str,
    role: Role = Role.COMMITTEE,
    *,
    name: str = "陈小满",
    belonging: Belonging | None = None,
    password: str = PASSWORD,
    now: datetime = NOW,
) -> int:
    """A user with a password they chose; the id."""
    return await users.create(
        SYSTEM,
        request_id=new_id(),
        phone=phone,
        name=name,
        role=role,
        belonging=belonging or Belonging(),
        secret=await passwords.chosen(password),
        now=now,
    )


async def sign_in(
    phone: str, password: str = PASSWORD, *, address: str = ADDRESS, now: datetime = NOW
) -> str:
    """The secret of a new session."""
    opened = await signing_in.sign_in(
        phone=phone, password=password, address=address, agent="a test", now=now
    )
    assert not opened.is_half
    return opened.secret


async def actor_of(token: str, *, now: datetime = NOW) -> Actor | None:
    """Whoever a session's secret stands for."""
    session = await sessions.find(token, now=now)
    return session.actor if session else None


async def acting(user_id: int) -> Actor:
    """A user as an actor."""
    return await queries.actor_of_user(user_id)
