"""One worker makes a file; another takes over when it has died."""

from datetime import timedelta

import pytest

from pepperchain.core.clock import Stopwatch
from pepperchain.core.ids import new_id
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import files, queries, turns
from pepperchain.exports.rules import State, bounds
from pepperchain.exports.turns import Lost, Turn
from tests.exports.taking import NOW
from tests.harness import cast


async def test_one_worker_takes_it_and_another_only_when_the_lease_is_over(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, EXPORTABLES["days"], id=new_id(), format="csv", now=NOW)
    assert await turns.claim(export.id, worker="one", now=NOW)
    assert not await turns.claim(export.id, worker="two", now=NOW + timedelta(seconds=1))
    late = NOW + bounds().lease + timedelta(seconds=1)
    assert await turns.claim(export.id, worker="two", now=late)
    with pytest.raises(Lost):
        await turns.renew(Turn(export.id, Stopwatch(late), worker="one"))
    turn = Turn(export.id, Stopwatch(late), worker="two", done=7, total=9)
    await turns.renew(turn)
    told = await queries.export(leader, export.id)
    assert (told.done_rows, told.total_rows, told.attempts) == (7, 9, 2)
    await turns.give_back(turn)
    assert (await queries.export(leader, export.id)).state is State.WAITING
