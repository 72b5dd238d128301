"""Organizations, the places they weigh at, the rooms they keep pepper in, and who works with whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pepperchain.directory import rules
from pepperchain.seeds import names, numbers
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.places import Township, Village, shared_out
from pepperchain.seeds.rows import Rows
from pepperchain.seeds.sizes import Size

ORGANIZATION = (
    "id", "kind", "name", "short_name", "pinyin", "initials", "credit_code", "township_id", "village_id", "address",
    "contact_name", "contact_phone", "created_at",
)  # fmt: skip
ORGANIZATION_TERM = ("term", "organization_id")
RELATION = ("id", "from_id", "to_id", "kind", "started_on", "created_at")
SITE = (
    "id", "operator_id", "kind", "name", "pinyin", "initials", "township_id", "village_id", "address", "public_benefit",
    "slip_prefix", "created_at",
)  # fmt: skip
ROOM = (
    "id", "site_id", "operator_id", "township_id", "name", "purpose", "kind", "forms", "set_point_decidegrees",
    "band_decidegrees", "capacity_grams", "stock_grams", "created_at",
)  # fmt: skip

# Per thousand of the organizations; family farms are the rest.
_KINDS = (
    ("cold_store_operator", 40),
    ("processor", 22),
    ("association", 12),
    ("leading_enterprise", 4),
    ("bank", 3),
)
_CREDIT_KIND = {"cooperative": "93", "association": "51", "family_farm": "92"}
_TYPES = {
    "cooperative": "花椒种植专业合作社", "processor": "食品有限公司", "leading_enterprise": "农业发展有限公司",
    "association": "花椒产业协会", "bank": "村镇银行", "cold_store_operator": "冷链仓储有限公司", "family_farm": "家庭农场",
}  # fmt: skip
_SHORT = {
    "cooperative": "合作社", "processor": "食品", "leading_enterprise": "农业", "association": "协会", "bank": "银行",
    "cold_store_operator": "冷链", "family_farm": "农场",
}  # fmt: skip
_FIRST = "青 翠 云 碧 山 岭 秀 麻 椒 禾 丰 润 清 朗 溪 岚 江 石 竹 松 林 谷 田 園 晨 露 霞 星 暖 和".replace(
    "園", "园"
).split()
_SECOND = [
    "坪",
    "垭",
    "湾",
    "溪",
    "岭",
    "坡",
    "坝",
    "岚",
    "谷",
    "泉",
    "峰",
    "洲",
    "源",
    "舟",
    "枝",
    "叶",
    "香",
    "野",
    "乡",
    "坊",
    "篱",
    "园",
    "台",
    "川",
    "池",
    "塘",
    "梁",
    "岩",
    "沟",
    "坳",
]
_KEEPING = {
    "frozen": ("preserved_fresh", -180, 30, "速冻库"),
    "chilled": ("fresh", 20, 20, "保鲜库"),
    "dry": ("dry", 30, 20, "干椒库"),
}
_ROOM_KINDS = ("frozen", "chilled", "dry", "frozen")
_SITE_MEMBERS_MAX = 260
_PREFIX_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
TONNE = 1_000_000


@dataclass(slots=True)
class Place:
    """A site."""

    id: int
    township_id: int
    operator_id: int
    slips: int = 0
    """The number of the last slip."""


@dataclass(slots=True)
class Space:
    """A room while it fills; its capacity is settled when all is in."""

    id: int
    site: Place
    kind: str
    name: str
    stock_grams: int = 0


@dataclass(slots=True)
class Cooperative:
    """A cooperative, how many households it gets, and where it weighs and keeps."""

    id: int
    township: Township
    villages: tuple[Village, ...]
    members: int
    sites: list[Place] = field(default_factory=list)
    rooms: dict[str, Space] = field(default_factory=dict)


@dataclass(slots=True)
class Founding:
    """Enters organizations, sites and rooms as rows that wait."""

    rows: Rows
    dice: Dice
    created_ms: int
    season: int
    founded: int = 0
    prefixes: int = 0
    cooperatives: list[Cooperative] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)

    def found_all(
        self, size: Size, townships: Sequence[Township], members: int, cast: Sequence[Cooperative]
    ) -> None:
        """All bodies of a size. The cast's cooperatives get their share of members, and sites of their own for it."""
        weights = [township.weight for township in townships]
        shares: list[int] = []
        for township, count in zip(townships, shared_out(size.cooperatives, weights), strict=True):
            own = [one for one in cast if one.township.id == township.id]
            own += [self._cooperative(township) for _ in range(count)]
            shares += [township.weight * self.dice.between(400, 1200) // len(own) for _ in own]
            self.cooperatives += own
        for one, share in zip(self.cooperatives, shared_out(members, shares), strict=True):
            one.members = share
            self._weighing_places(one)
        self._keepers(size, townships)
        rest = size.organizations - size.cooperatives
        for kind, permille in _KINDS[1:]:
            count = size.organizations * permille // 1000
            rest -= count
            self._buyers(kind, [self._body(kind, self.dice.one(townships)) for _ in range(count)])
        for _ in range(rest - self._operators(size)):
            self._body("family_farm", self.dice.one(townships))

    def _cooperative(self, township: Township) -> Cooperative:
        body = self._body("cooperative", township)
        most = min(len(township.villages), 5)
        villages = self.dice.sample(township.villages, self.dice.between(min(2, most), most))
        return Cooperative(body, township, tuple(villages), 0)

    def _weighing_places(self, one: Cooperative) -> None:
        if one.members == 0:
            return
        for place in range(min(len(one.villages), 1 + one.members // _SITE_MEMBERS_MAX)):
            village = one.villages[place]
            one.sites.append(
                self._site(
                    one.id,
                    "collecting_point",
                    f"{village.name.removesuffix('村')}收购站",
                    one.township,
                    village,
                )
            )

    def _operators(self, size: Size) -> int:
        return max(1, size.organizations * _KINDS[0][1] // 1000)

    def _keepers(self, size: Size, townships: Sequence[Township]) -> None:
        """Cold stores along the way of the townships, and for each cooperative the nearest room of each kind."""
        places: list[Place] = []
        weights = [township.weight for township in townships]
        for township, count in zip(townships, shared_out(self._operators(size), weights), strict=True):
            for _ in range(count):
                operator = self._body("cold_store_operator", township)
                places.append(
                    self._site(
                        operator, "cold_store", f"{township.name}{len(places) + 1} 号冷库", township, None
                    )
                )
        for number in range(size.rooms):
            place = places[number * len(places) // size.rooms]
            kind = _ROOM_KINDS[number % len(_ROOM_KINDS)]
            name = f"{number + 1} 号{_KEEPING[kind][3]}"
            self.spaces.append(Space(self.rows.id("storage_room"), place, kind, name))
        for kind in _KEEPING:
            there = [space for space in self.spaces if space.kind == kind]
            for number, one in enumerate(self.cooperatives):
                space = there[number * len(there) // len(self.cooperatives)]
                one.rooms[kind] = space
        for one in self.cooperatives:
            for operator in sorted({space.site.operator_id for space in one.rooms.values()}):
                self._relate(one.id, operator, "stores_at")

    def _buyers(self, kind: str, bodies: Sequence[int]) -> None:
        if kind == "processor" and bodies:
            for one in self.cooperatives:
                for buyer in self.dice.sample(bodies, min(len(bodies), self.dice.between(1, 3))):
                    self._relate(one.id, buyer, "supplies")

    def _relate(self, source: int, target: int, kind: str) -> None:
        started = date(
            self.season - self.dice.between(0, 4), self.dice.between(1, 5), self.dice.between(1, 28)
        )
        self.rows.waiting["directory_organization_relation"].append((
            self.rows.id("directory_organization_relation"), source, target, kind, started.isoformat(), self.created_ms,
        ))  # fmt: skip

    def _body(self, kind: str, township: Township) -> int:
        number = self.founded
        self.founded += 1
        brand = _FIRST[number % len(_FIRST)] + _SECOND[number // len(_FIRST) % len(_SECOND)]
        extra = number // (len(_FIRST) * len(_SECOND))
        brand += ("", "新", "兴", "和", "盛")[extra % 5]
        name = f"江津区{township.name}{brand}{_TYPES[kind]}"
        short_name = brand + _SHORT[kind]
        body = self.rows.id("directory_organization")
        pinyin, initials = rules.spelled(short_name)
        contact = names.name(
            self.dice, "m" if self.dice.happens(650) else "f", self.season - self.dice.between(28, 60)
        )
        village = self.dice.one(township.villages)
        self.rows.waiting["directory_organization"].append((
            body, kind, name, short_name, pinyin, initials,
            numbers.credit_code(100_000 + number, _CREDIT_KIND.get(kind, "91")), township.id, village.id,
            f"{village.name}{self.dice.between(1, 9)}组", contact.whole, numbers.phone(90_000_000 + number), self.created_ms,
        ))  # fmt: skip
        self.rows.waiting["directory_organization_term"].extend(
            (term, body) for term in sorted(rules.organization_terms(name, short_name))
        )
        return body

    def _site(
        self, operator: int, kind: str, name: str, township: Township, village: Village | None
    ) -> Place:
        place = Place(self.rows.id("directory_site"), township.id, operator)
        pinyin, initials = rules.spelled(name)
        self.rows.waiting["directory_site"].append((
            place.id, operator, kind, name, pinyin, initials, township.id, village.id if village else None, None,
            kind == "cold_store" and self.dice.happens(250), self._prefix(), self.created_ms,
        ))  # fmt: skip
        return place

    def _prefix(self) -> str:
        number = self.prefixes
        self.prefixes += 1
        letters = ""
        for _ in range(4):
            number, letter = divmod(number, len(_PREFIX_LETTERS))
            letters = _PREFIX_LETTERS[letter] + letters
        return f"S{letters}"

    def settle_rooms(self) -> None:
        """Writes the rooms, each as large as what came to lie in it asks for; one in twelve is nearly full."""
        for space in self.spaces:
            form, set_point, band, _ = _KEEPING[space.kind]
            filled = self.dice.between(960, 996) if self.dice.happens(85) else self.dice.between(380, 900)
            capacity = max(20 * TONNE, -(-space.stock_grams * 1000 // filled // TONNE) * TONNE)
            public = self.dice.happens(250)
            self.rows.waiting["storage_room"].append((
                space.id, space.site.id, space.site.operator_id, space.site.township_id, space.name,
                "public_benefit" if public else "commercial", space.kind, form, set_point, band, capacity,
                space.stock_grams, self.created_ms,
            ))  # fmt: skip
