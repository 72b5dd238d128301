"""The columns of the sheet of weigh-ins, and the names that people give them."""

from collections.abc import Mapping

from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.harvest.rules import Term, cultivars, forms, grades


def _choices(terms: Mapping[str, Term], **aliases: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(code, Words(term.zh, term.en), (term.short_zh, *aliases.get(code, ())))
        for code, term in terms.items()
    )


SLIPS = SheetSpec(
    "slips",
    Words("过磅单", "Weigh-ins"),
    (
        Column(
            "number",
            Words("单号", "Paper number"),
            note=Words("纸质单的编号。同一站点同一年的同一单号只会导入一次。", "The number on the paper slip: one of a site and year is imported once."),
            example="0036",
            aliases=("过磅单号", "磅单号", "磅单编号", "票号", "流水号", "编号", "slip", "slip number", "number", "no."),
        ),
        Column(
            "site",
            Words("站点", "Site"),
            note=Words("过磅点的名称或单号前缀；只有一个站点时可不填。", "The site's name or slip prefix; leave it empty if you have only one."),
            example="保坪点",
            aliases=("过磅点", "收购点", "收购站", "收购站点", "过磅站点", "地点", "collecting point"),
        ),
        Column(
            "weighed_at",
            Words("过磅时间", "Weighed at"),
            Kind.MOMENT,
            note=Words("日期和时间。分两列写时，请用“日期”和“时间”。", "Day and time together, or use the columns Day and Time."),
            aliases=("称重时间", "过磅日期时间", "收购时间"),
        ),
        Column(
            "day",
            Words("日期", "Day"),
            Kind.DAY,
            example="2026-06-10",
            aliases=("过磅日期", "收购日期", "交售日期", "date"),
        ),
        Column(
            "time",
            Words("时间", "Time"),
            Kind.CLOCK,
            note=Words("不填按晚上七点。", "Seven in the evening if left empty."),
            example="18:42",
            aliases=("时刻", "钟点"),
        ),
        Column(
            "card",
            Words("椒农卡号", "Card number"),
            note=Words("有卡号就不必填户主和电话。", "With it, name and phone need not be filled in."),
            aliases=("卡号", "农户卡号", "户卡号", "card"),
        ),
        Column(
            "name",
            Words("户主", "Head of household"),
            example="罗大山",
            aliases=("姓名", "户主姓名", "农户姓名", "农户", "椒农", "椒农姓名", "交售人", "种植户", "name", "grower"),
        ),
        Column(
            "phone",
            Words("电话", "Phone"),
            Kind.PHONE,
            example="13800000000",
            aliases=("手机", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "mobile"),
        ),
        Column(
            "plot",
            Words("地块", "Plot"),
            note=Words("这户登记的地块名称，可不填。", "A plot's name as it is registered; may be left empty."),
            aliases=("地块名称", "地名"),
        ),
        Column("form", Words("品类", "Form"), Kind.CHOICE, required=True, aliases=("形态", "类别", "种类"),
               choices=_choices(forms(), fresh=("鲜椒", "青花椒", "鲜青花椒"), dry=("干椒", "干青花椒"), preserved_fresh=("保鲜椒",))),
        Column("grade", Words("等级", "Grade"), Kind.CHOICE, required=True, aliases=("级别", "级", "质量等级"),
               choices=_choices(grades(), grade_1=("1级", "1", "特级"), grade_2=("2级", "2"), grade_3=("3级", "3"))),
        Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE, aliases=("花椒品种",), choices=_choices(cultivars()),
               note=Words("不填时按登记的地块。", "If left empty, as the household's plots are registered.")),
        Column("gross", Words("毛重", "Gross"), Kind.WEIGHT, required=True, example="52.30", aliases=("总重", "过磅重量", "重量")),
        Column("tare", Words("皮重", "Tare"), Kind.WEIGHT, example="2.10", aliases=("包装重", "筐重", "袋重")),
        Column("deduction", Words("扣杂", "Deduction"), Kind.WEIGHT, aliases=("扣重", "扣水", "扣水杂", "扣称", "扣秤")),
        Column("net", Words("净重", "Net"), Kind.WEIGHT, aliases=("实重", "结算重量"),
               note=Words("只用来核对：须等于毛重减皮重减扣杂。", "Only compared: it must be gross minus tare and deduction.")),
        Column("bags", Words("袋数", "Bags"), Kind.INTEGER, unit=Words("袋", "bags"), aliases=("件数", "包数", "筐数")),
        Column("moisture", Words("水分", "Moisture"), Kind.DECIMAL, unit=Words("%", "%"), aliases=("含水率", "水份")),
        Column("price", Words("单价", "Price"), Kind.PRICE, aliases=("收购价", "价格", "收购单价"),
               note=Words("可以不填，以后再定价。", "May be left empty and set later.")),
        Column("picked_at", Words("采摘时间", "Picked at"), Kind.MOMENT,
               note=Words("不填按过磅前三小时。", "Three hours before weighing if left empty."), aliases=("采收时间",)),
        Column("picked_on", Words("采摘日期", "Picked on"), Kind.DAY, aliases=("采收日期", "采摘日")),
    ),
    note=Words("一行一张单。导入前先检查，全部无误才写入。", "One row is one slip. Nothing is written before every row is right."),
)  # fmt: skip
