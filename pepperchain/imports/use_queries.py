"""What rooms above have built on rows that a batch brought in. The room that the rows belong to cannot know."""

from collections.abc import Collection, Mapping, Sequence

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.judging import Done


async def in_use(kind: str, rows: Sequence[Done]) -> Mapping[int, Refused]:
    """By position, why a row cannot be taken back."""
    if kind == "organizations":
        return await _organizations(rows)
    if kind == "people":
        return await _people(rows)
    if kind != "households":
        return {}
    households = {row.before["made"]: row.position for row in rows if "made" in row.before}
    plots = {row.before["plot"]["id"]: row.position for row in rows if row.before.get("plot", {}).get("made")}
    found: dict[int, Refused] = {}
    for id in await _named(
        "SELECT DISTINCT w.household_id FROM harvest_weighin w WHERE w.household_id IN :ids", households
    ):
        found[households[id]] = Refused(N_("This household has brought pepper since."))
    for id in await _named("SELECT DISTINCT w.plot_id FROM harvest_weighin w WHERE w.plot_id IN :ids", plots):
        found[plots[id]] = Refused(N_("Pepper of this plot was weighed since."))
    for id in await _named(
        "SELECT DISTINCT u.household_id FROM accounts_user u WHERE u.household_id IN :ids", households
    ):
        found[households[id]] = Refused(N_("Somebody of this household has an account since."))
    for table in ("visits_visit", "visits_note"):
        for id in await _named(
            f"SELECT DISTINCT v.household_id FROM {table} v WHERE v.household_id IN :ids", households
        ):
            found[households[id]] = Refused(N_("Somebody has noted a visit or a note here since."))
    return found


async def _organizations(rows: Sequence[Done]) -> Mapping[int, Refused]:
    organizations = {int(row.target_id): row.position for row in rows if "was" not in row.before}
    found: dict[int, Refused] = {}
    for table in ("visits_visit", "visits_note"):
        for id in await _named(
            f"SELECT DISTINCT v.organization_id FROM {table} v WHERE v.organization_id IN :ids", organizations
        ):
            found[organizations[id]] = Refused(N_("Somebody has noted a visit or a note here since."))
    return found


async def _people(rows: Sequence[Done]) -> Mapping[int, Refused]:
    people = {int(row.target_id): row.position for row in rows if "was" not in row.before}
    found: dict[int, Refused] = {}
    for id in await _named(
        "SELECT DISTINCT w.deliverer_id FROM harvest_weighin w WHERE w.deliverer_id IN :ids", people
    ):
        found[people[id]] = Refused(N_("This person has brought pepper since."))
    for table in ("visits_visit", "visits_note"):
        for id in await _named(
            f"SELECT DISTINCT v.person_id FROM {table} v WHERE v.person_id IN :ids", people
        ):
            found[people[id]] = Refused(N_("Somebody has noted a visit or a note here since."))
    return found


async def _named(sql: str, ids: Collection[int]) -> list[int]:
    return await db.fetch(int, sql, ids=list(ids)) if ids else []
