"""D11: forty pieces of script in every text column and in every field that is typed into: each page shows them as letters."""

from collections.abc import Iterator, Sequence
from functools import partial
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from tests.doors import canaries
from tests.doors.crawling import Form, crawl
from tests.doors.filling import ELSEWHERE, forms_of, sent, text_fields
from tests.doors.plan import ROLES, way_of
from tests.doors.visitors import Visitors, without_trace
from tests.harness import cast
from tests.harness.clients import SignIn

A = 1
PAYLOADS = (
    "<script>鸲</script>", "<script src=//鸲>", '"><script>鸲</script>', "'><script>鸲</script>", "</title><script>鸲</script>",
    "</textarea><script>鸲", "</option><script>鸲", "<img src=鸲 onerror=x>", '"><img src=x onerror=鸲>', "<svg onload=鸲>",
    '"><svg/onload=鸲>', "<x-鸲>", '"><x-鸲>', "'><x-鸲>", '" onfocus=鸲 x="', "' onfocus=鸲 x='", '" autofocus onfocus="鸲',
    "x onclick=鸲 ",
    "<iframe src=鸲>", "<object data=鸲>", "<embed src=鸲>", "<base href=//鸲>", "<meta http-equiv=refresh content=鸲>",
    "<form action=//鸲>",
    "<link rel=stylesheet href=鸲>", "<style>鸲</style>", "<math><x-鸲>", "<details open ontoggle=鸲>", "<body onload=鸲>",
    "<input onfocus=鸲 autofocus>",
    "javascript:鸲", "JaVaScRiPt:鸲//", "data:text/html,鸲", "vbscript:鸲", "--><script>鸲</script>", "]]><script>鸲</script>",
    "{{鸲}}<x-鸲>",
    "<ScRiPt >鸲</ScRiPt>", "<a href=javascript:鸲>", "<video onerror=鸲><source>",
)  # fmt: skip
BIRD = canaries.BIRD
ALLOWED_SCRIPTS = "/static/"
LEADING = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "xlink:href", "hx-get", "hx-post"}
)
STRANGE = frozenset({"iframe", "object", "embed", "base", "math", "style"})
SCHEMES = ("javascript:", "vbscript:", "data:text")
OURS = frozenset({
    "accounts_user.phone", "accounts_user.role", "accounts_invitation.role", "accounts_session.token_hash", "directory_duplicate.evidence",
    "directory_merge.moved", "directory_merge.decided", "accounts_approval.needs", "storage_test.limits", "visits_photo.token",
    "consents_consent.photo_token", "directory_proxy.photo_token",
})  # fmt: skip
"""Columns that our code alone writes, in words of its own, and what people sign in by."""

READERS = (cast.ADMIN, cast.LEADER_A, cast.GROWER_A, cast.STOREKEEPER, cast.BUYER_P, cast.COMMITTEE)


