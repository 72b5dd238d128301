"""What the lists are called that people take out as files, by their codes (message ids)."""

from pepperchain.core.words import N_

LISTS: dict[str, str] = {
    "approvals": N_("Approvals"),
    "bank_payment": N_("Payment list"),
    "bank_pledges": N_("Pledges"),
    "bank_results": N_("Results of schemes"),
    "bank_receipts": N_("Warehouse receipts of the bank"),
    "bookings": N_("Bookings of a room"),
    "cards": N_("Cards"),
    "climate_season": N_("The season in the cold"),
    "days": N_("Totals by day"),
    "duplicates": N_("Households entered twice"),
    "followups": N_("Follow-ups"),
    "heaps": N_("Waiting to be put away"),
    "imports": N_("Imports"),
    "invitations": N_("Open invitations"),
    "lots": N_("Lots"),
    "memberships": N_("Memberships"),
    "movements": N_("Movements of a room"),
    "offers": N_("Offers"),
    "opening": N_("Opening stock"),
    "people": N_("People"),
    "plots": N_("Plots"),
    "plotyields": N_("Yields by plot"),
    "sites": N_("Sites"),
    "storageweeks": N_("Storage by week"),
    "trail": N_("Who did what"),
    "users": N_("Users"),
    "visits": N_("Visits of a week"),
    "yields": N_("Yields"),
}
