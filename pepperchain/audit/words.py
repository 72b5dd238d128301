"""What the trail's codes mean, in words (message ids). `tests/audit/test_words.py` finds every code that has none."""

from enum import StrEnum

from pepperchain.audit.code_words import CODES, ROOM_KINDS
from pepperchain.audit.lists import LISTS
from pepperchain.core.words import N_

ACTS: dict[str, str] = {
    "approval.declined": N_("Declined what another had proposed"),
    "approval.proposed": N_("Proposed a change for a second person to approve"),
    "approval.withdrawn": N_("Withdrew what they had proposed"),
    "areas.loaded": N_("Loaded the areas"),
    "breach.acknowledged": N_("Took on what was out of bounds"),
    "breach.closed": N_("Settled what was out of bounds"),
    "breach.explained": N_("Explained what was out of bounds"),
    "booking.placed": N_("Booked space in a room"),
    "booking.released": N_("Released a booking"),
    "consignment.received": N_("Received a consignment"),
    "consignment.returned": N_("Turned a consignment back"),
    "consignment.sent": N_("Sent a consignment off"),
    "duplicate.dismissed": N_("Said that two households are not the same"),
    "duplicate.reopened": N_("Took back that two households are not the same"),
    "duplicates.searched": N_("Looked for households entered twice"),
    "export.asked": N_("Asked for a list as a file"),
    "export.dropped": N_("Had a file removed"),
    "export.fetched": N_("Downloaded a file"),
    "export.made": N_("Took a list out as a file"),
    "export.released": N_("Agreed that a file is given out"),
    "equipment.ended": N_("Noted the end of an entry in the equipment log"),
    "equipment.logged": N_("Wrote into the equipment log"),
    "equipment.struck": N_("Struck out an entry in the equipment log"),
    "follow_up.done": N_("Did a follow-up"),
    "follow_up.handed_over": N_("Handed a follow-up over"),
    "follow_up.reopened": N_("Took a follow-up up again"),
    "follow_up.set": N_("Set a follow-up"),
    "consent.noted": N_("Noted what a person agrees to"),
    "correction.accepted": N_("Put right what somebody said was wrong"),
    "correction.asked": N_("Said what is wrong"),
    "correction.declined": N_("Declined a correction"),
    "copies.swept": N_("Removed copies of people's data"),
    "card.found": N_("Noted that a card turned up"),
    "card.lost": N_("Reported a card lost"),
    "card.printed": N_("Printed cards"),
    "card.reissued": N_("Issued a new card"),
    "head.changed": N_("Changed the head of a household"),
    "head.taken_back": N_("Took a change of head back"),
    "household.changed": N_("Changed a household"),
    "household.ended": N_("Ended a household"),
    "household.entered": N_("Entered a household"),
    "household.merge_undone": N_("Undid a merge of households"),
    "household.merged": N_("Merged two households"),
    "household.removed": N_("Removed a household"),
    "import.approved": N_("Approved an import"),
    "import.committed": N_("Imported a sheet"),
    "import.discarded": N_("Discarded an import"),
    "import.taken_back": N_("Took an import back"),
    "import.undone": N_("Undid an import"),
    "import.uploaded": N_("Uploaded a sheet"),
    "invitation.accepted": N_("Took up an invitation"),
    "invitation.made": N_("Invited somebody"),
    "invitation.revoked": N_("Took an invitation back"),
    "lot.adjusted": N_("Corrected a lot's stock"),
    "lot.blocked": N_("Blocked a lot"),
    "lot.issued": N_("Issued from a lot"),
    "lot.merged": N_("Merged lots"),
    "lot.moved": N_("Moved a lot"),
    "lot.priced": N_("Set a lot's price"),
    "lot.processed": N_("Processed lots"),
    "lot.received": N_("Received a lot"),
    "lot.regraded": N_("Gave a lot another grade"),
    "lot.released": N_("Lifted the block of a lot"),
    "lot.split": N_("Split a lot"),
    "membership.corrected": N_("Corrected the days of a membership"),
    "membership.joined": N_("Joined a household to a cooperative"),
    "membership.left": N_("Ended a membership"),
    "membership.noted": N_("Noted a past membership"),
    "membership.taken_back": N_("Took back what a sheet did to memberships"),
    "movement.reversed": N_("Took a movement back"),
    "note.withdrawn": N_("Withdrew a note"),
    "note.written": N_("Wrote a note"),
    "organization.changed": N_("Changed an organization"),
    "organization.ended": N_("Ended an organization"),
    "organization.entered": N_("Entered an organization"),
    "organization.removed": N_("Removed an organization"),
    "password.changed": N_("Changed their password"),
    "password.reset": N_("Gave a new password"),
    "period.closed": N_("Closed the books of a day"),
    "person.changed": N_("Changed a person"),
    "person.copied": N_("Made a copy of what is kept of a person"),
    "person.entered": N_("Entered a person"),
    "person.merge_undone": N_("Undid a merge of people"),
    "person.merged": N_("Merged two entries of a person"),
    "person.left": N_("Noted that a person left"),
    "person.removed": N_("Removed a person"),
    "person.reveal_allowed": N_("Allowed somebody to look at a number in full"),
    "person.revealed": N_("Looked at a number in full"),
    "photos.removed": N_("Removed photos that were kept long enough"),
    "plot.changed": N_("Changed a plot"),
    "plot.ended": N_("Ended a plot"),
    "plot.entered": N_("Entered a plot"),
    "plot.practised": N_("Noted a plot's practices"),
    "proxy.given": N_("Gave a proxy"),
    "proxy.revoked": N_("Revoked a proxy"),
    "readings.brought": N_("Brought readings in a sheet"),
    "readings.entered": N_("Wrote down a reading"),
    "readings.taken_back": N_("Took readings back"),
    "relation.ended": N_("Ended a relation"),
    "relation.entered": N_("Entered a relation"),
    "room.changed": N_("Changed a room"),
    "room.closed": N_("Closed a room"),
    "room.entered": N_("Entered a room"),
    "room.removed": N_("Removed a room"),
    "sample.taken": N_("Took a sample of a lot"),
    "sample.tested": N_("Noted a quality test"),
    "second_step.begun": N_("Began to set up a second step"),
    "second_step.codes_made": N_("Made new recovery codes"),
    "second_step.confirmed": N_("Switched their second step on"),
    "second_step.removed": N_("Switched their second step off"),
    "second_step.reset": N_("Took a second step away"),
    "sensor.changed": N_("Changed a sensor"),
    "sensor.entered": N_("Entered a sensor"),
    "sensor.removed": N_("Removed a sensor"),
    "session.ended": N_("Signed out"),
    "sign_in.begun": N_("Gave the first step of signing in"),
    "sign_in.done": N_("Signed in"),
    "sign_in.failed": N_("Tried to sign in, in vain"),
    "sign_in_code.issued": N_("Made a code to sign in with"),
    "site.changed": N_("Changed a site"),
    "site.closed": N_("Closed a site"),
    "site.entered": N_("Entered a site"),
    "token.created": N_("Made a token"),
    "token.revoked": N_("Revoked a token"),
    "user.changed": N_("Changed an account"),
    "user.created": N_("Opened an account"),
    "user.disabled": N_("Closed an account"),
    "user.enabled": N_("Opened an account again"),
    "user.preferred": N_("Changed their preferences"),
    "user.role_set": N_("Changed an account's role"),
    "visit.called_off": N_("Called a visit off"),
    "visit.corrected": N_("Corrected a visit"),
    "visit.planned": N_("Planned a visit"),
    "visit.recorded": N_("Noted a visit"),
    "visit.reported": N_("Noted what came of a visit"),
    "weighin.day_priced": N_("Set the price of a day's slips"),
    "weighin.list_recorded": N_("Recorded a list of slips"),
    "weighin.priced": N_("Set the price of slips"),
    "weighin.recorded": N_("Recorded a slip"),
    "weighin.voided": N_("Voided a slip"),
}

