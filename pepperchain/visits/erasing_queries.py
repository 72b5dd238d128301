"""What erasing somebody does to visits: that there was one stays, what was said does not."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import CODES, NO_WORDS, STAFF, Erasing, Hindrance, Wipe

_THEIR_VISITS = "t.visit_id IN (SELECT v.id FROM visits_visit v WHERE v.person_id IN :people)"
_HOME = "t.household_id IN :homes"

ERASING = Erasing(
    (
        Wipe("visits_photo", theirs=_THEIR_VISITS,
            home="t.visit_id IN (SELECT v.id FROM visits_visit v WHERE v.household_id IN :homes)", removed=True,
            files=("token", "photos")),
        Wipe("visits_follow_up", theirs=_THEIR_VISITS, home=_HOME, key="follow_up", sets={"what": NO_WORDS},
            stays={"owner_name": STAFF, "done_name": STAFF}),
        Wipe("visits_note", theirs="t.person_id IN :people", home=_HOME, key="note",
            sets={"text": NO_WORDS, "withdrawn_at": "COALESCE(withdrawn_at, :now)"}, stays={"user_name": STAFF}),
        Wipe("visits_visit", theirs="t.person_id IN :people", home=_HOME, key="visit", sets={
            "outcome": "NULL", "reason": "NULL",
            "called_off_at": "CASE WHEN happened_at IS NULL THEN COALESCE(called_off_at, :now) END"},
            stays={"user_name": STAFF, "purpose": CODES}),
    ),
    (
        Hindrance(
            N_("%(count)s follow-ups are open: do them, or note that they are done."), "/growers/{household}",
            theirs="SELECT COUNT(*) FROM visits_follow_up f JOIN visits_visit v ON v.id = f.visit_id"
            " WHERE v.person_id IN :people AND f.done_at IS NULL",
            home="SELECT COUNT(*) FROM visits_follow_up f WHERE f.household_id IN :homes AND f.done_at IS NULL"),
    ),
)  # fmt: skip
