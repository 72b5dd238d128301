"""What the trail's codes mean, in words (message ids). `tests/audit/test_words.py` finds every code that has none."""

from pepperchain.core.words import N_

ACTS: dict[str, str] = {
    "areas.loaded": N_("Loaded the areas"),
    "booking.placed": N_("Booked space in a room"),
    "booking.released": N_("Released a booking"),
    "household.changed": N_("Changed a household"),
    "household.ended": N_("Ended a household"),
    "household.entered": N_("Entered a household"),
    "import.approved": N_("Approved an import"),
    "import.committed": N_("Imported a sheet"),
    "import.discarded": N_("Discarded an import"),
    "import.taken_back": N_("Took an import back"),
    "import.undone": N_("Undid an import"),
    "import.uploaded": N_("Uploaded a sheet"),
    "lot.adjusted": N_("Corrected a lot's stock"),
    "lot.issued": N_("Issued from a lot"),
    "lot.moved": N_("Moved a lot"),
    "lot.priced": N_("Set a lot's price"),
    "lot.received": N_("Received a lot"),
    "membership.joined": N_("Joined a household to a cooperative"),
    "membership.left": N_("Ended a membership"),
    "movement.reversed": N_("Took a movement back"),
    "organization.changed": N_("Changed an organization"),
    "organization.ended": N_("Ended an organization"),
    "organization.entered": N_("Entered an organization"),
    "organization.removed": N_("Removed an organization"),
    "password.changed": N_("Changed their password"),
    "password.reset": N_("Gave a new password"),
    "period.closed": N_("Closed the books of a day"),
    "person.changed": N_("Changed a person"),
    "person.entered": N_("Entered a person"),
    "person.left": N_("Noted that a person left"),
    "plot.changed": N_("Changed a plot"),
    "plot.ended": N_("Ended a plot"),
    "plot.entered": N_("Entered a plot"),
    "plot.practised": N_("Noted a plot's practices"),
    "relation.ended": N_("Ended a relation"),
    "relation.entered": N_("Entered a relation"),
    "room.changed": N_("Changed a room"),
    "room.closed": N_("Closed a room"),
    "room.entered": N_("Entered a room"),
    "room.removed": N_("Removed a room"),
    "session.ended": N_("Signed out"),
    "sign_in.done": N_("Signed in"),
    "sign_in.failed": N_("Tried to sign in, in vain"),
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
    "household": N_("Household"),
    "import": N_("Import"),
    "lot": N_("Lot"),
    "movement": N_("Movement"),
    "organization": N_("Organization"),
    "person": N_("Person"),
    "plot": N_("Plot"),
    "product": N_("Product"),
    "relation": N_("Relation"),
    "room": N_("Room"),
    "site": N_("Site"),
    "token": N_("Token"),
    "user": N_("Account"),
    "weighin": N_("Slip"),
}


def act(verb: str) -> str:
    """The words of a verb; the code itself where an older version wrote one that is gone."""
    return ACTS.get(verb, verb)


def thing(subject: str) -> str:
    """The words of a kind of subject."""
    return THINGS.get(subject, subject)
