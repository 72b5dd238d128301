"""What erasing somebody does to their account: nobody signs in with it any more, and it no longer tells whose it was."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import CODES, NO_WORDS, Erasing, Hindrance, Wipe

_OWN = "t.user_id IN :users"
_SECRET = "a secret that opens nothing any more"  # noqa: S105  (a reason, no password)

ERASING = Erasing(
    (
        Wipe("accounts_session", theirs=_OWN, removed=True),
        Wipe("accounts_half_session", theirs=_OWN, removed=True),
        Wipe("accounts_sign_in_code", theirs=_OWN, removed=True),
        Wipe("accounts_recovery_code", theirs=_OWN, removed=True),
        Wipe("accounts_second_step", theirs=_OWN, removed=True),
        Wipe("accounts_token", theirs=_OWN, sets={"label": NO_WORDS, "revoked_at": "COALESCE(revoked_at, :now)"},
            stays={"token_hash": _SECRET, "scopes": CODES}),
        Wipe("accounts_invitation", theirs="t.household_id IN :homes AND (t.phone IN :phones OR t.user_id IN :users)",
            home="t.household_id IN :homes", key="invitation",
            sets={"phone": "'erased'", "revoked_at": "CASE WHEN accepted_at IS NULL THEN COALESCE(revoked_at, :now) ELSE revoked_at END"},
            stays={"secret_hash": _SECRET, "role": CODES}),
        Wipe("accounts_approval",
            theirs="t.state <> 'waiting' AND ((t.subject = 'person' AND t.subject_id IN :people_text)"
            " OR (t.subject = 'user' AND t.subject_id IN :users_text))",
            home="t.state <> 'waiting' AND t.subject = 'household' AND t.subject_id IN :homes_text",
            sets={"payload": "'{}'", "reason": "NULL"},
            stays={"what": CODES, "subject": CODES, "subject_id": CODES, "needs": CODES}),
        Wipe("accounts_user", theirs="t.id IN :users", key="user", sets={
            "name": ":erased", "phone": "'erased-' || CAST(t.id AS VARCHAR(12))", "phone_reversed": "''", "password_hash": "'-'",
            "disabled_at": "COALESCE(disabled_at, :now)", "version": "version + 1"}, stays={"role": CODES}),
    ),
    (
        Hindrance(
            N_("Works here with an account of their own: an administrator closes it first."), "/admin/users",
            theirs="SELECT COUNT(*) FROM accounts_user u WHERE u.phone IN :phones AND u.role <> 'grower' AND u.disabled_at IS NULL"),
        Hindrance(
            N_("%(count)s changes wait for a second person."), "/approvals",
            theirs="SELECT COUNT(*) FROM accounts_approval a WHERE a.state = 'waiting' AND a.what <> 'person.erase'"
            " AND a.subject = 'person' AND a.subject_id IN :people_text",
            home="SELECT COUNT(*) FROM accounts_approval a WHERE a.state = 'waiting' AND a.subject = 'household'"
            " AND a.subject_id IN :homes_text"),
    ),
)  # fmt: skip
