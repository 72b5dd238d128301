"""What this room keeps of people who sign in."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import INNER, WHERE_SEEN, OwnData, OwnTable, Telling, Told

_SECRET = "a secret, kept as something that cannot be turned back"  # noqa: S105  (a reason, no password)
_OWN = "t.user_id = :user AND :user > 0"

OWN = OwnData(
    N_("Account"),
    (
        OwnTable(
            "accounts_user", N_("Account"), "t.id = :user AND :user > 0",
            (
                Told("phone", N_("Mobile number")), Told("name", N_("Name")), Told("role", N_("Role"), Telling.CODE),
                Told("language", N_("Language"), Telling.CODE), Told("unit", N_("Weights in"), Telling.CODE),
                Told("large_type", N_("Large type"), Telling.FLAG), Told("created_at", N_("Opened"), Telling.MOMENT),
                Told("password_changed_at", N_("Password changed"), Telling.MOMENT), Told("disabled_at", N_("Closed"), Telling.MOMENT),
            ),
            {
                "id": INNER, "request_id": INNER, "version": INNER, "phone_reversed": "the phone again, for searching",
                "organization_id": WHERE_SEEN, "household_id": WHERE_SEEN, "password_hash": _SECRET, "password_one_time": _SECRET,
                "password_request_id": INNER,
            },
        ),
        OwnTable(
            "accounts_session", N_("Where signed in"), _OWN,
            (
                Told("created_at", N_("Since"), Telling.MOMENT), Told("seen_at", N_("Seen last"), Telling.MOMENT),
                Told("expires_at", N_("Until"), Telling.MOMENT), Told("address", N_("From where")), Told("agent", N_("Browser")),
            ),
            {"id": INNER, "token_hash": _SECRET, "user_id": INNER},
        ),
        OwnTable(
            "accounts_token", N_("Tokens for programs"), _OWN,
            (
                Told("created_at", N_("Since"), Telling.MOMENT), Told("label", N_("What for")),
                Told("expires_at", N_("Until"), Telling.MOMENT), Told("revoked_at", N_("Revoked"), Telling.MOMENT),
                Told("seen_at", N_("Seen last"), Telling.MOMENT),
            ),
            {"id": INNER, "request_id": INNER, "token_hash": _SECRET, "user_id": INNER, "scopes": "what the program may do"},
        ),
        OwnTable(
            "accounts_second_step", N_("Second step"), _OWN,
            (
                Told("begun_at", N_("Begun"), Telling.MOMENT), Told("confirmed_at", N_("On since"), Telling.MOMENT),
            ),
            {"user_id": INNER, "secret_sealed": _SECRET, "last_step": _SECRET, "codes_request_id": _SECRET},
        ),
        OwnTable(
            "accounts_invitation", N_("Invitations"), "t.household_id = :household OR (t.user_id = :user AND :user > 0)",
            (
                Told("created_at", N_("Since"), Telling.MOMENT), Told("phone", N_("Mobile number")),
                Told("role", N_("Role"), Telling.CODE), Told("expires_at", N_("Until"), Telling.MOMENT),
                Told("accepted_at", N_("Taken up"), Telling.MOMENT), Told("revoked_at", N_("Revoked"), Telling.MOMENT),
            ),
            {
                "id": INNER, "request_id": INNER, "secret_hash": _SECRET, "inviter_id": INNER, "cooperative_id": WHERE_SEEN,
                "organization_id": WHERE_SEEN, "household_id": WHERE_SEEN, "user_id": INNER,
            },
            organization="cooperative_id",
        ),
    ),
    {
        "accounts_approval": "what two people of the staff decided; what it did to somebody stands in the trail",
        "accounts_attempt": "counts of minutes, under keyed hashes",
        "accounts_half_session": "gone within minutes",
        "accounts_recovery_code": "secrets, kept as keyed hashes",
        "accounts_sign_in_code": "gone within minutes",
        "accounts_user_township": "areas of technicians",
        "accounts_invitation_township": "areas of technicians",
    },
)  # fmt: skip
