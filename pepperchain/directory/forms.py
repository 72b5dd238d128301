"""What the pages, sheets and the API of this room take."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from pepperchain.directory import merges, people, queries
from pepperchain.directory.duplicate_queries import State
from pepperchain.directory.merge_rules import HOUSEHOLD_FIELDS, PERSON_FIELDS
from pepperchain.directory.organizations import Description
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.sites import Place
from pepperchain.directory.timeline_queries import EntryKind
from pepperchain.settings import settings
from pepperchain.web.fields import (
    Day,
    EventId,
    Flag,
    Mu,
    OptionalText,
    Phone,
    RegistryId,
    Telephone,
    Text,
    Whole,
    one_of,
)
from pepperchain.web.forms import Form

_Short = Annotated[Text, StringConstraints(max_length=40)]
_Number = Annotated[str, BeforeValidator(str), StringConstraints(max_length=40)]
_Alike = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}:[0-9]{1,18}$")]
_Address = Annotated[Text, StringConstraints(max_length=120)] | None
Sex = Literal["male", "female"]
Slope = Literal["flat", "sunny", "shady"]

if TYPE_CHECKING:
    Cultivar = str
    Practice = str
else:
    Cultivar = one_of(lambda: settings().section("cultivars"))
    Practice = one_of(lambda: settings().section("practices"))


class Choices(Form):
    """What a list of growers is narrowed to, as its address says."""

    q: OptionalText = None
    township: RegistryId | None = None
    village: RegistryId | None = None
    lacking: Literal["phone", "plot"] | None = None
    tag: RegistryId | None = None
    cursor: str | None = None

    def narrowing(self) -> dict[str, Any]:
        return {"township_id": self.township, "village_id": self.village, "lacking": self.lacking}


class PairChoices(Form):
    """Which pairs that may be one are listed, as the address says."""

    township: RegistryId | None = None
    village: RegistryId | None = None
    state: Literal["open", "dismissed"] = "open"
    cursor: str | None = None

    def narrowing(self) -> dict[str, Any]:
        return {"township_id": self.township, "village_id": self.village, "state": State(self.state)}


class Decision(Form):
    """What is decided of a pair, and the version of it that was seen."""

    version: RegistryId


class Pair(Form):
    """Two households or two people that may be one: the first stays. Of a household the other may be named by its card."""

    one: RegistryId
    other: RegistryId | None = None
    card: _Number | None = None


_Which = Literal["one", "other"]


class PersonMerge(Form):
    """Which of two people's values stay, and why they are one."""

    request_id: EventId
    one: RegistryId
    other: RegistryId
    seen: _Number
    reason: Text
    name: _Which = "one"
    sex: _Which = "one"
    born_on: _Which = "one"
    phone: _Which = "one"
    has_smartphone: _Which = "one"
    id_number: _Which = "one"
    bank_card: _Which = "one"

    def same(self) -> dict[int, int]:
        return {}

    def decision(self) -> merges.Decision:
        """The fields whose value is the other's, with everything else that was decided."""
        take = frozenset(
            name for name in (*HOUSEHOLD_FIELDS, *PERSON_FIELDS) if getattr(self, name, "one") == "other"
        )
        return merges.Decision(
            survivor_id=self.one,
            loser_id=self.other,
            take=take,
            same=self.same(),
            reason=self.reason,
            seen=self.seen,
        )


class HouseholdMerge(PersonMerge):
    """The same for two households; `alike` says who of the other is whom of the one, as `their id:our id`."""

    place: _Which = "one"
    address: _Which = "one"
    note: _Which = "one"
    alike: Annotated[tuple[_Alike, ...], Field(max_length=people.PEOPLE_MAX)] = ()

    def same(self) -> dict[int, int]:
        pairs = (each.split(":") for each in self.alike)
        return {int(theirs): int(ours) for theirs, ours in pairs}


class Printing(Form):
    """Whose cards are printed: a village's, or those of the households that were ticked."""

    village: RegistryId | None = None
    household: Annotated[tuple[RegistryId, ...], Field(max_length=200)] = ()


class Cards(Form):
    """The card that something happened to, by its number as the page showed it."""

    card: _Number


class MembershipDays(Form):
    """The days of a membership as they really were."""

    version: RegistryId
    started_on: Day
    ended_on: Day | None = None


class Person(Form):
    """Somebody's particulars."""

    name: _Short
    phone: Phone | None = None
    sex: Sex | None = None
    born_on: Day | None = None
    has_smartphone: Flag | None = None
    id_number: _Number | None = None
    bank_card: _Number | None = None
    confirmed: Flag = False

    def particulars(self) -> Particulars:
        return Particulars(
            self.name, self.sex, self.born_on, self.phone, self.has_smartphone, self.id_number, self.bank_card
        )


class NewPerson(Person):
    """One more person of a household."""

    request_id: EventId


