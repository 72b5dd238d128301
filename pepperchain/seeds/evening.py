"""What the village weighed in and put away: last year, through this season, and in the days before now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest import weighins
from pepperchain.harvest.rules import season_of
from pepperchain.harvest.weighins import Recorded
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.scene import Scene, listed, told
from pepperchain.storage import bookings, lots
from pepperchain.storage.lot_queries import lot

LEADER_A = "19900000004"
_VOID = "void: "
_EVENING = timedelta(hours=3)
_DEVICES = ("Android", "HarmonyOS", "Chrome, Windows")
_PUT_AWAY = time(21, 30)
_GATE = "地头直售"
_SOLD = "sold"
"""In place of a room: put away like all the rest, and gone the next morning."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A slip of the village that stands, and what its line in the file says."""

    line: Mapping[str, str]
    slip: Recorded
    cultivar: str
    season: int
    at: datetime


@dataclass(slots=True)
class _Teller:
    """Turns lines into slips and slips into lots, with ids that are always the same."""

    scene: Scene
    dice: Dice

    def clerk(self, line: Mapping[str, str]) -> Actor:
        return self.scene.actors[self.scene.sites[line["site"]].clerk]

    async def weigh(self, line: Mapping[str, str], *, at: datetime, picked_at: datetime) -> Weighed | None:
        """One line; None for a slip that was voided a little later."""
        household, clerk = self.scene.households[line["household"]], self.clerk(line)
        plot_id, cultivar = household.plots.get(line["plot"], (None, "jiuyeqing"))
        slip = await weighins.record(
            clerk,
            id=self.dice.event(at),
            site_id=self.scene.sites[line["site"]].id,
            household_id=household.id,
            deliverer_id=household.people[line["deliverer"] or household.head],
            plot_id=plot_id,
            form=line["form"],
            grade=line["grade"],
            cultivar=cultivar,
            gross=Grams.from_kg(line["gross_kg"]),
            tare=Grams.from_kg(line["tare_kg"]),
            deduction=Grams.from_kg(line["deduction_kg"] or 0),
            bags=int(line["bags"]),
            picked_at=picked_at,
            weighed_at=at,
            price_fen_per_kg=Fen.from_yuan(line["price_yuan"]) if line["price_yuan"] else None,
            device=self.dice.one(_DEVICES),
            now=at,
        )
        note = line.get("note", "")
        if note.startswith(_VOID):
            later = at + timedelta(minutes=3)
            await weighins.void(
                clerk, id=self.dice.event(later), of=slip.id, reason=note.removeprefix(_VOID), now=later
            )
            return None
        return Weighed(line, slip, cultivar, season_of(clock.local_day(picked_at)), at)

    async def put_away(self, slips: list[Weighed], *, room: str, at: datetime) -> int:
        """The slips as one lot in a room, with a price asked where the form has one; the lot."""
        line = slips[0].line
        clerk = self.clerk(line)
        done = await lots.receive(
            clerk,
            id=self.dice.event(at),
            room_id=self.scene.rooms[room],
            slip_ids=[one.slip.id for one in slips],
            now=at,
        )
        asked = told("storing")["asking"].get(line["form"])
        priced = next((one.line["price_yuan"] for one in slips if one.line["price_yuan"]), "")
        if asked is not None and priced:
            fen = Fen.from_yuan(priced) * asked // 10_000 * 10
            await lots.ask(clerk, lot_id=done.lot_id, fen_per_kg=Fen(fen), now=at)
        return done.lot_id

    async def sell(self, lot_id: int, line: Mapping[str, str], *, to: str, at: datetime) -> None:
        """The whole lot leaves."""
        await lots.issue(self.clerk(line), id=self.dice.event(at), lot_id=lot_id, reason=to, now=at)


def _lots_of(slips: list[Weighed]) -> list[list[Weighed]]:
    """Slips that may lie in one lot: of one day, site and product."""

    def product(one: Weighed) -> tuple[date, str, str, str, str, int]:
        line = one.line
        return clock.local_day(one.at), line["site"], line["form"], line["grade"], one.cultivar, one.season

    return [list(group) for _, group in groupby(sorted(slips, key=product), key=product)]


def _at(day: date, written: str) -> datetime:
    hour, minute = written.split(":")
    return clock.at_local(day, int(hour), int(minute))


async def last_year(scene: Scene) -> None:
    """Last season's lists, typed in from paper and sold at the gate."""
    teller = _Teller(scene, Dice("village", "last year"))
    for line in listed("season"):
        if line["season"] != "last":
            continue
        day = scene.day(line["day"], seasons_ago=1)
        weighed = await teller.weigh(line, at=_at(day, line["time"]), picked_at=_at(day, line["picked"]))
        if weighed is not None:
            at = weighed.at + timedelta(minutes=20)
            dusk = _dusk(line)
            lot_id = await teller.put_away([weighed], room=dusk["room"], at=at)
            await teller.sell(lot_id, line, to=_GATE, at=at + timedelta(minutes=10))