THINGS: dict[str, str] = {
    "area": N_("Area"),
    "book": N_("Book"),
    "booking": N_("Booking"),
    "export": N_("Download"),
    "consignment": N_("Consignment"),
    "breach": N_("Out of bounds"),
    "equipment": N_("Equipment log"),
    "follow_up": N_("Follow-up"),
    "household": N_("Household"),
    "import": N_("Import"),
    "invitation": N_("Invitation"),
    "lot": N_("Lot"),
    "movement": N_("Movement"),
    "note": N_("Note"),
    "organization": N_("Organization"),
    "person": N_("Person"),
    "plot": N_("Plot"),
    "product": N_("Product"),
    "readings": N_("Readings"),
    "relation": N_("Relation"),
    "room": N_("Room"),
    "sensor": N_("Sensor"),
    "site": N_("Site"),
    "token": N_("Token"),
    "user": N_("Account"),
    "visit": N_("Visit"),
    "weighin": N_("Slip"),
}


class Kind(StrEnum):
    """What the value of a fact is, and so how it is told. Those named like a thing are ids, for which the thing's name is told."""

    TEXT = "text"
    BRIEF = "brief"
    COUNT = "count"
    FLAG = "flag"
    DAY = "day"
    WEIGHT = "weight"
    PRICE = "price"
    MONEY = "money"
    MU = "mu"
    DEGREES = "degrees"
    METRES = "metres"
    CODE = "code"
    ROOM_KIND = "room kind"
    ROLE = "role"
    SCOPE = "scope"
    FORM = "forms"
    CULTIVAR = "cultivars"
    GRADE = "grades"
    PRACTICE = "practices"
    CONSENT = "consent_purposes"
    HOUSEHOLD = "household"
    PERSON = "person"
    PLOT = "plot"
    PLACE = "area"
    ORGANIZATION = "organization"
    SITE = "site"
    ROOM = "room"
    LOT = "lot"
    PRODUCT = "product"
    USER = "user"


