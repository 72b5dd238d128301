"""What the trail's page says of an act: in the reader's language, in their units, by name."""

import re
from html import unescape
from typing import Any

import pytest

from pepperchain.accounts import trail_facts
from pepperchain.audit.fact_kinds import Kind
from pepperchain.audit.queries import EntryRow
from pepperchain.web.i18n import Reader, reading_as
from tests.harness import cast
from tests.harness.clients import SignIn

ENGLISH, CHINESE = Reader("en"), Reader("zh", "jin")
NAMES = {
    (Kind.ROOM, 2): "保坪收购点 保坪预冷间",
    (Kind.ROOM, 3): "绣庄收购点 绣庄预冷间",
    (Kind.PLACE, 149): "保坪村",
}


def entry(verb: str, subject: str = "lot", subject_id: str = "7", **facts: object) -> EntryRow:
    return EntryRow(1, 0, None, "system", "system", verb, subject, subject_id, facts)


def said(reader: Reader, row: EntryRow) -> list[tuple[str, str | None, str]]:
    with reading_as(reader):
        return [(each.about, each.was, each.now) for each in trail_facts.told(row, NAMES)]


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        (
            entry("weighin.recorded", net_grams=73_050),
            ("Net", None, "73.05\u00a0kg"),
            ("净重", None, "146.10\u00a0斤"),
        ),
        (entry("lot.priced", to=990), ("Price", None, "9.90 yuan/kg"), ("单价", None, "4.95 元/斤")),
        (
            entry("weighin.day_priced", amount_fen=123_456),
            ("Worth", None, "¥\u202f1\u202f234.56"),
            ("金额", None, "¥\u202f1\u202f234.56"),
        ),
        (
            entry("lot.moved", to=3),
            ("To", None, "绣庄收购点 绣庄预冷间"),
            ("到", None, "绣庄收购点 绣庄预冷间"),
        ),
        (
            entry("person.entered", born_on="1964-09-02"),
            ("Born", None, "2 Sep 1964"),
            ("出生", None, "1964年9月2日"),
        ),
        (
            entry("site.changed", public_benefit=[False, True]),
            ("Public-benefit", "no", "yes"),
            ("公益性", "否", "是"),
        ),
        (
            entry("plot.changed", area_centimu=[150, 275]),
            ("Size of the plot", "1.5\u00a0mu", "2.75\u00a0mu"),
            ("面积", "1.5\u00a0亩", "2.75\u00a0亩"),
        ),
        (
            entry("room.entered", set_point_decidegrees=-180),
            ("Set to", None, "-18.0\u00a0°C"),
            ("设定温度", None, "-18.0\u00a0°C"),
        ),
        (entry("room.entered", kind="dry"), ("Kind", None, "Dry and cool"), ("类型", None, "干燥阴凉")),
        (
            entry("room.entered", forms="dry,fresh"),
            ("For", None, "Dry, Fresh"),
            ("存放", None, "干花椒, 鲜花椒"),
        ),
        (
            entry("user.created", role="coop_clerk"),
            ("Role", None, "Cooperative clerk"),
            ("角色", None, "合作社文员"),
        ),
        (entry("import.uploaded", kind="weighins"), ("Kind", None, "Weigh-ins"), ("类型", None, "过磅单")),
    ],
)
def test_a_fact_is_told_in_words_and_units(
    row: EntryRow, english: tuple[str, str | None, str], chinese: tuple[str, str | None, str]
) -> None:
    assert said(ENGLISH, row) == [english]
    assert said(CHINESE, row) == [chinese]


def test_what_says_nothing_is_left_out_and_what_nobody_knows_is_told_as_it_is() -> None:
    row = entry("cone.counted", scent="citrus", petals=5, room=99, nothing=None)
    assert said(ENGLISH, row) == [("scent", None, "citrus"), ("petals", None, "5"), ("Room", None, "99")]


def test_one_query_for_each_kind_of_thing_names_a_whole_page() -> None:
    between: dict[str, Any] = {"from": 2, "to": 3}
    rows = [
        entry("lot.moved", **between),
        entry("user.role_set", "user", "4", township_ids=[[148], [148, 161]], organization_id=[None, 5]),
        entry("sign_in.failed", "user", "–"),
        entry("weighin.recorded", "weighin", "019eac20-eee0-763f-bedc-84ca64c1d215", household=2, product=1),
    ]
    assert trail_facts.things(rows) == {
        Kind.LOT: {7}, Kind.ROOM: {2, 3}, Kind.USER: {4}, Kind.PLACE: {148, 161}, Kind.ORGANIZATION: {5},
        Kind.HOUSEHOLD: {2}, Kind.PRODUCT: {1},
    }  # fmt: skip


async def test_the_page_says_no_code_and_no_bare_id(client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    for language in ("en", "zh"):
        url: str | None = f"/admin/audit?lang={language}"
        while url:
            page = (await admin.get(url)).text
            facts = [unescape(each) for each in re.findall(r'class="fact">([^<]*)<', page)]
            about = [re.split("[:：]", each)[0] for each in facts]
            assert not [each for each in about if "_" in each]
            if language == "zh":
                assert not [each for each in about if re.search("[a-z]", each)]
            assert not [
                each
                for each in facts
                if re.match("(Room|Site|Product|Organization|Township)\\W+[0-9]+$", each)
            ]
            link = re.search(r'rel="next" href="([^"]+)"', page)
            url = unescape(link.group(1)) if link else None
