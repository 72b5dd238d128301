"""What is printed of storage: a waybill as the words and numbers of its paper, every label in both languages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pepperchain.documents import qr
from pepperchain.harvest.rules import words
from pepperchain.storage.consignment_queries import CargoRow, ConsignmentRow
from pepperchain.storage.consignment_rules import State, Vehicle
from pepperchain.storage.report_drawings import Chart
from pepperchain.storage.report_queries import AgeRow, PlaceRow, WeekRow
from pepperchain.web.filters import jin, kg, mask_phone, tonnes
from pepperchain.web.filters import moment as spelled
from pepperchain.web.i18n import Reader, gettext, reading_as


def waybill(row: ConsignmentRow, cargo: Sequence[CargoRow], *, address: str, now: datetime) -> dict[str, Any]:
    """The data of `waybill.typ`. `address` is what its code leads to: the page where it is received."""
    english = _words("en", row)
    with reading_as(Reader("zh")):
        return {
            "code": row.code,
            "state": "" if row.state == State.ON_ROAD else gettext(row.state_label),
            "cooperative": row.cooperative,
            "from": row.from_site,
            "from_operator": row.from_operator,
            "to": row.to_site,
            "to_room": row.to_room,
            "to_operator": row.to_operator,
            "plate": row.plate,
            "vehicle": gettext(Vehicle(row.vehicle).label),
            "vehicle_en": english,
            "driver": row.driver_name or "",
            "phone": mask_phone(row.driver_phone) if row.driver_phone else "",
            "sent": spelled(row.sent_at, year=True),
            "expected": spelled(row.expected_at, year=True),
            "sender": row.sent_by_name,
            "note": row.note or "",
            "lots": [_line(each) for each in cargo],
            "total": kg(row.sent_grams),
            "total_jin": jin(row.sent_grams),
            "qr": qr.svg(address),
            "printed": spelled(now, year=True),
        }


def _words(language: str, row: ConsignmentRow) -> str:
    with reading_as(Reader("en" if language == "en" else "zh")):
        return gettext(Vehicle(row.vehicle).label)


def _line(each: CargoRow) -> dict[str, str]:
    zh, en = words("zh"), words("en")
    return {
        "code": each.short_code,
        "product": f"{zh.form(each.form)} {zh.grade(each.grade)} {zh.cultivar(each.cultivar)}",
        "product_en": f"{en.form(each.form)}, {en.grade(each.grade)}",
        "picked": spelled(each.picked_at),
        "sent": kg(each.sent_grams),
        "received": "" if each.received_grams is None else kg(each.received_grams),
    }


def report(
    season: int,
    weeks: Sequence[WeekRow],
    places: Sequence[PlaceRow],
    ages: Sequence[AgeRow],
    chart: Chart | None,
    *,
    by_township: bool,
    now: datetime,
) -> dict[str, Any]:
    """The data of `storage_report.typ`: the season's picture, places and ages. Weights are in tonnes."""
    with reading_as(Reader("zh")):
        return {
            "season": season,
            "by_township": by_township,
            "as_of": spelled(max(week.as_of for week in weeks), year=True) if weeks else "",
            "chart": None if chart is None else _chart(chart),
            "places": [
                [
                    place.name,
                    tonnes(place.stock_grams),
                    "" if place.percent is None else f"{place.percent}%",
                    tonnes(place.in_grams),
                    tonnes(place.out_grams),
                    "" if place.days_in_store is None else str(place.days_in_store),
                    tonnes(place.missing_grams),
                    tonnes(place.found_grams),
                ]
                for place in places
            ],
            "ages": [[gettext(each.age.label), str(each.lots), tonnes(each.grams)] for each in ages],
            "printed": spelled(now, year=True),
        }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "width": chart.width, "height": chart.height, "left": chart.left, "right": chart.right, "bottom": chart.bottom,
        "columns": [[each.x, each.width, each.top] for each in chart.columns],
        "levels": [[each.place, tonnes(each.value)] for each in chart.levels],
        "months": [[each.place, each.value] for each in chart.months],
        "whole": chart.whole,
    }  # fmt: skip
