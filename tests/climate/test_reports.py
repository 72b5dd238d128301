"""The season in the cold: what was out of bounds and what it cost, as numbers and as a page."""

import re
from datetime import timedelta

from pepperchain.access.actor import SYSTEM
from pepperchain.climate import reports
from pepperchain.core import clock, db
from pepperchain.storage import reports as storage_reports
from tests.climate.cold import NOW, Cold
from tests.climate.test_meters import TODAY, said
from tests.harness import cast
from tests.harness.clients import SignIn


async def test_a_season_tells_what_was_out_of_bounds_and_what_it_cost(cold: Cold) -> None:
    await cold.store.lot(2_000)
    await cold.take([(minute, 95) for minute in range(0, 90, 10)] + [(100, 20)])
    await said(cold, 100, days_ago=21)
    await said(cold, 220)
    await storage_reports.rebuild(SYSTEM, season=TODAY.year, now=NOW)
    (row,) = await reports.sites(cold.leader, season=TODAY.year, now=NOW)
    assert row.breaches is not None
    assert (row.breaches.breaches, row.breaches.unsettled) == (1, 1)
    assert row.breaches.seconds > 3_000
    assert row.breaches.degree_minutes > 0
    assert row.energy is not None
    assert row.energy.tenths_kwh == 1_200
    others = await reports.sites(cold.store.leader_b, season=TODAY.year, now=NOW)
    assert [each.energy for each in others] == [None] * len(others)
    assert await reports.sites(cold.leader, season=TODAY.year - 1, now=NOW) == []


async def test_a_meter_is_read_off_on_the_page_and_told_in_its_table(client: SignIn) -> None:
    leader, url = await client(cast.LEADER_A), "/storage/climate/report"
    today = clock.local_day(clock.now())
    for days_ago, kwh in ((9, "1200.5"), (0, "1450.5")):
        page = (await leader.get(url)).text
        sent = {
            "id": re.findall(r'name="id" value="([^"]+)"', page)[-1],
            "site_id": re.findall(r'<option value="(\d+)"', page)[0],
            "read_on": (today - timedelta(days=days_ago)).isoformat(),
            "kwh": kwh,
        }
        for _ in range(2):
            assert (await leader.post("/storage/climate/meters", data=sent)).status_code == 303
    assert await db.scalar("SELECT COUNT(*) FROM climate_meter") == 2
    assert "250 kWh" in (await leader.get(f"{url}?season={today.year}&lang=en")).text
    wrong = await leader.post(
        "/storage/climate/meters", data={**sent, "id": sent["id"][:-1] + "0", "kwh": "7"}
    )
    assert wrong.status_code == 422
    other = (await (await client(cast.LEADER_B)).get(f"{url}?lang=en")).text
    assert "250 kWh" not in other
