"""The area tree: shipped in `config/areas.toml`, brought into the database once, and brought up to date when the file changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.directory import rules
from pepperchain.settings import settings

_BAND_M = (300, 500)
_ENDINGS = {"街道": "Subdistrict", "镇": "Town", "村": "Village", "区": "District"}


@db.unit_of_work
async def load(actor: Actor, *, now: datetime) -> int:
    """Areas of the file that are new or changed, written; how many. Nothing is ever taken away: households stand on it."""
    actor.require(Capability.ORGANIZATION_EDIT)
    file = settings().section("areas")
    low, usual, high = file["altitude"]
    place = {"altitude_low_m": low, "altitude_m": usual, "altitude_high_m": high, "band": None}
    written, district = await _write(None, "district", file["district"], file["code"], place)
    for number, township in enumerate(file["townships"], 1):
        written += await _load_township(district, f"{file['code']}{number:02d}", township)
    if written:
        await trail.record(
            actor, "areas.loaded", subject="area", subject_id=district, facts={"written": written}, now=now
        )
    return written


async def _load_township(district: int, code: str, township: Mapping[str, Any]) -> int:
    low, usual, high = township["altitude"]
    column, row = township["tile"]
    place = {
        "altitude_low_m": low,
        "altitude_m": usual,
        "altitude_high_m": high,
        "band": band(usual),
        "tile_column": column,
        "tile_row": row,
    }
    written, id = await _write(district, "township", township["name"], code, place)
    for number, village in enumerate(township["villages"], 1):
        name, altitude = village.rsplit(" ", 1)
        place = {"altitude_m": int(altitude), "band": band(int(altitude)), "township_id": id}
        more, _ = await _write(id, "village", name, f"{code}{number:03d}", place)
        written += more
    return written


async def _write(
    parent_id: int | None, kind: str, name: str, code: str, place: Mapping[str, Any]
) -> tuple[int, int]:
    """One area by its parent and name; whether it was written (1 or 0), and its id."""
    columns = {"name_en": english(name), **place}
    row = await db.returning(
        f"SELECT id, {', '.join(columns)} FROM directory_area WHERE name = :name AND "
        + ("parent_id = :parent" if parent_id is not None else "parent_id IS NULL"),
        name=name,
        **({"parent": parent_id} if parent_id is not None else {}),
    )
    if row is not None and tuple(row[1:]) == tuple(columns.values()):
        return 0, int(row[0])
    if row is not None:
        places = ", ".join(f"{column} = :{column}" for column in columns)
        await db.execute(f"UPDATE directory_area SET {places} WHERE id = :id", id=row[0], **columns)
        return 1, int(row[0])
    pinyin, initials = rules.spelled(_stem(name)[0])
    id = await db.insert_id(
        "directory_area",
        parent_id=parent_id,
        kind=kind,
        name=name,
        code=await _free(code),
        pinyin=pinyin,
        initials=initials,
        **columns,
    )
    if kind == "township":
        await db.execute("UPDATE directory_area SET township_id = id WHERE id = :id", id=id)
    return 1, id


async def _free(code: str) -> str:
    """The code itself, or the next after the last of its siblings when the file was reordered."""
    if await db.scalar("SELECT 1 FROM directory_area WHERE code = :code", code=code) is None:
        return code
    last = await db.scalar(
        "SELECT MAX(code) FROM directory_area WHERE LENGTH(code) = :length AND code LIKE :siblings",
        length=len(code),
        siblings=code[: {8: 6, 11: 8}[len(code)]] + "%",
    )
    return str(int(last) + 1)


def band(altitude_m: int) -> str:
    """L below 300 m, M below 500 m, H from there on: how harvest and care shift with height."""
    low, middle = _BAND_M
    return "L" if altitude_m < low else "M" if altitude_m < middle else "H"


def english(name: str) -> str:
    """Xianfeng Town for 先锋镇."""
    stem, ending = _stem(name)
    return f"{rules.spelled(stem)[0].replace('v', 'u').capitalize()} {ending}".strip()


def _stem(name: str) -> tuple[str, str]:
    for ending, words in _ENDINGS.items():
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending), words
    return name, ""