async def this_season(scene: Scene) -> None:
    """The fortnight of the harvest, what was frozen and dried of it, and what became of that."""
    teller = _Teller(scene, Dice("village", "this season"))
    slips: list[Weighed] = []
    for line in listed("season"):
        if line["season"] == "this":
            day = scene.day(line["day"])
            weighed = await teller.weigh(line, at=_at(day, line["time"]), picked_at=_at(day, line["picked"]))
            slips += [weighed] if weighed is not None else []
    dried: list[int] = []
    for together in _lots_of(slips):
        line, day = together[0].line, clock.local_day(together[0].at)
        dusk = _dusk(line)
        at = max(
            clock.at_local(day, _PUT_AWAY.hour, _PUT_AWAY.minute), together[-1].at + timedelta(minutes=15)
        )
        if line["form"] == "preserved_fresh":  # frozen the same hour
            at = together[-1].at + timedelta(minutes=45)
        lot_id = await teller.put_away(together, room=dusk["room"], at=at)
        if "sold_to" in dusk:
            morning = clock.at_local(day + timedelta(days=1), 7, teller.dice.between(5, 50))
            await teller.sell(lot_id, line, to=f"售予{dusk['sold_to']}", at=morning)
        elif line["form"] == "dry" and line["site"] == "baoping":
            dried.append(lot_id)
    for number, what in enumerate(told("storing")["later"]):
        await _later(teller, what, dried[what["lot"] - 1], minute=number)


def _dusk(line: Mapping[str, str]) -> Mapping[str, Any]:
    return next(
        one for one in told("storing")["dusk"] if one["site"] == line["site"] and one["form"] == line["form"]
    )


async def _later(teller: _Teller, what: Mapping[str, Any], lot_id: int, *, minute: int) -> None:
    scene = teller.scene
    leader, at = scene.actors[LEADER_A], clock.at_local(scene.day(what["day"]), 10, minute)
    if what["what"] == "move":
        await lots.move(
            leader, id=teller.dice.event(at), lot_id=lot_id, to_room_id=scene.rooms[what["room"]], now=at
        )
    elif what["what"] == "issue":
        grams = Grams.from_kg(what["kg"])
        await lots.issue(
            leader, id=teller.dice.event(at), lot_id=lot_id, reason=what["reason"], grams=grams, now=at
        )
    else:
        counted = (await lot(leader, lot_id)).on_hand_grams - Grams.from_kg(what["less_kg"])
        await lots.adjust(
            leader, id=teller.dice.event(at), lot_id=lot_id, counted=counted, reason=what["reason"], now=at
        )


async def these_days(scene: Scene) -> None:
    """The days before now and this evening, whatever the day is: what lies in the cold, and what still stands on the floor."""
    teller = _Teller(scene, Dice("village", "these days", scene.now))
    slips: list[Weighed] = []
    for line in listed("evening"):
        at, picked_at = _lately(scene.now, line)
        weighed = await teller.weigh(line, at=at, picked_at=picked_at)
        slips += [weighed] if weighed is not None else []
    for together in _lots_of([one for one in slips if one.line["room"]]):
        line, at = together[0].line, min(together[-1].at + timedelta(minutes=10), scene.now)
        dusk = _dusk(line)
        if line["room"] != _SOLD:
            await teller.put_away(together, room=line["room"], at=at)
            continue
        lot_id = await teller.put_away(together, room=dusk["room"], at=at)
        morning = clock.at_local(clock.local_day(at) + timedelta(days=1), 7, teller.dice.between(5, 50))
        await teller.sell(lot_id, line, to=f"售予{dusk['sold_to']}", at=morning)
    await _book(teller)


def _lately(now: datetime, line: Mapping[str, str]) -> tuple[datetime, datetime]:
    """When a line was weighed and picked. This evening's lines say thousandths of the evening and minutes before weighing."""
    today = clock.local_day(now)
    days = int(line["day"])
    if days:
        day = today - timedelta(days=days)
        return _at(day, line["when"]), _at(day, line["picked"])
    evening = min(_EVENING, now - clock.day_start(today))
    at = now - evening * int(line["when"]) // 1000
    return at, at - timedelta(minutes=int(line["picked"]))


async def _book(teller: _Teller) -> None:
    scene, wanted = teller.scene, told("storing")["booking"]
    tomorrow = clock.local_day(scene.now) + timedelta(days=1)
    await bookings.place(
        scene.actors[LEADER_A],
        id=teller.dice.event(scene.now),
        room_id=scene.rooms[wanted["room"]],
        form=wanted["form"],
        grams=Grams.from_kg(Decimal(wanted["tonnes"]) * 1000),
        from_on=tomorrow,
        to_on=tomorrow + timedelta(days=wanted["days"] - 1),
        now=scene.now,
    )
