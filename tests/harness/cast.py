"""The demo cast by what each of them does; `fixtures/village/` tells who they are."""

from pepperchain.access.actor import Actor
from pepperchain.accounts import queries
from pepperchain.core import db

PASSWORD = "huajiao-2026"

ADMIN = "19900000001"
COMMITTEE = "19900000002"
TECHNICIAN = "19900000003"
LEADER_A = "19900000004"
LEADER_B = "19900000005"
CLERK_A = "19900000006"
BUYER_P = "19900000007"
BUYER_Q = "19900000008"
STOREKEEPER = "19900000009"
GROWER_A = "19900000010"
GROWER_B = "19900000011"
DEPARTMENT = "19900000012"
LENDER = "19900000013"

EVERYONE = (
    ADMIN,
    COMMITTEE,
    TECHNICIAN,
    LEADER_A,
    LEADER_B,
    CLERK_A,
    BUYER_P,
    BUYER_Q,
    STOREKEEPER,
    GROWER_A,
    GROWER_B,
    DEPARTMENT,
    LENDER,
)


async def actor(phone: str) -> Actor:
    """Somebody of the cast, as their session would have them act."""
    return await queries.actor_of_user(
        await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone)
    )