NAMED = frozenset(
    {
        Kind.HOUSEHOLD, Kind.PERSON, Kind.PLOT, Kind.PLACE, Kind.ORGANIZATION, Kind.SITE, Kind.ROOM, Kind.LOT, Kind.PRODUCT, Kind.USER,
    }
)  # fmt: skip
"""Kinds whose values are ids of things that have names."""

FACTS: dict[str, tuple[str, Kind]] = {
    "active_from": (N_("In use from"), Kind.DAY),
    "active_until": (N_("In use until"), Kind.DAY),
    "address": (N_("Address"), Kind.TEXT),
    "after": (N_("After"), Kind.TEXT),
    "agreed": (N_("Agreed to"), Kind.CONSENT),
    "altitude_m": (N_("Altitude"), Kind.METRES),
    "amount_fen": (N_("Worth"), Kind.MONEY),
    "area_centimu": (N_("Size of the plot"), Kind.MU),
    "band_decidegrees": (N_("Leeway"), Kind.DEGREES),
    "bank_card": (N_("Bank card"), Kind.TEXT),
    "before": (N_("Before"), Kind.TEXT),
    "born_on": (N_("Born"), Kind.DAY),
    "bytes": (N_("Bytes"), Kind.COUNT),
    "calibrated_on": (N_("Calibrated on"), Kind.DAY),
    "capacity_grams": (N_("Capacity"), Kind.WEIGHT),
    "blocks": (N_("Blocks the lot by"), Kind.BRIEF),
    "card": (N_("Card"), Kind.TEXT),
    "cards": (N_("Cards"), Kind.COUNT),
    "certificate": (N_("Certificate"), Kind.TEXT),
    "code": (N_("Code"), Kind.TEXT),
    "contact_name": (N_("Contact"), Kind.TEXT),
    "contact_person_id": (N_("Contact"), Kind.PERSON),
    "contact_phone": (N_("Contact's phone"), Kind.TEXT),
    "choices": (N_("Narrowed to"), Kind.TEXT),
    "cooperative": (N_("Cooperative"), Kind.ORGANIZATION),
    "count": (N_("Rows written"), Kind.COUNT),
    "creates": (N_("New rows"), Kind.COUNT),
    "credit_code": (N_("Credit code"), Kind.TEXT),
    "cultivar": (N_("Cultivar"), Kind.CULTIVAR),
    "day": (N_("Day"), Kind.DAY),
    "days": (N_("Days"), Kind.COUNT),
    "document": (N_("Document"), Kind.TEXT),
    "cause": (N_("Cause"), Kind.CODE),
    "done": (N_("What was done"), Kind.TEXT),
    "dropped": (N_("Photos taken out"), Kind.COUNT),
    "due_on": (N_("Due"), Kind.DAY),
    "elsewhere": (N_("Other sign-ins ended"), Kind.COUNT),
    "ended_on": (N_("Last day"), Kind.DAY),
    "file": (N_("File"), Kind.TEXT),
    "first": (N_("First slip"), Kind.TEXT),
    "form": (N_("Form"), Kind.FORM),
    "forms": (N_("For"), Kind.FORM),
    "format": (N_("File format"), Kind.TEXT),
    "from": (N_("From"), Kind.TEXT),
    "given_by": (N_("Given by"), Kind.PERSON),
    "grade": (N_("Grade"), Kind.GRADE),
    "grams": (N_("Weight"), Kind.WEIGHT),
    "group_number": (N_("Village group"), Kind.TEXT),
    "happened_at": (N_("When"), Kind.TEXT),
    "how": (N_("How"), Kind.CODE),
    "has_smartphone": (N_("Smartphone"), Kind.FLAG),
    "head": (N_("Head"), Kind.TEXT),
    "head_id": (N_("Head"), Kind.PERSON),
    "household": (N_("Household"), Kind.HOUSEHOLD),
    "household_id": (N_("Household"), Kind.HOUSEHOLD),
    "id_number": (N_("ID number"), Kind.TEXT),
    "in_grams": (N_("Went in"), Kind.WEIGHT),
    "invited_by": (N_("Invited by"), Kind.USER),
    "kind": (N_("Kind"), Kind.CODE),
    "label": (N_("What for"), Kind.TEXT),
    "laboratory": (N_("Laboratory"), Kind.TEXT),
    "language": (N_("Language"), Kind.CODE),
    "large_type": (N_("Large type"), Kind.FLAG),
    "last": (N_("Last slip"), Kind.TEXT),
    "left": (N_("The former head left"), Kind.FLAG),
    "loss_grams": (N_("Lost"), Kind.WEIGHT),
    "lots": (N_("Lots"), Kind.LOT),
    "moved": (N_("Moved in the books"), Kind.BRIEF),
    "may_deliver": (N_("May deliver"), Kind.FLAG),
    "may_sign": (N_("May sign"), Kind.FLAG),
    "movement": (N_("Movement"), Kind.BRIEF),
    "name": (N_("Called"), Kind.TEXT),
    "net_grams": (N_("Net"), Kind.WEIGHT),
    "new": (N_("Not known before"), Kind.COUNT),
    "new_card": (N_("New card"), Kind.TEXT),
    "new_lot": (N_("New lot"), Kind.LOT),
    "new_lots": (N_("New lots"), Kind.LOT),
    "note": (N_("Note"), Kind.TEXT),
    "number": (N_("Number"), Kind.CODE),
    "on": (N_("Day"), Kind.DAY),
    "operator": (N_("Run by"), Kind.ORGANIZATION),
    "organization": (N_("Organization"), Kind.ORGANIZATION),
    "organization_id": (N_("Organization"), Kind.ORGANIZATION),
    "pairs": (N_("Pairs to look at"), Kind.COUNT),
    "out_grams": (N_("Came out"), Kind.WEIGHT),
    "outcome": (N_("What came of it"), Kind.TEXT),
    "owner": (N_("Who"), Kind.USER),
    "people": (N_("People or households in it"), Kind.COUNT),
    "person": (N_("Person"), Kind.PERSON),
    "phone": (N_("Phone"), Kind.TEXT),
    "phone_tail": (N_("End of the phone"), Kind.TEXT),
    "photos": (N_("Photos"), Kind.COUNT),
    "planned_on": (N_("Planned for"), Kind.DAY),
    "planted_year": (N_("Planted"), Kind.TEXT),
    "plate": (N_("Number plate"), Kind.TEXT),
    "plots": (N_("Plots"), Kind.COUNT),
    "practice": (N_("Practice"), Kind.PRACTICE),
    "price_fen_per_kg": (N_("Price"), Kind.PRICE),
    "product": (N_("Product"), Kind.PRODUCT),
    "proposed_by": (N_("Proposed by"), Kind.USER),
    "public_benefit": (N_("Public-benefit"), Kind.FLAG),
    "purpose": (N_("Purpose"), Kind.CODE),
    "readings": (N_("Readings"), Kind.COUNT),
    "reason": (N_("Reason"), Kind.TEXT),
    "refused": (N_("Did not agree to"), Kind.CONSENT),
    "relation": (N_("Relation"), Kind.TEXT),
    "reversal": (N_("Reversal"), Kind.BRIEF),
    "role": (N_("Role"), Kind.ROLE),
    "room": (N_("Room"), Kind.ROOM),
    "rows": (N_("Rows"), Kind.COUNT),
    "sample": (N_("Sample"), Kind.BRIEF),
    "scopes": (N_("May do"), Kind.SCOPE),
    "sealed": (N_("Sealed values changed"), Kind.CODE),
    "season": (N_("Season"), Kind.TEXT),
    "sent_grams": (N_("Sent"), Kind.WEIGHT),
    "seed_grams": (N_("Seed"), Kind.WEIGHT),
    "second_step": (N_("Second step"), Kind.CODE),
    "set_point_decidegrees": (N_("Set to"), Kind.DEGREES),
    "sensor": (N_("Sensor"), Kind.TEXT),
    "sex": (N_("Sex"), Kind.CODE),
    "silent_minutes": (N_("Minutes until it counts as silent"), Kind.COUNT),
    "sha256": (N_("Fingerprint of the file"), Kind.BRIEF),
    "sheet": (N_("From a sheet"), Kind.FLAG),
    "sheet_undone": (N_("By undoing a sheet"), Kind.FLAG),
    "short_name": (N_("Short name"), Kind.TEXT),
    "site": (N_("Site"), Kind.SITE),
    "slip_prefix": (N_("Letters of its slips"), Kind.TEXT),
    "slips": (N_("Slips"), Kind.COUNT),
    "slope": (N_("Slope"), Kind.CODE),
    "text": (N_("Text"), Kind.TEXT),
    "started_on": (N_("First day"), Kind.DAY),
    "through": (N_("Through"), Kind.DAY),
    "to": (N_("To"), Kind.TEXT),
    "township_id": (N_("Township"), Kind.PLACE),
    "township_ids": (N_("Townships"), Kind.PLACE),
    "tree_count": (N_("Trees"), Kind.COUNT),
    "unit": (N_("Unit"), Kind.CODE),
    "until": (N_("Last day"), Kind.DAY),
    "updates": (N_("Changed rows"), Kind.COUNT),
    "user": (N_("Who"), Kind.USER),
    "vehicle": (N_("Truck"), Kind.ROOM_KIND),
    "verdict": (N_("Result"), Kind.CODE),
    "village": (N_("Village"), Kind.TEXT),
    "village_id": (N_("Village"), Kind.PLACE),
    "visit": (N_("Visit"), Kind.BRIEF),
    "was": (N_("Before"), Kind.TEXT),
    "waste_grams": (N_("Waste"), Kind.WEIGHT),
    "what": (N_("What"), Kind.TEXT),
    "witness": (N_("Witness"), Kind.TEXT),
    "wrong": (N_("What is wrong"), Kind.CODE),
    "written": (N_("Rows written"), Kind.COUNT),
}

