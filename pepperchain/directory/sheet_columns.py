"""The columns of the registry's sheets, and the names that people give them."""

from pepperchain.directory.organization_queries import KINDS
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.settings import section as configured


def _terms(section: str) -> tuple[Choice, ...]:
    """The trade's words of config/products.toml as choices."""
    return tuple(
        Choice(code, Words(table["zh"], table["en"]), tuple(table.get("aliases", ())))
        for code, table in configured(section).items()
    )


_SEXES = (
    Choice("male", Words("男", "male"), ("男性", "m")),
    Choice("female", Words("女", "female"), ("女性", "f")),
)
_SLOPES = (
    Choice("flat", Words("平地", "flat"), ("平", "平坝", "坝地")),
    Choice("sunny", Words("阳坡", "sunny slope"), ("向阳", "阳面")),
    Choice("shady", Words("阴坡", "shady slope"), ("背阴", "阴面")),
)

HOUSEHOLDS = SheetSpec(
    "households",
    Words("椒农户", "Households"),
    (
        Column("card", Words("椒农卡号", "Card number"), aliases=("农户卡号", "户卡号", "card"),
               note=Words("新户不填。填了就更新这一户。", "Empty for new households; with it, that household is brought up to date.")),
        Column("name", Words("户主", "Head of household"), example="罗大山",
               aliases=("姓名", "户主姓名", "农户姓名", "农户", "椒农", "椒农姓名", "种植户", "社员姓名", "成员姓名", "name", "grower")),
        Column("sex", Words("性别", "Sex"), Kind.CHOICE, choices=_SEXES),
        Column("id_number", Words("身份证号", "ID number"), Kind.ID_NUMBER,
               aliases=("身份证", "身份证号码", "证件号", "证件号码", "公民身份号码", "id card")),
        Column("born_on", Words("出生日期", "Born on"), Kind.DAY, aliases=("生日", "出生年月日"),
               note=Words("有身份证号就不必填。", "Need not be filled in when the ID number is.")),
        Column("phone", Words("手机", "Mobile number"), Kind.PHONE, example="13800000000",
               aliases=("电话", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "phone", "mobile", "telephone")),
        Column("has_smartphone", Words("智能手机", "Smartphone"), Kind.YES_NO, aliases=("有无智能手机", "是否智能手机")),
        Column("bank_card", Words("银行卡号", "Bank card"), Kind.BANK_CARD,
               aliases=("银行卡", "银行账号", "银行帐号", "一卡通", "一卡通号", "账号", "帐号", "bank account")),
        Column("township", Words("镇街", "Township"), example="先锋镇", aliases=("镇", "乡镇", "镇（街）", "街道", "所在镇", "town"),
               note=Words("村名在全区只有一个时可不填。", "May be left empty if only one village of the district has that name.")),
        Column("village", Words("村", "Village"), example="保坪村", aliases=("村名", "行政村", "村（社区）", "村/社区", "所在村", "社区")),
        Column("group", Words("组", "Group"), example="3", aliases=("社", "村民小组", "小组", "组别", "组（社）", "所在组", "组/社")),
        Column("address", Words("地址", "Address"), aliases=("住址", "家庭住址", "详细地址")),
        Column("cooperative", Words("合作社", "Cooperative"), aliases=("所属合作社", "专业合作社"),
               note=Words("合作社自己导入时不填；区里导入时写全名、简称或信用代码。", "Left empty by cooperatives; the district writes a name or credit code.")),
        Column("joined_on", Words("入社日期", "Joined on"), Kind.DAY, aliases=("加入日期", "入社时间"),
               note=Words("只用于新户，不填按今天。", "For new households only; today if left empty.")),
        Column("plot", Words("地块", "Plot"), aliases=("地块名称", "地名", "小地名", "地块名"), example="屋后坡",
               note=Words("一户多块地就写多行，户主各行相同。", "For several plots use several rows with the same head.")),
        Column("area", Words("面积", "Area"), Kind.AREA, example="3.20", aliases=("种植面积", "花椒面积", "亩数", "栽种面积", "地块面积")),
        Column("cultivar", Words("品种", "Cultivar"), Kind.CHOICE, choices=_terms("cultivars"), aliases=("花椒品种", "种植品种")),
        Column("planted_year", Words("栽种年份", "Planted in"), Kind.INTEGER, unit=Words("年", "year"), aliases=("种植年份", "定植年份", "栽植年份", "栽植年度")),
        Column("tree_count", Words("株数", "Trees"), Kind.INTEGER, unit=Words("株", "trees"), aliases=("棵数", "树数", "种植株数")),
        Column("altitude_m", Words("海拔", "Altitude"), Kind.INTEGER, unit=Words("米", "m"), aliases=("海拔高度",)),
        Column("slope", Words("坡向", "Slope"), Kind.CHOICE, choices=_SLOPES, aliases=("坡地", "朝向")),
        Column("practice", Words("管护方式", "Practice"), Kind.CHOICE, choices=_terms("practices"), aliases=("管护", "栽培方式", "管理方式")),
        Column("note", Words("备注", "Note"), aliases=("说明", "remark", "remarks")),
        Column("confirmed", Words("另一户", "Another household"), Kind.YES_NO,
               note=Words("同村同名但确实是另一户时填“是”。", "Yes if somebody of this name is in the village already and this is somebody else.")),
    ),
    note=Words("一行是一户和它的一块地。空着的格子不改动已有的内容。", "One row is a household and one of its plots. Empty cells change nothing."),
)  # fmt: skip