class Danger(HTMLParser):
    """What of a page would run, or was put into its markup by somebody's words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in STRANGE or BIRD in tag:
            self.found.append(f"<{tag}>")
        if tag == "script" and not said.get("src", "").startswith(ALLOWED_SCRIPTS):
            self.found.append(f"<script {said}>")
        if tag in ("link", "form") and "//" in "".join(said.get(name, "") for name in ("href", "action")):
            self.found.append(f"<{tag} {said}>")
        if tag in ("meta", "link") and any(BIRD in value for value in said.values()):
            self.found.append(f"<{tag} {said}>")
        for name, value in said.items():
            if name.startswith("on") or BIRD in name:
                self.found.append(f"{name}={value}")
            if name in LEADING and "".join(value.split()).lower().startswith(SCHEMES):
                self.found.append(f"{name}={value}")

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_each_piece_would_be_found_where_it_could_do_harm(payload: str) -> None:
    places = ("<p>{}</p>", '<p title="{}">', "<p title='{}'>", "<p title={}>", '<a href="{}">x</a>')
    assert any(Danger(place.format(payload)).found for place in places)


def _songs() -> Iterator[str]:
    while True:
        yield from PAYLOADS


@pytest.fixture
async def infested(house: Visitors) -> int:
    """In how many columns of the first cooperative the pieces stand, in each a next one that it has room for."""
    planted, _ = await canaries.plant(A, songs=_songs(), besides=OURS)
    assert len(planted) > 60
    return len(planted)


@pytest.mark.parametrize("phone", READERS)
async def test_whatever_stands_in_the_tables_is_shown_as_letters(
    house: Visitors, infested: int, phone: str
) -> None:
    found = await crawl(await house.browser(phone), ROLES[phone])
    fallen = [each.address for each in found if each.status >= 500]
    assert len(fallen) * 20 < len(found), f"say in OURS which codes stand in their tables: {fallen}"
    dangerous = [(each.address, Danger(each.text).found) for each in found if "text/html" in each.text[:2000]]
    assert len(dangerous) > 10
    assert [each for each in dangerous if each[1]] == []
    shown = sum(BIRD in each.text for each in found)
    assert shown > 5 or phone == cast.BUYER_P


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.LEADER_A, cast.GROWER_A])
async def test_whatever_is_typed_comes_back_as_letters(house: Visitors, phone: str) -> None:
    """Every form with a piece of script in each field that is typed into: refused or taken, the page that follows is harmless."""
    browser, songs, tried = await house.browser(phone), _songs(), 0
    wrong = []
    for way, forms in forms_of(await crawl(browser, ROLES[phone], each_max=2, fragments=False)).items():
        if str(way) in ELSEWHERE:
            continue
        typed = forms[0]
        data = sent(typed) | {each.name: next(songs) for each in text_fields(typed)}
        status, texts = await without_trace(partial(_answered, browser, typed, data))
        tried += 1
        if status >= 500:
            wrong.append((str(way), [str(status)]))
        wrong += [(str(way), danger) for text in texts if (danger := Danger(text).found)]
    assert wrong == []
    assert tried > 5


@pytest.mark.parametrize("phone", [cast.ADMIN, cast.LEADER_A])
async def test_whatever_an_address_asks_for_comes_back_as_letters(house: Visitors, phone: str) -> None:
    """Each choice that a link or a search of a page makes, with a piece of script in its place and the others as they are."""
    browser, songs = await house.browser(phone), _songs()
    asked = set[str]()
    for each in await crawl(browser, ROLES[phone], each_max=1, fragments=False):
        page = each.page
        links = [] if page is None else [urlsplit(link) for link in page.links]
        searches = [] if page is None else [form for form in page.forms if form.method == "GET"]
        addresses = [(link.path, parse_qsl(link.query)) for link in links]
        addresses += [
            (urlsplit(form.action).path, [(field.name, field.value) for field in form.fields])
            for form in searches
        ]
        for path, pairs in addresses:
            for chosen, _ in pairs:
                query = [(name, next(songs) if name == chosen else value) for name, value in pairs]
                key = f"{path} {chosen} {sorted({name for name, _ in pairs})}"
                if key in asked or way_of("GET", path) is None or path == "/logout":
                    continue
                asked.add(key)
                answer = await browser.get(f"{path}?{urlencode(query)}")
                assert answer.status_code < 500, answer.url
                is_page = "text/html" in answer.headers.get("content-type", "")
                assert not is_page or Danger(answer.text).found == [], answer.url
    assert len(asked) > 20


async def test_a_kind_of_subject_that_is_none_is_shown_as_letters(client: SignIn) -> None:
    browser = await client(cast.ADMIN)
    answer = await browser.get("/admin/audit", params={"subject": "<img src=x onerror=x>", "subject_id": "1"})
    assert "<img src=x" not in answer.text


async def _answered(browser: httpx2.AsyncClient, form: Form, data: dict[str, str]) -> tuple[int, list[str]]:
    """What came back, and the pages that show it then."""
    answer = await browser.post(form.action, data=data)
    texts = [answer.text]
    if answer.status_code == 303:
        texts += [
            (await browser.get(address)).text for address in sorted({answer.headers["location"], form.page})
        ]
    return answer.status_code, [text for text in texts if text.lstrip().startswith("<")]
