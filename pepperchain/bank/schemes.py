"""Schemes: what the product ships, entered once."""

import json
from datetime import date, datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import trail
from pepperchain.bank import terms
from pepperchain.bank.terms_rules import published
from pepperchain.core import db

SHIPPED_FROM = date(2019, 6, 1)
"""The published scheme is as old as its first season."""


@db.unit_of_work
async def ship(*, now: datetime) -> int:
    """Enters the schemes of config/bank.toml that are not there yet, published by the product itself; how many were new."""
    written = 0
    for code, scheme in published().items():
        promised = terms.read(scheme["terms"])
        scheme_id = await db.scalar(
            "INSERT INTO bank_scheme (code, name_zh, name_en, operator_id, created_at, created_by_name)"
            " VALUES (:code, :name_zh, :name_en, NULL, :now, :by) ON CONFLICT (code) DO NOTHING RETURNING id",
            code=code,
            name_zh=scheme["name_zh"],
            name_en=scheme["name_en"],
            now=now,
            by=SYSTEM.name,
        )
        if scheme_id is None:
            continue
        await db.insert(
            "bank_scheme_version",
            scheme_id=scheme_id,
            number=1,
            terms=json.dumps(terms.plain(promised)),
            state="published",
            drafted_at=now,
            drafted_by_name=SYSTEM.name,
            published_at=now,
            valid_from_on=SHIPPED_FROM,
        )
        written += 1
    if written:
        await trail.record(
            SYSTEM, "bank_scheme.shipped", subject="bank_scheme", subject_id="shipped", facts={"schemes": written}, now=now
        )  # fmt: skip
    return written
