"""Several processes trade at random at once, while others read: at every moment all grams and fen are somebody's, once.

`PEPPERCHAIN_TEST_ACTS=20000` and `PEPPERCHAIN_TEST_KILLS=60` are larger figures for a change that is about this; by night 500,000 and 500.
"""

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from pepperchain.bank import doctor
from pepperchain.cli import examining
from pepperchain.core import db
from pepperchain.ledger import books
from pepperchain.storage import doctor as stock
from tests.bank.racing import all_adds_up, deadlocks, roomy
from tests.bank.trader import Act, World, perform, was_done, world_of
from tests.bank.vault import Vault

ACTS = int(os.environ.get("PEPPERCHAIN_TEST_ACTS", "600"))
KILLS = int(os.environ.get("PEPPERCHAIN_TEST_KILLS", "8"))
PROCESSES = 4
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
Line = tuple[str, Act]


async def opened(vault: Vault) -> World:
    """Three lots, all of one product, so that pooled sales meet over the same receipts from different sides."""
    return await world_of(vault, [(await roomy(vault, tonnes=tonnes)).lot_id for tonnes in (8, 9, 10)])


async def started(url: str, world: World, seed: int, acts: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bank.trader", url, json.dumps(asdict(world)), str(seed), str(acts), cwd=ROOT, stdout=PIPE,
        stderr=PIPE, limit=2**26,
    )  # fmt: skip


def read(said: bytes) -> list[Line]:
    """What a trader told, without a line that it was killed in."""
    lines = [line.decode().split(" ", 1) for line in said.split(b"\n")[:-1]]
    return [(word, Act(**json.loads(act))) for word, act in lines]


async def look(running: asyncio.Event) -> int:
    """Adds all of it up as often as it can while others write; each check is one statement, so one moment."""
    looks = 0
    while not running.is_set():
        assert await doctor.findings() == []
        assert await stock.findings() == []
        assert await books.findings() == []
        looks += 1
        await asyncio.sleep(0.5)
    return looks


async def test_every_read_in_a_storm_of_trade_adds_up(vault: Vault, database: str) -> None:
    world, ended, before = await opened(vault), asyncio.Event(), await deadlocks(database)
    looking = asyncio.create_task(look(ended))
    traders = [await started(database, world, seed, ACTS // PROCESSES) for seed in range(PROCESSES)]
    told = [await trader.communicate() for trader in traders]
    ended.set()
    assert await looking > 1
    wrong = [errors.decode()[-1500:] for _, errors in told if errors]
    assert not wrong, "".join(wrong)
    assert [trader.returncode for trader in traders] == [0] * PROCESSES
    ends = Counter((act.verb, word) for said, _ in told for word, act in read(said) if word != "sent")
    assert sum(ends.values()) >= ACTS // PROCESSES * PROCESSES
    missing = [
        verb
        for verb in ("deposit", "order", "sell", "reverse", "withdraw", "split", "pledge", "pay")
        if not ends[verb, "done"]
    ]
    assert not missing, ends
    assert await deadlocks(database) == before
    await settled()


async def settled() -> None:
    """All of it adds up, by every check of the doctor."""
    await all_adds_up()
    assert [verdict for verdict in await examining.examine() if verdict.findings] == []
    for table, verb in (
        ("bank_sale", "bank_sale.made"), ("bank_payment", "bank_payment.listed"), ("bank_pledge", "bank_pledge.requested"),
        ("bank_order WHERE pledge_id IS NULL", "bank_order.placed"),
    ):  # fmt: skip
        made = await db.scalar(f"SELECT COUNT(*) FROM {table}")
        assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = :verb", verb=verb) == made


async def test_no_answered_act_is_lost_over_many_kills_and_each_counts_once(
    vault: Vault, database: str
) -> None:
    world, chance = await opened(vault), random.Random(8)
    lines: list[Line] = []
    for turn in range((KILLS + PROCESSES - 1) // PROCESSES):
        traders = [
            await started(database, world, turn * PROCESSES + each, 10**9) for each in range(PROCESSES)
        ]
        lines += [
            line
            for lot in await asyncio.gather(*(killed(each, chance.uniform(0.1, 1.5)) for each in traders))
            for line in lot
        ]
    answered = {act.id + act.verb for word, act in lines if word != "sent"}
    done = [act for word, act in lines if word == "done"]
    unheard = [act for word, act in lines if word == "sent" and act.id + act.verb not in answered]
    assert len(done) > KILLS
    assert unheard
    assert [act for act in done if not await was_done(act)] == []
    refused = [
        act for word, act in lines if word == "told" and act.verb in ("deposit", "order", "sell", "list")
    ]
    assert [act for act in refused if await was_done(act)] == []
    await settled()
    for act in unheard:
        there = await was_done(act)
        ended = await perform(world, act)
        assert ended == "done" or not there, act
        assert await was_done(act) == (ended == "done"), act
        assert await perform(world, act) == ended, act
    await settled()


async def killed(trader: Process, seconds: float) -> list[Line]:
    """What a trader told until it was killed, so many seconds after its first word."""
    assert trader.stdout is not None
    first = await trader.stdout.readline()
    reading = asyncio.create_task(trader.stdout.read())
    await asyncio.sleep(seconds)
    trader.kill()
    said = first + await reading
    assert trader.stderr is not None
    assert b"Traceback" not in await trader.stderr.read()
    await trader.wait()
    return read(said)
