"""Receipts, pledges, payment lists and results as files."""

from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import payee_queries, pledge_queries, receipt_queries, report_queries, sale_queries
from pepperchain.bank.forms import PaymentChoice, PledgeSearch, ReceiptSearch, ReportSearch
from pepperchain.bank.payee_queries import Payee
from pepperchain.bank.pledge_queries import PledgeRow
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.report_queries import ResultRow
from pepperchain.core import clock
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import ROWS_A_READ, WHO, Chunks, Exportable, at_once, everybody
from pepperchain.harvest.rules import words
from pepperchain.web.i18n import gettext


async def _receipts(actor: Actor, chosen: ReceiptSearch, _now: datetime) -> Chunks:
    cursor: str | None = None
    while True:
        found = await receipt_queries.receipts(actor, chosen.wanted(), cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [_receipt(actor, row) for row in found.rows]
        cursor = found.next
        if cursor is None:
            return


def _receipt(actor: Actor, row: ReceiptRow) -> dict[str, Any]:
    said = words(actor.language)
    return {
        WHO: row.household_id, "number": row.number, "name": row.head, "cooperative": row.cooperative, "site": row.site,
        "form": said.form(row.form), "grade": said.grade(row.grade), "cultivar": said.cultivar(row.cultivar), "season": row.season,
        "deposited_on": row.deposited_on, "grams": row.grams, "free": row.free_grams, "ordered": row.ordered_grams,
        "pledged": row.pledged_grams, "floor": row.floor_fen_per_kg, "scheme": f"{row.scheme(actor.language)} v{row.scheme_number}",
        "state": gettext(row.state.label),
    }  # fmt: skip


async def _pledges(actor: Actor, chosen: PledgeSearch, _now: datetime) -> Chunks:
    cursor: str | None = None
    while True:
        found = await pledge_queries.pledges(actor, ended=chosen.ended, cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [_pledge(row) for row in found.rows]
        cursor = found.next
        if cursor is None:
            return


def _pledge(row: PledgeRow) -> dict[str, Any]:
    return {
        WHO: row.household_id, "number": row.number, "name": row.head, "cooperative": row.cooperative, "lender": row.lender,
        "grams": row.grams, "held": row.held_grams, "called": row.called_grams, "loan": row.loan_fen, "received": row.received_fen,
        "due_on": row.due_on, "loan_number": row.loan_number, "state": gettext(row.state.label),
    }  # fmt: skip


async def _payment(actor: Actor, chosen: PaymentChoice, _now: datetime) -> Chunks:
    payment = await sale_queries.payment(actor, str(chosen.payment_id))
    rows = [_payee(row) for row in await payee_queries.payees(payment.id)]
    async for chunk in at_once(rows):
        yield chunk


def _payee(row: Payee) -> dict[str, Any]:
    return {
        WHO: row.household_id, "card": row.card_number, "name": row.name, "phone": row.phone, "amount": row.fen,
        "settlements": row.settlements,
    }  # fmt: skip


async def _results(actor: Actor, chosen: ReportSearch, now: datetime) -> Chunks:
    season = chosen.season or clock.local_day(now).year
    rows = [_result(actor, row) for row in await report_queries.results(actor, season=season)]
    async for chunk in at_once(rows):
        yield chunk


def _result(actor: Actor, row: ResultRow) -> dict[str, Any]:
    return {
        "operator": row.operator, "scheme": f"{row.name(actor.language)} v{row.number}", "season": row.season,
        "settlements": row.settlements, "grams": row.grams, "sale": row.sale_fen, "floor": row.floor_fen, "grower": row.grower_fen,
        "extra": row.extra_fen, "fee": row.fee_fen, "share": row.operator_fen, "top_up": row.top_up_fen, "costs": row.costs_fen,
        "left": row.left_fen,
    }  # fmt: skip


_NUMBER = Column("number", Words("仓单号", "Receipt"), width=18)
_NAME = Column("name", Words("存货人", "Depositor"))
_COOPERATIVE = Column("cooperative", Words("合作社", "Cooperative"))
_STATE = Column("state", Words("状态", "State"), width=16)

RECEIPTS = Exportable(
    code="bank_receipts", words=Words("代储仓单", "Receipts of the bank"), capability=Capability.BANK_READ, at="/bank", form=ReceiptSearch,
    columns=(
        _NUMBER, _NAME, _COOPERATIVE, Column("site", Words("站点", "Site")), Column("form", Words("品类", "Form")),
        Column("grade", Words("等级", "Grade")), Column("cultivar", Words("品种", "Cultivar")),
        Column("season", Words("年份", "Season"), Kind.INTEGER), Column("deposited_on", Words("存入日期", "Deposited"), Kind.DAY),
        Column("grams", Words("存入", "Deposited weight"), Kind.WEIGHT), Column("free", Words("可动用", "Free"), Kind.WEIGHT),
        Column("ordered", Words("待出售", "To be sold"), Kind.WEIGHT), Column("pledged", Words("质押", "Pledged"), Kind.WEIGHT),
        Column("floor", Words("保底价", "Floor price"), Kind.PRICE), Column("scheme", Words("条款", "Terms"), width=28), _STATE,
    ),
    chunks=_receipts, is_personal=everybody,
)  # fmt: skip

PLEDGES = Exportable(
    code="bank_pledges", words=Words("仓单质押", "Pledges"), capability=Capability.BANK_READ, at="/bank/pledges", form=PledgeSearch,
    columns=(
        _NUMBER, _NAME, _COOPERATIVE, Column("lender", Words("放款银行", "Lender")), Column("grams", Words("质押", "Pledged"), Kind.WEIGHT),
        Column("held", Words("仍锁定", "Still locked"), Kind.WEIGHT), Column("called", Words("等待变卖", "Waits to be sold"), Kind.WEIGHT),
        Column("loan", Words("贷款", "Loan"), Kind.MONEY), Column("received", Words("变卖已还", "Sales brought the lender"), Kind.MONEY),
        Column("due_on", Words("还款期限", "Due on"), Kind.DAY), Column("loan_number", Words("贷款合同号", "Number of the loan")), _STATE,
    ),
    chunks=_pledges, is_personal=everybody,
)  # fmt: skip

PAYMENT = Exportable(
    code="bank_payment", words=Words("付款清单", "Payment list"), capability=Capability.BANK_SETTLE, at="/bank/payouts",
    form=PaymentChoice,
    columns=(
        Column("card", Words("椒农卡号", "Card number"), width=18), Column("name", Words("收款人", "Payee"), width=24),
        Column("phone", Words("手机", "Mobile number"), Kind.PHONE), Column("amount", Words("金额", "Amount"), Kind.MONEY),
        Column("settlements", Words("结算笔数", "Settlements"), Kind.INTEGER),
    ),
    chunks=_payment, is_personal=everybody, needs_choice=True,
)  # fmt: skip

RESULTS = Exportable(
    code="bank_results", words=Words("代储成效", "Results of schemes"), capability=Capability.BANK_SCHEME, at="/bank/reports",
    form=ReportSearch,
    columns=(
        Column("operator", Words("经营方", "Operator"), width=24), Column("scheme", Words("方案", "Scheme"), width=28),
        Column("season", Words("年份", "Season"), Kind.INTEGER), Column("settlements", Words("结算笔数", "Settlements"), Kind.INTEGER),
        Column("grams", Words("已售", "Sold"), Kind.WEIGHT), Column("sale", Words("售款", "Sales"), Kind.MONEY),
        Column("floor", Words("保底货值", "Worth at the floor"), Kind.MONEY),
        Column("grower", Words("农户所得", "Growers got"), Kind.MONEY),
        Column("extra", Words("农户增收", "Growers' extra"), Kind.MONEY), Column("fee", Words("仓储费", "Storage fees"), Kind.MONEY),
        Column("share", Words("经营方分成", "Operator's share"), Kind.MONEY), Column("top_up", Words("保底补差", "Top-ups"), Kind.MONEY),
        Column("costs", Words("其他费用", "Other costs"), Kind.MONEY),
        Column("left", Words("经营方净得", "Operator is left with"), Kind.MONEY),
    ),
    chunks=_results,
)  # fmt: skip

EXPORTABLES = (RECEIPTS, PLEDGES, PAYMENT, RESULTS)
