"""What `doctor` looks at: each check names itself and tells what it found, in sentences."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pepperchain.app import require_fit
from pepperchain.audit import chains, trail
from pepperchain.audit.chains import Anchor
from pepperchain.bank import doctor as bank
from pepperchain.consents import erasing
from pepperchain.core import readiness
from pepperchain.ledger import books
from pepperchain.settings import Misconfigured, settings
from pepperchain.storage import doctor as stock

CHAINS = (trail.TRAIL, books.LEDGER)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check, and what it found; nothing when all is well."""

    name: str
    findings: Sequence[str]

    @property
    def well(self) -> bool:
        return not self.findings


async def schema() -> list[str]:
    """Every migration was had, and the database itself is sound."""
    found = [
        f"migration {name} is missing: run `pepperchain migrate`" for name in await readiness.unmigrated()
    ]
    return found + await readiness.damage()


async def config() -> list[str]:
    """The settings fit together and the data folder can be written."""
    chosen, found = settings(), []
    try:
        await require_fit(chosen)
    except Misconfigured as wrong:
        found.append(str(wrong))
    if chosen.data_dir.exists() and not os.access(chosen.data_dir, os.W_OK):
        found.append(f"the data folder {chosen.data_dir} cannot be written")
    return found


async def trail_chain() -> list[str]:
    return await chains.verify(trail.TRAIL)


async def ledger_chain() -> list[str]:
    return await chains.verify(books.LEDGER)


async def erasures() -> list[str]:
    """Nobody who was erased came back with a backup."""
    return [
        f"person {id} was erased and is here again: run `pepperchain migrate`"
        for id in await erasing.back_again()
    ]


async def heads() -> list[Anchor]:
    """Where each chain stands, to be kept outside."""
    return [head for chain in CHAINS if (head := await chains.anchor(chain)) is not None]


async def kept_heads(kept: Sequence[Anchor]) -> Verdict:
    """Whether the chains still have the heads that were kept outside."""
    found = [finding for chain in CHAINS for finding in await chains.unmet(chain, kept)]
    return Verdict("kept heads", found or ([] if kept else ["no head of a chain stands in that file"]))


CHECKS: Sequence[tuple[str, Callable[[], Awaitable[list[str]]]]] = (
    ("schema", schema),
    ("config", config),
    ("books", books.findings),
    ("ledger chain", ledger_chain),
    ("stock", stock.findings),
    ("bank", bank.findings),
    ("audit chain", trail_chain),
    ("erasures", erasures),
)


async def examine() -> list[Verdict]:
    """Every check, the schema first: on a database that lacks tables the others would only stumble."""
    verdicts = []
    for name, check in CHECKS:
        verdicts.append(Verdict(name, await check()))
        if name == "schema" and await readiness.unmigrated():
            break
    return verdicts