PEOPLE = SheetSpec(
    "people",
    Words("家庭成员", "People"),
    (
        Column("card", Words("椒农卡号", "Card number"), aliases=("农户卡号", "户卡号", "卡号", "card"),
               note=Words("这个人所在户的卡号；没有卡号就填户主和户主电话。", "Of their household; without it, write the head and the head's phone.")),
        Column("head", Words("户主", "Head of household"), example="罗大山", aliases=("户主姓名", "head")),
        Column("head_phone", Words("户主电话", "Head's phone"), Kind.PHONE, aliases=("户主手机", "户主手机号")),
        Column("name", Words("姓名", "Name"), required=True, example="罗小山", aliases=("成员姓名", "家庭成员", "name")),
        Column("role", Words("身份", "Role"), Kind.CHOICE, aliases=("与户主关系", "关系", "role"), choices=(
            Choice("head", Words("户主", "head"), ("本人",)),
            Choice("member", Words("成员", "member"), ("家人", "家庭成员", "配偶", "子女", "父母")),
        ), note=Words("不填按成员。户主只能更新，不能在这里换。", "Member if left empty. A head can be brought up to date here, not replaced.")),
        Column("sex", Words("性别", "Sex"), Kind.CHOICE, choices=_SEXES),
        Column("id_number", Words("身份证号", "ID number"), Kind.ID_NUMBER,
               aliases=("身份证", "身份证号码", "证件号", "证件号码", "公民身份号码", "id card")),
        Column("born_on", Words("出生日期", "Born on"), Kind.DAY, aliases=("生日", "出生年月日"),
               note=Words("有身份证号就不必填。", "Need not be filled in when the ID number is.")),
        Column("phone", Words("手机", "Mobile number"), Kind.PHONE, example="13800000000",
               aliases=("电话", "手机号", "手机号码", "电话号码", "联系电话", "联系方式", "phone", "mobile", "telephone")),
        Column("has_smartphone", Words("智能手机", "Smartphone"), Kind.YES_NO, aliases=("有无智能手机", "是否智能手机")),
        Column("bank_card", Words("银行卡号", "Bank card"), Kind.BANK_CARD,
               aliases=("银行卡", "银行账号", "银行帐号", "一卡通", "一卡通号", "账号", "帐号", "bank account")),
    ),
    note=Words("一行一个人。同户同名的人更新，没有的新增；空着的格子不改动已有的内容。",
               "One row is a person. Somebody of that name in the household is brought up to date, others are entered. Empty cells change nothing."),
)  # fmt: skip

MEMBERSHIPS = SheetSpec(
    "memberships",
    Words("入社记录", "Memberships"),
    (
        Column("card", Words("椒农卡号", "Card number"), aliases=("农户卡号", "户卡号", "卡号", "card"),
               note=Words("没有卡号就填户主和电话。", "Without it, write the head and the phone.")),
        Column("name", Words("户主", "Head of household"), example="罗大山", aliases=("姓名", "户主姓名", "社员姓名", "name", "grower")),
        Column("phone", Words("电话", "Phone"), Kind.PHONE, example="13800000000", aliases=("手机", "手机号", "手机号码", "联系电话", "mobile")),
        Column("cooperative", Words("合作社", "Cooperative"), aliases=("所属合作社", "专业合作社"),
               note=Words("合作社自己导入时不填；区里导入时写全名、简称或信用代码。", "Left empty by cooperatives; the district writes a name or credit code.")),
        Column("started_on", Words("入社日期", "Joined on"), Kind.DAY, required=True, example="2024-03-01", aliases=("加入日期", "入社时间", "from")),
        Column("ended_on", Words("退社日期", "Left on"), Kind.DAY, aliases=("退出日期", "退社时间", "until"),
               note=Words("还是社员就不填。", "Empty while they are members.")),
    ),
    note=Words("一行是一户在一个合作社的一段时间。", "One row is a household's time in a cooperative."),
)  # fmt: skip

