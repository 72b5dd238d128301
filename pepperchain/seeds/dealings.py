"""Who went to see whom in the village these weeks, what came of it and what is still to be done."""

from datetime import timedelta
from typing import Any

from pepperchain.core import clock
from pepperchain.seeds.scene import Scene, form_id, told
from pepperchain.visits import notes, visits
from pepperchain.visits.rules import VisitKind
from pepperchain.visits.visits import NextStep


async def these_weeks(scene: Scene) -> None:
    """Visits, calls, plans and notes around `now`, by the people of the cast."""
    for number, one in enumerate(told("dealings")["visit"]):
        actor = scene.actors[one["who"]]
        grown = scene.households.get(one.get("household", ""))
        about: dict[str, Any] = (
            {"household_id": grown.id}
            if grown is not None
            else {"organization_id": scene.organizations[one["organization"]]}
        )
        day = clock.local_day(scene.now) + timedelta(days=one["days"])
        if one["days"] >= 0:
            await visits.plan(
                actor,
                id=form_id("plan", number),
                kind=VisitKind(one["kind"]),
                purpose=one["purpose"],
                planned_on=day,
                **about,
                now=scene.now,
            )
            continue
        step = one.get("next")
        await visits.record(
            actor,
            id=form_id("visit", number),
            kind=VisitKind(one["kind"]),
            purpose=one["purpose"],
            outcome=one["outcome"],
            happened_at=clock.at_local(day, one["hour"], 20),
            next_step=None
            if step is None
            else NextStep(step, clock.local_day(scene.now) + timedelta(days=one["due"])),
            **about,
            now=clock.at_local(day, one["hour"] + 1),
        )
    for number, one in enumerate(told("dealings")["note"]):
        await notes.write(
            scene.actors[one["who"]],
            id=form_id("note", number),
            text=one["text"],
            household_id=scene.households[one["household"]].id,
            now=scene.now - timedelta(days=one["days"]),
        )