OWN_FACTS: dict[tuple[str, str], tuple[str, Kind]] = {
    ("booking.placed", "from"): (N_("From"), Kind.DAY),
    ("booking.placed", "to"): (N_("To"), Kind.DAY),
    ("head.changed", "reason"): (N_("Why"), Kind.CODE),
    ("household.merged", "household"): (N_("Merged into it"), Kind.HOUSEHOLD),
    ("lot.adjusted", "from"): (N_("By the books"), Kind.WEIGHT),
    ("lot.adjusted", "to"): (N_("Counted"), Kind.WEIGHT),
    ("lot.moved", "from"): (N_("From"), Kind.ROOM),
    ("lot.moved", "to"): (N_("To"), Kind.ROOM),
    ("lot.priced", "from"): (N_("Before"), Kind.PRICE),
    ("lot.priced", "to"): (N_("Price"), Kind.PRICE),
    ("person.reveal_allowed", "purpose"): (N_("What for"), Kind.CODE),
    ("person.revealed", "purpose"): (N_("What for"), Kind.CODE),
    ("relation.entered", "to"): (N_("Organization"), Kind.ORGANIZATION),
    ("room.changed", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("room.entered", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("room.removed", "kind"): (N_("Kind"), Kind.ROOM_KIND),
    ("weighin.day_priced", "after"): (N_("Price"), Kind.PRICE),
    ("weighin.day_priced", "before"): (N_("Before"), Kind.PRICE),
    ("weighin.priced", "after"): (N_("Price"), Kind.PRICE),
    ("weighin.priced", "before"): (N_("Before"), Kind.PRICE),
}
"""Facts that mean something else in one act than in others."""


def act(verb: str) -> str:
    """The words of a verb; the code itself where an older version wrote one that is gone."""
    return ACTS.get(verb, verb)


def thing(subject: str) -> str:
    """The words of a kind of subject."""
    return THINGS.get(subject, subject)


def fact(verb: str, name: str) -> tuple[str, Kind]:
    """The words of what a fact is about, and how its value is told; a fact of an older version is told by its code."""
    return OWN_FACTS.get((verb, name)) or FACTS.get(name, (name, Kind.TEXT))


def code(value: str, kind: Kind = Kind.CODE) -> str:
    """The words of a code; the code itself where an older version wrote one that is gone."""
    if kind is Kind.ROOM_KIND:
        return ROOM_KINDS.get(value, value)
    return CODES.get(value) or LISTS.get(value, value)
