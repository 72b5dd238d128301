"""A life in the registry: somebody of whom every room keeps something, marked so that it can be looked for."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import approvals, invitations, passwords, users
from pepperchain.accounts.rules import Belonging
from pepperchain.accounts.user_queries import get_user
from pepperchain.app import APPROVABLES, MOVERS, OWN_DATA
from pepperchain.consents import consents, copies, corrections, erasures
from pepperchain.consents.consents import Answer, Proof
from pepperchain.consents.rules import SIGNATURES, How, purposes
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu, Grams
from pepperchain.directory import households, merge_queries, merges, moves, people, plots, proxies
from pepperchain.directory.household_queries import get_household, get_person
from pepperchain.directory.merges import Decision
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.documents import photos
from pepperchain.erasables import ERASABLES
from pepperchain.harvest import weighins
from pepperchain.settings import settings
from pepperchain.visits import follow_ups, notes, visits
from pepperchain.visits.rules import VisitKind
from tests.consents.dealing import NOW, look
from tests.harness import cast
from tests.harness.schema import tables
from tests.visits.dealing import picture, visit

NAME, OLD_NAME, OTHER_NAME = "鹟雀灵", "鸲翠燕", "鹟雀玲"
PHONE, OLD_PHONE = "13977665544", "13977665533"
ID_NUMBER, BANK_CARD = "110100196204180030", "6200000000000000018"
BIRD = "蓝喉歌鸲"
"""Begins every word that was written about them."""
CANARIES = (
    NAME,
    OLD_NAME,
    OTHER_NAME,
    PHONE,
    OLD_PHONE,
    ID_NUMBER,
    BANK_CARD,
    BIRD,
    PHONE[::-1],
    "wengqueling",
)


@dataclass(slots=True)
class Life:
    """Whose it is, and what of it lies in files."""

    person_id: int
    household_id: int
    card: str
    user_id: int = 0
    files: list[Path] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)


def bird(what: str) -> str:
    return f"{BIRD}{what}"


async def newcomer(clerk: Actor, name: str, village: int, **more: Any) -> tuple[int, int, str]:
    """A household of one: the person, the household and its card."""
    particulars = {name: more.pop(name) for name in ("phone", "id_number", "bank_card") if name in more}
    made = await households.enter(
        clerk, id=new_id(), village_id=village, head=Particulars(name, **particulars), group_number=7, confirmed=True, now=NOW,
        **{"address": None, "note": None, "cooperative_id": None, "joined_on": date(2026, 1, 1), "plots": [], **more},
    )  # fmt: skip
    assert made.head_id is not None
    assert made.card_number is not None
    return made.head_id, made.id, made.card_number


async def village_of(clerk: Actor) -> int:
    return int(
        await db.scalar(
            "SELECT village_id FROM directory_household WHERE cooperative_id = :org ORDER BY id LIMIT 1",
            org=clerk.organization_id,
        )
    )


async def live(*, slips: bool = True) -> Life:
    """Everything that the rooms take about somebody."""
    clerk, village = await cast.actor(cast.CLERK_A), 0
    village = await village_of(clerk)
    person, home, card = await newcomer(
        clerk, OLD_NAME, village, phone=OLD_PHONE, id_number=ID_NUMBER, bank_card=BANK_CARD, address=bird("住址"), note=bird("户备注"),
        plots=[Orchard(bird("地"), Centimu(120), "jiuyeqing")],
    )  # fmt: skip
    life = Life(person, home, card)
    now_known = await get_person(clerk, person)
    await people.change(
        clerk, id=person, version=now_known.version, person=Particulars(NAME, "male", date(1962, 4, 18), PHONE), confirmed=True, now=NOW
    )  # fmt: skip
    await _of_the_home(clerk, life, village)
    await _rights(clerk, life)
    await _visited(clerk, life)
    if slips:
        await _delivered(clerk, life)
    await _signed_in(life)
    await _twice(clerk, life, village)
    await _brought_by_a_sheet(life)
    return life


async def _of_the_home(clerk: Actor, life: Life, village: int) -> None:
    household = await get_household(clerk, life.household_id)
    await households.change(
        clerk, id=household.id, version=household.version, village_id=village, group_number=8, address=bird("新住址"),
        note=bird("新备注"), contact_person_id=None, now=NOW,
    )  # fmt: skip
    (plot,) = await db.fetch(
        int, "SELECT id FROM directory_plot WHERE household_id = :id", id=life.household_id
    )
    known = Orchard(bird("大地"), Centimu(130), "jiuyeqing")
    await plots.change(clerk, id=plot, version=1, plot=known, now=NOW)
    neighbour, *_ = await newcomer(clerk, "邻居甲", village)
    kept = await photos.keep(picture(), folder=PAPERS)
    life.files.append(photos.path_of(kept.token, folder=PAPERS))
    given = await proxies.give(
        clerk, id=new_id(), household_id=life.household_id, person_id=neighbour, given_by_id=life.person_id, may_deliver=True,
        may_sign=False, from_on=NOW.date(), until_on=NOW.date() + timedelta(days=20), witness=bird("见证"), photo_token=kept.token, now=NOW,
    )  # fmt: skip
    await proxies.revoke(
        clerk, household_id=life.household_id, id=given.id, version=1, reason=bird("取消委托"), now=NOW
    )
    other = await db.scalar(
        "SELECT a.id FROM directory_area a WHERE a.kind = 'village' AND a.id <> :id AND a.township_id ="
        " (SELECT b.township_id FROM directory_area b WHERE b.id = :id) ORDER BY a.id LIMIT 1",
        id=village,
    )
    household = await get_household(clerk, life.household_id)
    await moves.move(
        clerk, id=new_id(), household_id=life.household_id, version=household.version, village_id=int(other), group_number=None,
        address=bird("搬到"), on=NOW.date(), keeps_membership=True, now=NOW,
    )  # fmt: skip


async def _rights(clerk: Actor, life: Life) -> None:
    kept = await photos.keep(picture(), folder=SIGNATURES)
    life.files.append(photos.path_of(kept.token, folder=SIGNATURES))
    for purpose, proof in (
        ("messages", Proof(How.SIGNED, None, kept.token)),
        ("photos", Proof(How.SPOKEN, bird("证人"))),
    ):
        answers = {purpose: Answer(True, purposes()[purpose].version)}
        await consents.record(
            clerk, id=new_id(), person_id=life.person_id, answers=answers, proof=proof, now=NOW
        )
    await look(clerk, life.person_id, words=bird("查看原因"))
    asked = await corrections.ask(
        clerk, id=new_id(), person_id=life.person_id, what="other", proposed=None, words=bird("有误"), now=NOW
    )
    await corrections.decline(clerk, id=asked.id, answer=bird("答复"), now=NOW)
    made = await copies.make(
        clerk,
        id=new_id(),
        person_id=life.person_id,
        reason=bird("副本"),
        own_data=OWN_DATA,
        language="zh",
        now=NOW,
    )
    life.files.append(copies.path_of(made.token))


async def _visited(clerk: Actor, life: Life) -> None:
    kept = await photos.keep(picture())
    life.files.append(photos.path_of(kept.token))
    noted = await visit(
        clerk, life.household_id, person_id=life.person_id, outcome=bird("走访"), photos=[kept]
    )
    row = await db.tuples("SELECT version, purpose FROM visits_visit WHERE id = :id", id=noted)
    await visits.correct(
        clerk, id=noted, version=row[0][0], kind=VisitKind.CALL, purpose="price", outcome=bird("改写"),
        happened_at=NOW - timedelta(hours=2), now=NOW,
    )  # fmt: skip
    step = await follow_ups.set_one(
        clerk, id=new_id(), visit_id=noted, what=bird("要办"), due_on=NOW.date() + timedelta(days=3), owner_id=None, now=NOW
    )  # fmt: skip
    await follow_ups.done(clerk, id=step.id, now=NOW)
    written = await notes.write(
        clerk, id=new_id(), text=bird("备注"), household_id=life.household_id, now=NOW
    )
    await notes.withdraw(clerk, id=written.id, now=NOW)
    await notes.write(
        clerk,
        id=new_id(),
        text=bird("又一条"),
        household_id=life.household_id,
        person_id=life.person_id,
        now=NOW,
    )


async def _delivered(clerk: Actor, life: Life) -> None:
    site = await db.scalar(
        "SELECT id FROM directory_site WHERE operator_id = :org AND kind = 'collecting_point' ORDER BY id LIMIT 1",
        org=clerk.organization_id,
    )
    for gross in (50_000, 60_000):
        id = new_id()
        await weighins.record(
            clerk, id=id, site_id=site, household_id=life.household_id, form="fresh", grade="grade_1", cultivar="jiuyeqing",
            gross=Grams(gross), picked_at=NOW - timedelta(hours=3), price_fen_per_kg=1_200, now=NOW,
        )  # fmt: skip
        life.slips.append(str(id))
    await weighins.void(clerk, id=new_id(), of=UUID(life.slips[1]), reason=bird("作废"), now=NOW)


async def _signed_in(life: Life) -> None:
    admin = await cast.actor(cast.ADMIN)
    belonging = Belonging(household_id=life.household_id)
    request_id = new_id()
    await invitations.invite(
        admin, request_id=new_id(), phone=PHONE, role=Role.GROWER, belonging=belonging, now=NOW
    )
    life.user_id = await users.create(
        admin, request_id=request_id, phone=OLD_PHONE, name=OLD_NAME, role=Role.GROWER, belonging=belonging,
        secret=await passwords.one_time(request_id), now=NOW,
    )  # fmt: skip
    user = await get_user(admin, life.user_id)
    await users.change(admin, user_id=life.user_id, version=user.version, name=NAME, phone=PHONE, now=NOW)
    grower = await cast.actor(PHONE)
    own = {"messages": Answer(True, purposes()["messages"].version)}
    await consents.decide(grower, id=new_id(), person_id=life.person_id, answers=own, now=NOW)
    made = await copies.make(
        grower, id=new_id(), person_id=life.person_id, reason=None, own_data=OWN_DATA, language="zh", now=NOW
    )
    life.files.append(copies.path_of(made.token))


async def _twice(clerk: Actor, life: Life, village: int) -> None:
    """A second entry of the same household, merged into the first."""
    _, other, _ = await newcomer(clerk, OTHER_NAME, village, address=bird("另一处"), note=bird("另一备注"))
    found = await merge_queries.compared(clerk, life.household_id, other)
    decision = Decision(
        survivor_id=life.household_id, loser_id=other, same=found.same, reason=bird("同一户"), seen=found.seen
    )  # fmt: skip
    await merges.merge_households(clerk, id=new_id(), decision=decision, movers=MOVERS, now=NOW)
    await _one_person(clerk, life)


async def _one_person(clerk: Actor, life: Life) -> None:
    others = await db.fetch(
        int,
        "SELECT id FROM directory_person WHERE household_id = :home AND left_on IS NULL AND id <> :id",
        home=life.household_id,
        id=life.person_id,
    )
    for other in others:
        found = await merge_queries.people_compared(clerk, life.person_id, other)
        decision = Decision(
            survivor_id=life.person_id, loser_id=other, same={}, reason=bird("同一人"), seen=found.seen
        )
        await merges.merge_people(clerk, id=new_id(), decision=decision, movers=MOVERS, now=NOW)


@db.unit_of_work
async def _brought_by_a_sheet(life: Life) -> None:
    """A sheet that changed them a while ago, and a list with them in it that lies ready."""
    batch, export = new_id(), new_id()
    user = await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_A)
    for folder, token in (("imports", batch.hex), ("exports", export.hex)):
        path = settings().data_dir / folder / token
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{NAME},{PHONE},{bird('表')}", encoding="utf-8")
        life.files.append(path)
    await db.insert(
        "imports_batch", id=batch, kind="people", state="committed", file_name="people.xlsx", file_token=batch.hex, file_hash=batch.hex,
        file_bytes=1, language="zh", uploaded_by=user, uploaded_by_name="-", created_at=NOW, committed_at=NOW, notes="{}",
    )  # fmt: skip
    await db.insert(
        "imports_row", batch_id=batch, position=1, sheet="1", row_number=2, verdict="update", title=NAME,
        target_id=str(life.person_id), ready=f'{{"phone": "{PHONE}"}}', before=f'{{"name": "{OLD_NAME}"}}',
    )  # fmt: skip
    await db.insert(
        "exports_export", id=export, kind="people", format="csv", choices="{}", is_personal=True, state="ready", language="zh",
        user_id=user, scope="{}", asked_at=NOW, made_at=NOW, total_rows=1, file_token=export.hex, file_bytes=1,
    )  # fmt: skip


async def asked(life_or_person: int, actor: Actor | None = None) -> int:
    clerk = actor or await cast.actor(cast.CLERK_A)
    return (
        await erasures.ask(clerk, id=new_id(), person_id=life_or_person, words=bird("请删除"), now=NOW)
    ).id


async def erase(person_id: int) -> int:
    """Asked by a clerk, proposed by the leader, approved by an officer; the erasure's id."""
    id = await asked(person_id)
    leader = await cast.actor(cast.LEADER_A)
    await erasures.propose(
        leader, APPROVABLES[erasures.WHAT], id=id, request_id=new_id(), rooms=ERASABLES, now=NOW
    )
    waiting = await db.scalar(
        "SELECT id FROM accounts_approval WHERE state = 'waiting' AND what = 'person.erase'"
    )
    await approvals.approve(
        await cast.actor(cast.COMMITTEE), approval_id=int(waiting), known=APPROVABLES, now=NOW
    )
    return id


async def everything(url: str) -> str:
    """All that lies on disk: the database with its log, as its engine keeps it, and the data folder."""
    found = []
    if db.dialect() == "sqlite":
        file = Path(url.removeprefix("sqlite:///").split("?")[0])
        parts = [file, file.with_name(f"{file.name}-wal")]
        found += [part.read_bytes().decode("utf-8", "replace") for part in parts if part.is_file()]
    else:
        for name in await tables():
            found += [str(row[0]) for row in await db.tuples(f"SELECT CAST(x AS TEXT) FROM {name} x")]
    for path in settings().data_dir.rglob("*"):
        if path.is_file() and path.suffix not in (".db", ".log") and "db-" not in path.name:
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)
