"""Forms: text becomes values, and every field that cannot is told at once in our own words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu, Fen, Grams
from pepperchain.web import fields
from pepperchain.web.forms import Form, read, refusals_to
from pepperchain.web.render import render
from pepperchain.web.routing import PUBLIC, route
from tests.web.app import HTMX, OURS, application, client


class Grade(StrEnum):
    ONE = "1"
    TWO = "2"


class Everything(Form):
    id: fields.EventId | None = None
    gross: fields.Weight | None = None
    tare: fields.Kilograms | None = None
    bag: fields.Jin | None = None
    price: fields.YuanPerKg | None = None
    area: fields.Mu | None = None
    phone: fields.Phone | None = None
    line: fields.Telephone | None = None
    at: fields.Moment | None = None
    on: fields.Day | None = None
    grade: Grade | None = None
    name: fields.OptionalText = None
    note: fields.OptionalLongText = None
    bags: fields.Whole | None = None
    household: fields.RegistryId | None = None
    grams: fields.WholeGrams | None = None
    degrees: fields.scaled(2, -4000, 6000) | None = None  # type: ignore[valid-type]
    kind: fields.one_of(lambda: {"fresh", "dry"}) | None = None  # type: ignore[valid-type]
    keep: fields.Flag = False
    tags: tuple[Grade, ...] = ()


class Needed(Form):
    gross: fields.Kilograms
    picked_at: fields.Moment
    name: fields.Text


def filled(**sent):
    return read(Everything, sent)


def told(form=Everything, /, **sent):
    """Field and message of every refusal."""
    with pytest.raises(Invalid) as caught:
        read(form, sent)
    return {error.field: error.message for error in caught.value.errors}


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("tare", "52.30", Grams(52_300)),
        ("tare", "５２．３", Grams(52_300)),
        ("gross", "52.3公斤", Grams(52_300)),
        ("gross", "104.6 斤", Grams(52_300)),
        ("gross", "52.3 KG", Grams(52_300)),
        ("bag", "1", Grams(500)),
        ("price", "12.50", Fen(1_250)),
        ("area", "3.2", Centimu(320)),
        ("phone", "199 0000 0004", "19900000004"),
        ("phone", "+86-199-0000-0004", "19900000004"),
        ("phone", "１９９０００００００４", "19900000004"),
        ("line", "023-47521234", "02347521234"),
        ("line", "(023) 4752 1234", "02347521234"),
        ("at", "2026-06-10T18:42", datetime(2026, 6, 10, 10, 42, tzinfo=UTC)),
        ("at", "2026-06-10 18:42:30", datetime(2026, 6, 10, 10, 42, 30, tzinfo=UTC)),
        ("at", "2026年6月10日 8:05", datetime(2026, 6, 10, 0, 5, tzinfo=UTC)),
        ("at", "2026-06-10T18:42:00Z", datetime(2026, 6, 10, 18, 42, tzinfo=UTC)),
        ("at", "2026-06-10T18:42+08:00", datetime(2026, 6, 10, 10, 42, tzinfo=UTC)),
        ("on", "2026-06-10", date(2026, 6, 10)),
        ("on", "2026/6/10", date(2026, 6, 10)),
        ("on", "2026年6月10日", date(2026, 6, 10)),
        ("grade", "2", Grade.TWO),
        ("name", "  张  三 ", "张 三"),
        ("bags", "１２", 12),
        ("bags", 12, 12),
        ("household", "9223372036854775807", 2**63 - 1),
        ("grams", 52_300, Grams(52_300)),
        ("degrees", "-18.5", -1850),
        ("degrees", Decimal("4"), 400),
        ("kind", "dry", "dry"),
        ("keep", "on", True),
        ("keep", "", False),
        ("tare", "", None),
        ("tare", "   ", None),
        ("tags", ["1", "2"], (Grade.ONE, Grade.TWO)),
        ("tags", "1", (Grade.ONE,)),
    ],
)
def test_what_people_type_becomes_a_value(field, typed, value):
    result = getattr(filled(**{field: typed}), field)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("tare", "1e3", "Write a number, for example 52.30."),
        ("tare", "NaN", "Write a number, for example 52.30."),
        ("tare", "-1", "This cannot be less than zero."),
        ("tare", "1.0001", "Weights are kept in whole grams: at most three decimals for kilograms."),
        ("tare", "99999999999999", "This number is too large."),
        ("tare", ["1"], "This is not written as expected."),
        ("tare", True, "This is not written as expected."),
        ("phone", "12345678901", "A mobile number has 11 digits and begins with 1."),
        ("line", "12", "Write a mobile number, or a fixed line with its area code."),
        ("at", "2026-06-10", "Write a day, for example 2026-06-10."),
        ("at", "2026-06-10T25:00", "There is no such time of day."),
        ("at", "2026-06-10Tnoon", "Write a day and a time, for example 2026-06-10 18:42."),
        ("on", "2026-02-30", "There is no such day."),
        ("on", "0001-01-01", "There is no such day."),
        ("on", "tomorrow", "Write a day, for example 2026-06-10."),
        ("grade", "9", "Choose one of the list."),
        ("kind", "wet", "Choose one of the list."),
        ("name", "a" * 201, "Too long: at most %(limit)s characters."),
        ("note", "a" * 4_001, "Too long: at most %(limit)s characters."),
        ("name", "a\x00b", "This contains characters that cannot be kept. Type it again by hand."),
        ("name", "a\ud800", "This contains characters that cannot be kept. Type it again by hand."),
        ("bags", "1.5", "Write a whole number."),
        ("bags", "-1", "This must be at least %(limit)s."),
        ("bags", str(10**10), "This must be at most %(limit)s."),
        ("household", "9223372036854775808", "This must be at most %(limit)s."),
        ("household", "0", "This must be at least %(limit)s."),
        ("id", "not-a-uuid", "This form is damaged. Open it again."),
        ("degrees", "61", "This must be between %(low)s and %(high)s."),
        ("degrees", "1.234", "At most %(places)s decimals."),
        ("keep", "perhaps", "Answer yes or no."),
    ],
)
def test_what_cannot_be_taken_is_told_in_our_words(field, typed, message):
    assert told(**{field: typed}) == {field: message}


def test_every_wrong_field_is_told_at_once():
    assert told(Needed, gross="x", picked_at="", name="\x00") == {
        "gross": "Write a number, for example 52.30.",
        "picked_at": "Please fill this in.",
        "name": "This contains characters that cannot be kept. Type it again by hand.",
    }


def test_what_the_form_does_not_name_is_never_taken():
    form = read(Everything, {"tare": "1", "role": "admin", "__class__": "x", "model_config": "y"})
    assert "role" not in form.values()
    assert not hasattr(form, "role")


def test_of_a_repeated_name_the_last_counts_and_lists_take_all():
    form = read(
        Everything, FormData([("tare", "1"), ("tare", "2"), ("tags", "1"), ("tags", ""), ("tags", "2")])
    )
    assert form.tare == 2_000
    assert form.tags == (Grade.ONE, Grade.TWO)
    assert read(Everything, QueryParams("tare=1&tare=3")).tare == 3_000


def test_a_weight_is_read_in_the_unit_its_form_was_shown_in():
    assert read(Everything, {"gross": "104.6", "gross_unit": "jin"}).gross == 52_300
    assert read(Everything, {"gross": "52.3", "gross_unit": "kg"}).gross == 52_300
    assert told(gross="52.3", gross_unit="stone") == {"gross": "Write a number, for example 52.30."}


def test_a_file_where_text_belongs_is_refused():
    upload = UploadFile(file=None, filename="x.txt")  # type: ignore[arg-type]
    assert told(name=upload) == {"name": "This is not written as expected."}


def test_values_that_are_already_right_pass():
    id_ = new_id()
    form = filled(id=id_, tare=Grams(5), price=Fen(6), area=Centimu(7), on=date(2026, 6, 10))
    assert (form.id, form.tare, form.price, form.area, form.on) == (id_, 5, 6, 7, date(2026, 6, 10))
    assert form.values()["tare"] == Grams(5)
    assert isinstance(form.id, UUID)


def test_a_form_never_changes():
    with pytest.raises(ValueError, match="frozen"):
        filled(tare="1").tare = Grams(2)


@given(st.dictionaries(st.sampled_from(list(Everything.model_fields)), st.text(max_size=40)))
def test_any_text_gives_a_form_or_an_invalid(sent):
    try:
        read(Everything, sent)
        wrong: tuple[Refused, ...] = ()
    except Invalid as invalid:
        wrong = invalid.errors
    assert all(error.field in Everything.model_fields for error in wrong)


class Gross(Form):
    gross: fields.Weight
    note: fields.OptionalText = None


async def new(request: Request) -> Response:
    return render(request, "t/form.html", {}, block="form")


@refusals_to(new)
async def create(request: Request) -> Response:
    form = read(Gross, await request.form())
    if form.gross > 100_000:
        raise Refused("This must be at most %(limit)s.", "gross", limit=Grams(100_000))
    if form.note == "late":
        raise Conflict("Someone was quicker than you.")
    return PlainTextResponse("saved")


@pytest.fixture
def browser():
    return client(
        application([route("/new", new, may=PUBLIC), route("/new", create, may=PUBLIC, methods=["POST"])]),
        **OURS,
    )


async def test_a_fresh_form_shows_no_mistake(browser):
    page = (await browser.get("/new")).text
    assert "aria-invalid" not in page
    assert page.count("checked") == 2


async def test_a_refused_form_comes_back_with_what_was_typed_and_the_words_beside_the_field(browser):
    answer = await browser.post("/new", data={"gross": "150", "note": "<i>", "grade": "b"})
    assert answer.status_code == 422
    assert 'value="150"' in answer.text
    assert 'value="&lt;i&gt;"' in answer.text
    assert 'id="e-gross"' in answer.text
    assert "不能大于 100.00\u00a0公斤。" in answer.text
    assert 'value="b" checked' in answer.text
    assert 'name="keep" value="on">' in answer.text  # it was sent without the tick


async def test_htmx_gets_the_form_block_again(browser):
    answer = await browser.post("/new", data={"gross": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.text.startswith('<form id="form"')
    assert "请填写这一项。" in answer.text


async def test_a_conflict_comes_back_as_409(browser):
    answer = await browser.post("/new", data={"gross": "1", "note": "late"})
    assert answer.status_code == 409
    assert "有人抢先了一步。" in answer.text


async def test_a_form_that_fits_is_taken(browser):
    assert (await browser.post("/new", data={"gross": "50.2"})).text == "saved"