_KIND_WORDS = {
    "cooperative": Words("合作社", "cooperative"),
    "processor": Words("加工企业", "processor"),
    "leading_enterprise": Words("龙头企业", "leading enterprise"),
    "association": Words("协会", "association"),
    "department": Words("部门", "department"),
    "bank": Words("银行", "bank"),
    "cold_store_operator": Words("冷库经营者", "cold store operator"),
    "family_farm": Words("家庭农场", "family farm"),
}
assert set(_KIND_WORDS) == set(KINDS), "every kind of organization has its words"

SITE_CHOICES = (
    Choice("collecting_point", Words("收购点", "collecting point"), ("收购站", "过磅点")),
    Choice("cold_store", Words("冷库", "cold store"), ("冷库群", "仓库")),
    Choice("market", Words("市场", "market"), ("交易市场",)),
)
ORGANIZATIONS = SheetSpec(
    "organizations",
    Words("组织机构", "Organizations"),
    (
        Column("kind", Words("类型", "Kind"), Kind.CHOICE, aliases=("机构类型", "单位类型", "类别", "type"),
               choices=tuple(Choice(code, words, {"cooperative": ("专业合作社", "农民专业合作社"), "processor": ("加工厂",)}.get(code, ()))
                             for code, words in _KIND_WORDS.items())),
        Column("name", Words("名称", "Name"), required=True, example="江津区先锋镇椒香花椒专业合作社",
               aliases=("全称", "单位名称", "机构名称", "企业名称", "合作社名称")),
        Column("short_name", Words("简称", "Short name"), example="椒香合作社", aliases=("单位简称",)),
        Column("credit_code", Words("统一社会信用代码", "Credit code"), aliases=("信用代码", "社会信用代码", "uscc")),
        Column("township", Words("镇街", "Township"), aliases=("镇", "乡镇", "街道", "所在镇")),
        Column("village", Words("村", "Village"), aliases=("村名", "所在村", "社区")),
        Column("address", Words("地址", "Address"), aliases=("住所", "详细地址")),
        Column("contact_name", Words("联系人", "Contact"), aliases=("负责人", "法人", "法定代表人")),
        Column("contact_phone", Words("联系电话", "Contact phone"), Kind.PHONE, aliases=("电话", "手机", "联系方式")),
    ),
    note=Words("按信用代码或全称认出已有的机构；空着的格子不改动已有的内容。",
               "Those that are there are recognised by credit code or name. Empty cells change nothing."),
)  # fmt: skip

SITES = SheetSpec(
    "sites",
    Words("站点", "Sites"),
    (
        Column("name", Words("站点", "Site"), required=True, example="凝翠先锋冷库", aliases=("站点名称", "名称", "冷库", "冷库名称", "收购点")),
        Column("operator", Words("经营者", "Run by"), aliases=("经营单位", "运营单位", "业主", "单位"),
               note=Words("空着就是本单位。", "Empty: your own organization.")),
        Column("kind", Words("类型", "Kind"), Kind.CHOICE, choices=SITE_CHOICES, aliases=("站点类型", "类别")),
        Column("township", Words("镇街", "Township"), aliases=("镇", "乡镇", "街道", "所在镇")),
        Column("village", Words("村", "Village"), aliases=("村名", "所在村", "社区")),
        Column("address", Words("地址", "Address"), aliases=("详细地址", "位置")),
        Column("public_benefit", Words("公益", "Public-benefit"), Kind.YES_NO, aliases=("公益性", "是否公益")),
        Column("slip_prefix", Words("单号前缀", "Letters of its slips"), example="NC", aliases=("前缀", "单号字母"),
               note=Words("二到六个字母或数字，印在磅单号前面，以后不改。", "Two to six letters or digits before the numbers of its slips; they stay.")),
    ),
    note=Words("按经营者和名称认出已有的站点；空着的格子不改动已有的内容。",
               "Those that are there are recognised by who runs them and their name. Empty cells change nothing."),
)  # fmt: skip
