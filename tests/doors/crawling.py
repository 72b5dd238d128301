"""All that somebody can reach: from every page that has no places in its address, along whatever is linked, drawn or asked for."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile, is_zipfile

import httpx2

from pepperchain.access.policy import Role
from tests.doors.plan import way_of, ways
from tests.doors.visitors import FRAGMENT

EACH_MAX = 3
"""Addresses of one route that are followed; the tenth slip is drawn like the first."""

NOT_FOLLOWED = ("/login", "/logout", "/static/", "/metrics", "/healthz", "/readyz")
_LEADING = ("href", "src", "hx-get", "data-src")
_FRESH = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids of forms
    r"|<time.*?</time>|\d\d:\d\d|\d+\s*(?:天|小时|分钟|分|秒)|width=\"[\d.]+\""  # clocks, and bars that run with them
    r"|^content-length.*$",
    re.DOTALL | re.MULTILINE,
)


@dataclass
class Form:
    """A form of a page: where it goes and what a browser would send if nothing was typed."""

    method: str
    action: str
    page: str
    fields: list["Field"] = field(default_factory=list)
    has_file: bool = False


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for."""

    name: str
    kind: str
    value: str
    is_required: bool = False
    choices: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What leads on from a page, and its forms."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: tuple[dict[str, str], list[tuple[str, bool]]] | None = None
        self._area: tuple[dict[str, str], list[str]] | None = None
        self._by_id: dict[str, Form] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.links += [urljoin(self.address, said[name]) for name in _LEADING if said.get(name)]
        if tag == "form":
            action = urljoin(self.address, said.get("action") or self.address)
            self._form = Form(said.get("method", "get").upper(), action, self.address)
            self.forms.append(self._form)
            if "id" in said:
                self._by_id[said["id"]] = self._form
        elif tag == "input":
            self._add(
                said,
                said.get("type", "text"),
                said.get("value", "on" if said.get("type") == "checkbox" else ""),
            )
        elif tag == "button" and said.get("name"):
            self._add(said, "button", said.get("value", ""))
        elif tag == "select":
            self._select = (said, [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((said.get("value", ""), "selected" in said))
        elif tag == "textarea":
            self._area = (said, [])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            said, options = self._select
            self._select = None
            chosen = next(
                (value for value, selected in options if selected), options[0][0] if options else ""
            )
            self._add(said, "select", chosen, tuple(value for value, _ in options))
        elif tag == "textarea" and self._area is not None:
            said, pieces = self._area
            self._area = None
            self._add(said, "textarea", "".join(pieces).strip())

    def _add(self, said: Mapping[str, str], kind: str, value: str, choices: tuple[str, ...] = ()) -> None:
        form = self._by_id.get(said["form"]) if said.get("form") else self._form
        if form is None or not said.get("name") or "disabled" in said:
            return
        if kind == "file":
            form.has_file = True
            return
        if kind in ("checkbox", "radio") and "checked" not in said:
            kind = f"{kind} off"
        form.fields.append(Field(said["name"], kind, value, "required" in said, choices, dict(said)))


@dataclass
class Found:
    """What an address answered."""

    address: str
    status: int
    text: str
    page: Page | None


def text_of(answer: httpx2.Response) -> str:
    """What it says, with its headers; of a workbook, all that is in its parts."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    body = answer.content
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as parts:
            body = b"\n".join(parts.read(name) for name in parts.namelist())
    return f"{headers}\n{body.decode('utf-8', errors='replace')}"


def settled(text: str) -> str:
    """Without what differs each time: ids of forms, clocks."""
    return _FRESH.sub("…", text)


async def crawl(
    browser: httpx2.AsyncClient, role: Role, *, each_max: int = EACH_MAX, fragments: bool = True
) -> list[Found]:
    """Every answer, each page also as the fragment that htmx would ask for, unless that is not wanted."""
    waiting = [way.path for way in ways() if way.is_read and not way.params and way.lets_in(role)]
    known, seen = set(waiting), Counter[str]()
    found: list[Found] = []
    while waiting:
        address = waiting.pop(0)
        way = way_of("GET", urlsplit(address).path)
        if way is None or way.is_api or address.startswith(NOT_FOLLOWED) or seen[way.path] >= each_max:
            continue
        seen[way.path] += 1
        answer = await browser.get(address)
        is_page = "text/html" in answer.headers.get("content-type", "")
        page = Page(address, answer.text) if is_page else None
        found.append(Found(address, answer.status_code, text_of(answer), page))
        if page is not None:
            if fragments:
                fragment = await browser.get(address, headers=FRAGMENT)
                found.append(Found(f"{address} (fragment)", fragment.status_code, text_of(fragment), None))
            for link in [*_on_this_site(page.links), *_on_this_site([answer.headers.get("location", "")])]:
                if link not in known:
                    known.add(link)
                    waiting.append(link)
        elif answer.is_redirect:
            waiting += [each for each in _on_this_site([answer.headers["location"]]) if each not in known]
    return found


def _on_this_site(links: list[str]) -> Iterator[str]:
    for link in links:
        parts = urlsplit(link)
        is_taste = re.search(
            r"(^|&)(unit|type|lang)=", parts.query
        )  # the same page in another dress, and it is kept on
        if not parts.scheme and not parts.netloc and parts.path.startswith("/") and not is_taste:
            yield parts.path + (f"?{parts.query}" if parts.query else "")