class ChangedPerson(Person):
    """A person as they are now; a blank ID number or bank card leaves the sealed one."""

    version: RegistryId
    forget_id_number: Flag = False
    forget_bank_card: Flag = False
    code: _Number | None = None


class NewHousehold(Person):
    """A household with its head, perhaps a first plot, and its membership."""

    request_id: EventId
    village_id: RegistryId
    group_number: Whole | None = None
    address: _Address = None
    note: OptionalText = None
    cooperative_id: RegistryId | None = None
    joined_on: Day | None = None
    plot_name: _Short | None = None
    plot_area: Mu | None = None
    plot_cultivar: Cultivar | None = None

    def plots(self) -> tuple[Orchard, ...]:
        """The first plot, if its area was written."""
        if self.plot_area is None:
            return ()
        cultivar = (
            next(iter(settings().section("cultivars"))) if self.plot_cultivar is None else self.plot_cultivar
        )
        return (Orchard(self.plot_name or "1", self.plot_area, cultivar),)

    def place(self) -> dict[str, Any]:
        """Everything but the head and the plots, as the verb names it."""
        names = ("village_id", "group_number", "address", "note", "cooperative_id", "joined_on", "confirmed")
        return {name: getattr(self, name) for name in names}


class ChangedHousehold(Form):
    """Where a household is, and whom to call."""

    version: RegistryId
    village_id: RegistryId
    group_number: Whole | None = None
    address: _Address = None
    note: OptionalText = None
    contact_person_id: RegistryId | None = None


class Ending(Form):
    """The day on which something ended, and the version of it that was seen."""

    on: Day
    version: RegistryId = 1


class NewMembership(Form):
    """A household joins a cooperative."""

    request_id: EventId
    cooperative_id: RegistryId
    on: Day


class Plot(Form):
    """What is known of a plot."""

    name: _Short
    area: Mu
    cultivar: Cultivar
    village_id: RegistryId | None = None
    planted_year: Whole | None = None
    tree_count: Whole | None = None
    altitude_m: Whole | None = None
    slope: Slope | None = None
    practice: Practice | None = None

    def orchard(self) -> Orchard:
        return Orchard(**{name: getattr(self, name) for name in Plot.model_fields})


class NewPlot(Plot):
    """One more plot."""

    request_id: EventId


class ChangedPlot(Plot):
    """A plot as it is now."""

    version: RegistryId


class TimelineChoices(Form):
    """What a history is narrowed to."""

    kind: EntryKind | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    cursor: str | None = None


class OrganizationChoices(Form):
    """What a list of organizations is narrowed to."""

    q: OptionalText = None
    kind: (
        Literal[
            "cooperative",
            "processor",
            "leading_enterprise",
            "association",
            "department",
            "bank",
            "cold_store_operator",
            "family_farm",
        ]
        | None
    ) = None
    township: RegistryId | None = None
    cursor: str | None = None


class Organization(Form):
    """What is known of an organization."""

    kind: str
    name: Annotated[Text, StringConstraints(max_length=80)]
    short_name: Annotated[Text, StringConstraints(max_length=20)]
    credit_code: _Number | None = None
    township_id: RegistryId | None = None
    village_id: RegistryId | None = None
    address: _Address = None
    contact_name: _Short | None = None
    contact_phone: Telephone | None = None

    def description(self) -> Description:
        return Description(**{name: getattr(self, name) for name in Organization.model_fields})


class NewOrganization(Organization):
    """An organization that was not there yet."""

    request_id: EventId


class ChangedOrganization(Organization):
    """An organization as it is now."""

    version: RegistryId


class NewRelation(Form):
    """What an organization is to another, named by its short or whole name or its credit code."""

    request_id: EventId
    kind: Literal["supplies", "stores_at", "buys_from", "consortium_member", "task_force_of"]
    other: Text
    started_on: Day


class Site(Form):
    """What is known of a site."""

    kind: Literal["collecting_point", "cold_store", "market"]
    name: Annotated[Text, StringConstraints(max_length=60)]
    village_id: RegistryId | None = None
    township_id: RegistryId | None = None
    address: _Address = None
    public_benefit: Flag = False
    slip_prefix: Annotated[Text, StringConstraints(max_length=8)]

    async def place(self) -> Place:
        """The site; its township is the village's when only that was chosen."""
        township = self.township_id
        if township is None and self.village_id is not None:
            township = (await queries.get_area(self.village_id)).township_id
        return Place(
            self.kind,
            self.name,
            township or 0,
            self.slip_prefix,
            self.village_id,
            self.address,
            self.public_benefit,
        )


class NewSite(Site):
    """A site that was not there yet."""

    request_id: EventId


class ChangedSite(Site):
    """A site as it is now."""

    version: RegistryId


def as_day(text: str | None) -> date | None:
    """A day as the database keeps it."""
    return None if text is None else date.fromisoformat(text)
