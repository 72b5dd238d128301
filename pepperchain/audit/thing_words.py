"""What the things that the trail tells of are called."""

from pepperchain.core.words import N_

THINGS: dict[str, str] = {
    "area": N_("Area"),
    "book": N_("Book"),
    "booking": N_("Booking"),
    "wait": N_("Place in the line for space"),
    "breach": N_("Out of bounds"),
    "export": N_("Download"),
    "consignment": N_("Consignment"),
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
