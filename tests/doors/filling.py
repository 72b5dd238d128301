"""Forms as people send them: what the page put into them, and in what it left open something that fits."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from pepperchain.core import clock, db
from tests.doors.crawling import Field, Form, Found
from tests.doors.plan import Way, way_of

TYPED: Mapping[str, str] = {
    "address": "Behind the mill", "agent": "x", "amount": "10", "area": "3.5", "bags": "2", "bank_card": "", "capacity": "5000",
    "code": "123456", "contact_name": "Lin", "contact_phone": "13900007777", "credit_code": "", "cultivar": "", "days": "30",
    "deduction": "0", "due_on": "", "email": "", "gross": "52.5", "group_number": "3", "grams": "1", "id_number": "", "label": "Scale",
    "last_day": "", "max_price": "", "moisture": "", "name": "林小泉", "name_en": "Lin", "next_step": "", "note": "By the brook",
    "number": "", "outcome": "They agreed.", "phone": "13900008888", "pinyin": "", "planted_year": "2019", "price": "8.8",
    "purpose": "", "q": "", "reason": "It was weighed twice.", "set_point": "-18", "band": "2", "short_name": "Short", "slip_prefix": "ZZ",
    "tare": "1.5", "text": "Called, all is well.", "tree_count": "40", "weight": "12.5", "what": "Bring the seedlings", "witness": "Lin",
    "words": "For the June money", "other": "重庆拾椒语香料有限公司", "grower": "", "0-grower": "罗大山",
    "per_day": "0.05", "part": "0.5", "tolerance": "0.5", "0-gross": "20", "counted": "12.5", "degrees": "3.5", "humidity": "60",
    "out": "0.4", "kwh": "99999.9", "called": "0.1", "laboratory": "The district's",
}  # fmt: skip
"""What is typed into a field of that name."""

IN_PLACE: Mapping[str, Mapping[str, str]] = {
    "proxies": {"person_id": "", "other": "00000067"},
    "numbers": {"bank_card": "6200000000000000034", "witness": "Lin"},
    "mergers": {"with_lots": "on", "with_receipts": "on"},
    "pledges": {"due_on": "2090-01-01", "loan": "1"},
    "tests": {"moisture_permille": "9.5"},
    "schemes": {"code": "by-the-brook", "floor": "day_price"},
    "revisions": {"floor": "day_price"},
    "terms": {"floor": "day_price"},
    "household": {"household": "00000067"},
}
"""What is typed into the fields of a form that is sent to an address with this end."""

ELSEWHERE: Mapping[str, str] = {
    "POST /login": "tests/accounts/test_signing_in.py",
    "POST /login/code": "tests/accounts/test_sign_in_codes.py",
    "POST /login/second-step": "tests/accounts/test_second_steps.py",
    "POST /logout": "tests/accounts/test_sessions.py",
    "POST /me/password": "tests/accounts/test_passwords.py",
    "POST /me/second-step/confirmation": "tests/accounts/test_second_steps.py",
    "POST /me/second-step/recovery-codes": "tests/accounts/test_second_steps.py",
    "POST /me/second-step/removal": "tests/accounts/test_second_steps.py",
    "POST /admin/users": "tests/accounts/test_users.py",
    "POST /admin/users/{user_id:int}/password": "tests/accounts/test_passwords.py",
    "POST /admin/users/{user_id:int}/second-step/removal": "tests/accounts/test_second_steps.py",
    "POST /approvals/{approval_id:int}/approval": "tests/accounts/test_approvals.py",
    "POST /invitations/{secret}": "tests/accounts/test_invitation_pages.py",
    "POST /imports/new/{kind}": "tests/imports/test_batches.py",
    "POST /imports/{id:uuid}/approval": "tests/imports/test_committing.py",
    "POST /imports/{id:uuid}/reversal": "tests/imports/test_undoing.py",
    "POST /consents/erasures/{erasure_id:int}/proposal": "tests/consents/test_erasure_pages.py",
    "POST /consents/erasures/{erasure_id:int}/particulars": "tests/consents/test_erasure_pages.py",
    "POST /segments": "tests/segments/test_pages.py",
    "POST /segments/{segment_id:int}/conditions": "tests/segments/test_pages.py",
    "POST /segments/{segment_id:int}/counts": "tests/segments/test_pages.py",
    "POST /storage/bookings/{id:uuid}/particulars": "tests/storage/test_waiting_pages.py",
    "POST /storage/stocktakes/{id:int}/counts": "tests/stocktakes/test_pages.py",
    "POST /storage/stocktakes/{id:int}/submission": "tests/stocktakes/test_pages.py",
    "POST /storage/stocktakes/{id:int}/return": "tests/stocktakes/test_pages.py",
    "POST /storage/stocktakes/{id:int}/agreement": "tests/stocktakes/test_pages.py",
    "POST /storage/stocktakes/{id:int}/signature": "tests/stocktakes/test_pages.py",
    "POST /storage/reconciliations/{id:int}/acknowledgement": "tests/stocktakes/test_check_pages.py",
    "POST /bank/receipts/{receipt_id:int}/endorsements": "tests/bank/test_pages.py",
    "POST /bank/receipts/{receipt_id:int}/reissues": "tests/bank/test_pages.py",
    "POST /bank/deposits": "tests/bank/test_pages.py",
    "POST /bank/deposits/list": "tests/bank/test_pages.py",
    "POST /bank/sales": "tests/bank/test_pages.py",
    "POST /bank/payouts/{id:uuid}/payment": "tests/bank/test_pages.py",
    "POST /storage/losses/{movement_id:uuid}/closing": "tests/storage/test_loss_pages.py",
    "POST /storage/reconciliations/{id:int}/closing": "tests/stocktakes/test_check_pages.py",
}
"""What no page offers to be sent as it stands: passwords, codes, files, second people, a step whose turn
has not come. The tests that do it."""

BY_KIND: Mapping[str, str] = {
    "number": "3",
    "tel": "13900008888",
    "text": "Text",
    "textarea": "Some words.",
    "search": "",
}


def sent(form: Form) -> dict[str, str]:
    """The fields of a form, filled in; a button of several is the first."""
    today = clock.local_day(clock.now())
    place = IN_PLACE.get(urlsplit(form.action).path.rpartition("/")[2], {})
    data: dict[str, str] = {}
    for each in form.fields:
        if each.kind == "button" and any(
            other.kind == "button" and other.name in data for other in form.fields
        ):
            continue
        if each.kind.startswith("radio") and each.name in place:
            data[each.name] = place[each.name]
            continue
        if each.kind.endswith(" off"):
            if (
                (each.kind.startswith("radio") and each.name not in data and not _is_chosen(form, each.name))
                or each.is_required
                or each.name in place
            ):
                data[each.name] = each.value
            continue
        value = each.value
        if each.name in place:
            value = place[each.name]
        elif (not value or each.name in OTHERS) and each.kind == "select":
            value = next((choice for choice in each.choices if choice and choice != value), "")
        elif not value and each.kind == "date":
            value = (today + timedelta(days=1 if each.name in LATER_DAYS else 0)).isoformat()
        elif not value and each.kind not in ("hidden", "password", "button"):
            value = TYPED.get(each.name, BY_KIND.get(each.kind, "") if each.is_required else "")
        data[each.name] = value
    return data


OTHERS = frozenset({"owner_id", "owner"})
"""What is changed only by choosing another."""

LATER_DAYS = frozenset({"due_on", "planned_on", "to", "to_on", "next_on"})


def _is_chosen(form: Form, name: str) -> bool:
    return any(other.name == name and other.kind in ("radio", "checkbox") for other in form.fields)


def forms_of(found: list[Found]) -> dict[Way, list[Form]]:
    """The forms that change something, by the route that they are sent to."""
    forms: dict[Way, list[Form]] = {}
    for page in found:
        for form in page.page.forms if page.page is not None else ():
            way = way_of("POST", urlsplit(form.action).path) if form.method == "POST" else None
            if way is not None:
                forms.setdefault(way, []).append(form)
    return forms


def text_fields(form: Form) -> list[Field]:
    """Those that a person types into."""
    return [each for each in form.fields if each.kind in ("text", "search", "textarea", "tel")]


async def trail_rows() -> int:
    """How many acts the trail holds."""
    return int(await db.scalar("SELECT COUNT(*) FROM audit_entry"))
