"""Trade at random in the bank, act by act, each said as plain data: so that another process can send the very same act again.

`python -m tests.bank.trader URL WORLD SEED ACTS` is a process of its own that does it. It tells each act before it is sent, and again when
it was answered.
"""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.bank import deposits, lending, orders, parting, payouts, pledges, sales, withdrawals
from pepperchain.bank.deposits import Share
from pepperchain.bank.sales import NewSale
from pepperchain.core import db, migrating
from pepperchain.core.errors import Told
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.bank.vault import DAY, NOW, TODAY, Vault

KG = 1000
LATER = NOW + 70 * DAY
CLIENTS = 3
"""Acts that a process has under way at once."""


@dataclass(frozen=True)
class World:
    """Where is traded, by ids."""

    cooperative: int
    site: int
    product: int
    lots: list[int]
    households: list[int]
    lender: int

    @property
    def clerk(self) -> Actor:
        return Actor(11, Role.COOP_CLERK, "clerk", organization_id=self.cooperative)

    def leader(self, user_id: int) -> Actor:
        return Actor(user_id, Role.COOP_LEADER, "leader", organization_id=self.cooperative)

    @property
    def bank(self) -> Actor:
        return Actor(16, Role.LENDER, "lender", organization_id=self.lender)


async def world_of(vault: Vault, lots: list[int]) -> World:
    product = await db.scalar("SELECT product_id FROM storage_lot WHERE id = :id", id=lots[0])
    register = vault.store.register
    return World(
        register.cooperative_a, register.site_a, int(product), lots, [vault.zhang, vault.li], vault.bank_id
    )


@dataclass(frozen=True)
class Act:
    """What is done, under which id, with what besides."""

    verb: str
    id: str
    on: Any = None
    grams: int = 0
    more: int = 0

    @property
    def mark(self) -> UUID:
        """The transaction in the ledger that this act posts."""
        said = {"confirm": "lock", "reverse": "back"}
        return uuid5(UUID(self.id), said[self.verb]) if self.verb in said else UUID(self.id)


async def was_done(act: Act) -> bool:
    """Whether it stands in the database."""
    table = {"list": "bank_payment", "pledge": "bank_pledge"}.get(act.verb, "ledger_transaction")
    return await db.scalar(f"SELECT 1 FROM {table} WHERE id = :id", id=act.mark) is not None


def _verb(world: World, act: Act) -> Awaitable[Any]:
    id, grams, clerk, leader = UUID(act.id), Grams(act.grams), world.clerk, world.leader(12)
    verbs: dict[str, Callable[[], Awaitable[Any]]] = {
        "deposit": lambda: deposits.take(clerk, id=id, lot_id=act.on, share=Share(act.more, grams), now=NOW),
        "order": lambda: orders.place(clerk, id=id, receipt_id=act.on, grams=grams, words="本人说的", now=LATER),
        "withdraw": lambda: withdrawals.take_out(clerk, id=id, receipt_id=act.on, grams=grams, reason="自用", now=LATER),
        "split": lambda: parting.split(clerk, id=id, receipt_id=act.on, grams=grams, now=LATER),
        "endorse": lambda: parting.endorse(
            clerk, id=id, receipt_id=act.on, to_household_id=act.more, grams=grams, reason="分家", now=LATER
        ),
        "void": lambda: parting.void(clerk, id=id, receipt_id=act.on, reason="录错", now=NOW),
        "pledge": lambda: pledges.request(
            clerk, id=id, receipt_id=act.on, grams=grams, lender_id=world.lender, loan=Fen(act.grams // 100),
            due_on=TODAY + 200 * DAY, words="本人说的", now=LATER,
        ),
        "confirm": lambda: _confirm(world, id),
        "release": lambda: lending.release(world.bank, id=id, pledge_id=UUID(act.on), grams=grams, now=LATER),
        "sell": lambda: sales.sell(leader, id=id, now=LATER, sale=NewSale(
            site_id=world.site, product_id=world.product, grams=grams, price_fen_per_kg=Fen(act.more), buyer="青麻叙食品",
            sold_on=TODAY + 60 * DAY, costs=Fen(1_001),
        )),
        "reverse": lambda: sales.reverse(leader, id=id, reason="买方退货", now=LATER),
        "list": lambda: payouts.list_due(leader, id=id, site_id=world.site, now=LATER),
        "pay": lambda: payouts.pay(world.leader(99), id=id, now=LATER),
    }  # fmt: skip
    return verbs[act.verb]()


async def _confirm(world: World, id: UUID) -> None:
    await pledges.consent(world.clerk, id=id, words="签字", now=LATER)
    await lending.confirm(world.bank, id=id, loan_number="DK-1", now=LATER)


async def perform(world: World, act: Act) -> str:
    """`done`, or `told` if it was refused in words; anything else is a fault."""
    try:
        await _verb(world, act)
    except Told:
        return "told"
    return "done"


async def choose(world: World, chance: random.Random) -> Act:
    """Something that somebody may want to do next."""
    verb, id = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0], str(new_id())
    if verb == "deposit":
        return _deposit(world, chance, id)
    if verb == "sell":
        ordered = await db.scalar(
            "SELECT COALESCE(SUM(grams - filled_grams - cancelled_grams), 0) FROM bank_order WHERE state = 'open'"
        )
        grams = max(int(ordered) * chance.randint(20, 105) // 100, 1)
        return Act(verb, id, None, grams, chance.choice([4_800, 5_600, 6_001]))
    if verb == "list":
        return Act(verb, id)
    if verb in _TARGETS:
        found = await db.tuples(_TARGETS[verb])
        if not found:
            return _deposit(world, chance, id)
        target = str(chance.choice(found)[0])
        if verb == "release":
            return Act(verb, id, target, chance.randint(1, 3 * KG))
        return Act(verb, target)
    rows = await db.tuples("SELECT id FROM bank_receipt WHERE state = 'open' ORDER BY id DESC LIMIT 40")
    if not rows:
        return _deposit(world, chance, id)
    return Act(
        verb, id, int(chance.choice(rows)[0]), chance.randint(1, 4 * KG), chance.choice(world.households)
    )


def _deposit(world: World, chance: random.Random, id: str) -> Act:
    return Act("deposit", id, chance.choice(world.lots), chance.randint(KG, 9 * KG), chance.choice(world.households))  # fmt: skip


_WEIGHTS = {
    "deposit": 8, "order": 8, "sell": 6, "reverse": 2, "withdraw": 4, "split": 3, "endorse": 2, "void": 1, "pledge": 3, "confirm": 3,
    "release": 2, "list": 1, "pay": 1,
}  # fmt: skip
_TARGETS = {
    "reverse": "SELECT id FROM bank_sale WHERE reversed_at IS NULL ORDER BY sold_at DESC, id DESC LIMIT 5",
    "pay": "SELECT id FROM bank_payment WHERE state = 'listed' ORDER BY id LIMIT 5",
    "confirm": "SELECT id FROM bank_pledge WHERE state IN ('requested', 'consented') ORDER BY id LIMIT 5",
    "release": "SELECT id FROM bank_pledge WHERE state = 'active' ORDER BY id LIMIT 20",
}


async def trade(world: World, seed: int, acts: int, tell: Callable[[str, Act], None]) -> None:
    """So many acts by several clients at once."""
    left = acts

    async def client(number: int) -> None:
        nonlocal left
        chance = random.Random(seed * CLIENTS + number)
        while left > 0:
            left -= 1
            act = await choose(world, chance)
            tell("sent", act)
            tell(await perform(world, act), act)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))


def tell(word: str, act: Act) -> None:
    sys.stdout.write(f"{word} {json.dumps(asdict(act))}\n")
    sys.stdout.flush()


async def main(url: str, world: str, seed: int, acts: int) -> None:
    await db.open(url, migrating.apps())
    await trade(World(**json.loads(world)), seed, acts, tell)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
