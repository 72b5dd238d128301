"""The house rules that no linter knows: docs/designers.md and CONTRIBUTING.md say why each is there.

A rule that fails names file and line. An exception stands in one of the tables below, with its reason.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter

import pytest

from pepperchain.web.catalogue import KEYWORDS
from tests.harness.house import (
    FURNITURE,
    GROUND,
    PACKAGE,
    ROOT,
    Module,
    furniture,
    modules,
    offences,
    templates,
)

FLOATS = {
    "excel/cells.py": "Excel's own numbers arrive as floats and leave this file as exact Decimals",
    "excel/reading.py": "the same, on the way there",
}
CLOCK_READERS = {"web", "schedule", "cli", "api", "app"}
EXCEL_LIBRARIES = ("openpyxl", "python_calamine", "xlsxwriter")
FRAMEWORKS = ("starlette", "tortoise", "pydantic", "pepperchain.web", "pepperchain.core.db")
PUBLIC_PATHS = re.compile(
    r"/(login|logout|language|invitations/\{secret\}|r/|t/|healthz|readyz|metrics|static/|favicon|api/v1/openapi\.json)|/$"
)
GROWING_ONLY = ("ledger_transaction", "ledger_transfer", "ledger_hold_outcome", "audit_entry", "audit_seal")
URL_VERB = re.compile(r"create|add|edit|update|delete|remove|save|submit|do|get|list|.*_.*")
SQL = re.compile(
    r"^\s*(SELECT\s|INSERT INTO\s|UPDATE \w+\s+SET\s|DELETE FROM\s|WITH (RECURSIVE )?\w+(\([^)]*\))? AS\s)"
)


CHINESE = {
    "directory/areas.py": "the endings of places' names, which become words in their English names",
    "directory/reading_rules.py": "how names are read",
    "market/drawings.py": "the same endings, left off where tiles are narrow",
    "web/errors.py": "the page for when pages cannot be drawn, in both languages",
    "web/fields.py": "units and days as people type them",
    "web/filters.py": "days as people write them",
}
SAYING = KEYWORDS.keys() - {"Invalid"}  # which holds other refusals
HAN = re.compile("[\u3400-\u9fff]")
SENTENCE = re.compile(r"""["'`][A-Z][a-z]+ [a-z]+""")


# Who may import whom


def test_a_file_of_a_room_imports_only_what_stands_to_its_right() -> None:
    found = []
    for module in furniture(*FURNITURE):
        own = f"pepperchain.{module.step}."
        for name in module.imports:
            other = Module(PACKAGE / module.step / f"{name.removeprefix(own).split('.')[0]}.py")
            if not name.startswith(own) or other.path == module.path or not other.path.exists():
                continue
            above = FURNITURE[other.furniture] > FURNITURE[module.furniture]
            beside = (
                FURNITURE[other.furniture] == FURNITURE[module.furniture]
                and other.furniture != module.furniture
            )
            if above or beside:
                found.append(f"pepperchain/{module.name} must not import {other.name}")
    offences(found)


def test_the_files_of_a_room_never_import_each_other_in_a_ring() -> None:
    for step in sorted({module.step for module in modules()}):
        own = {f"pepperchain.{step}.{m.path.stem}": m for m in modules() if m.path.parent == PACKAGE / step}
        graph = {name: {found for found in module.imports if found in own} for name, module in own.items()}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as ring:
            pytest.fail(" > ".join(ring.args[1]))


def test_rules_and_units_know_no_framework() -> None:
    pure = [*furniture("rules"), *(m for m in modules() if m.name == "core/units.py")]
    offences([f"pepperchain/{m.name} imports {name}" for m in pure for name in m.imports_any(*FRAMEWORKS)])


def test_only_pages_speak_http() -> None:
    quiet = furniture("rules", "models", "queries", "noun", "forms", "jobs", "sheets")
    offences(
        f"pepperchain/{m.name} imports {name}"
        for m in quiet
        if m.step != "api"
        for name in m.imports_any("starlette", "pepperchain.web.routing", "pepperchain.web.render")
    )


def test_only_verbs_and_queries_touch_the_database() -> None:
    above = [
        *furniture("pages", "jobs", "sheets", "forms", "rules"),
        *(m for m in modules() if m.step in {"web", "excel", "documents"}),
    ]
    offences(
        f"pepperchain/{m.name} imports {name}" for m in above for name in m.imports_any("pepperchain.core.db")
    )


def test_excel_files_are_the_business_of_the_excel_room() -> None:
    others = [m for m in modules() if m.step != "excel"]
    offences(
        [f"pepperchain/{m.name} imports {name}" for m in others for name in m.imports_any(*EXCEL_LIBRARIES)]
    )


# What is written nowhere, or in one place


def test_no_float_is_named_or_written() -> None:
    found = []
    for module in modules():
        if module.name in FLOATS:
            continue
        for node in module.nodes:
            if isinstance(node, ast.Name) and node.id == "float":
                found.append(module.at(node, "names float"))
            elif isinstance(node, ast.Constant) and isinstance(node.value, float):
                found.append(module.at(node, f"writes the float {node.value}"))
    offences(found)


def test_the_clock_is_read_in_one_place() -> None:
    found = []
    for module in modules():
        for node, on, name in module.calls():
            moment = (on, name) in {
                ("datetime", "now"),
                ("datetime", "utcnow"),
                ("datetime", "today"),
                ("date", "today"),
            }
            if (moment or (on, name) == ("time", "time")) and module.name != "core/clock.py":
                found.append(module.at(node, f"reads the clock by {on}.{name}; core.clock does"))
    offences(found)


def test_verbs_and_rules_are_given_the_time() -> None:
    found = []
    for module in modules():
        if module.step in CLOCK_READERS | {"core"} or (module.in_room and module.furniture == "pages"):
            continue
        for node, on, name in module.calls():
            if (on, name) == ("clock", "now"):
                found.append(module.at(node, "asks what time it is; it should be told by `now`"))
    offences(found)


def test_the_environment_is_read_by_settings_alone() -> None:
    offences(
        m.at(node, "reads the environment; settings.py does")
        for m in modules()
        if m.name != "settings.py"
        for node in m.nodes
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    )


def test_pages_jobs_and_sheets_write_nothing() -> None:
    found = []
    for module in furniture("pages", "jobs", "sheets"):
        for node, on, name in module.calls():
            by_model = on[:1].isupper() and name in {
                "create",
                "bulk_create",
                "get_or_create",
                "update_or_create",
            }
            if by_model or name in {"save", "in_transaction", "unit_of_work", "bulk_update"}:
                found.append(module.at(node, f"writes by {name}(); a verb should"))
    offences(found)


def test_pages_leave_numbers_to_forms() -> None:
    offences(
        m.at(node, f"parses by {name}(); a form should")
        for m in furniture("pages")
        for node, on, name in m.calls()
        if on == "" and name in {"int", "Decimal"}
    )


def test_sql_stands_in_queries_and_verbs() -> None:
    found = []
    for module in modules():
        free = module.step in GROUND - {"web", "excel", "documents", "cli"} or module.is_migration
        if free or (module.in_room and module.furniture in {"queries", "noun"}):
            continue
        found += [
            f"pepperchain/{module.name}:{line} holds SQL"
            for line, text in module.strings()
            if SQL.match(text)
        ]
    offences(found)


def test_no_value_is_pasted_into_sql() -> None:
    found = []
    for module in modules():
        if module.step == "core":  # spells names of tables, never values
            continue
        for node in module.nodes:
            if isinstance(node, ast.JoinedStr) and any(SQL.match(piece) for piece in _pieces(node)):
                for before, value in zip(node.values, node.values[1:], strict=False):
                    quoted = isinstance(before, ast.Constant) and str(before.value).rstrip("%").endswith("'")
                    # An enum's value is a word of ours.
                    if quoted and isinstance(value, ast.FormattedValue) and _called(value.value) != "value":
                        found.append(module.at(value, "pastes a value between quotes; make it a :parameter"))
    offences(found)


def test_the_books_only_grow() -> None:
    change = re.compile(rf"\b(UPDATE|DELETE FROM)\s+({'|'.join(GROWING_ONLY)})\b")
    offences(
        f"pepperchain/{m.name}:{line} changes what never changes; a mistake is reversed"
        for m in modules()
        if not m.is_migration
        for line, text in m.strings()
        if change.search(text)
    )


def test_rooms_raise_the_four_errors_and_no_http() -> None:
    offences(
        m.at(node, "speaks HTTP; raise Refused, NotYours, Missing or Conflict")
        for m in modules()
        if m.step not in {"web", "app", "api"}
        for node in m.nodes
        if _called(node) == "HTTPException"
    )


def test_nothing_is_caught_blindly() -> None:
    offences(
        m.at(node, "catches everything by a bare except")
        for m in modules()
        for node in m.nodes
        if isinstance(node, ast.ExceptHandler) and node.type is None
    )


def test_nothing_is_declared_safe() -> None:
    found = [
        f"templates/{name} says |safe"
        for name, text in templates().items()
        if re.search(r"\|\s*safe\b", text)
    ]
    found += [
        m.at(node, "makes Markup; web does")
        for m in modules()
        if m.step != "web"
        for node, _on, name in m.calls()
        if name == "Markup"
    ]
    offences(found)


# Words


def test_what_is_said_stands_whole_in_the_catalogue() -> None:
    """An f-string, a sum or a filled-in text is another message each time, and none that a catalogue could hold."""
    found = []
    for module in modules():
        for node, on, name in module.calls():
            said = node.args[:1] if name in SAYING and on in {"", "errors", "words", "i18n"} else []
            composed = [each for each in said if isinstance(each, ast.JoinedStr | ast.BinOp) or _fills(each)]
            found += [
                module.at(each, f"composes what {name}() says; give it places to fill") for each in composed
            ]
    offences(found)


def test_chinese_stands_in_catalogues() -> None:
    found = []
    for module in modules():
        if module.step in {"excel", "seeds", "cli"} or "sheet" in module.name or module.name in CHINESE:
            continue
        said = {id(part) for node, _on, name in module.calls() if name in KEYWORDS for part in ast.walk(node)}
        found += [
            module.at(
                node,
                f"holds {node.value[:20]!r}; a message does, in English, and its Chinese in the room's .po",
            )
            for node in module.nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in said | module.docstrings
            and HAN.search(node.value)
        ]
    offences(found)


def test_scripts_say_nothing_of_their_own() -> None:
    """Their words stand in the page that brings them, translated like all others."""
    found = []
    for path in sorted((ROOT / "static").glob("*.js")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            code = line.partition("//")[0]
            if HAN.search(code) or SENTENCE.search(code):
                found.append(f"static/{path.name}:{number} holds words; a data attribute of the page should")
    offences(found)


def _fills(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"format", "join"}
    )


# Pages


def test_every_route_says_who_may() -> None:
    found = []
    for module in modules():
        for node, on, name in module.calls():
            if on == "" and name == "route" and not any(keyword.arg == "may" for keyword in node.keywords):
                found.append(module.at(node, "a route without may="))
    offences(found)


def test_few_pages_are_for_everyone() -> None:
    found = []
    for module in modules():
        for node, on, name in module.calls():
            public = any(
                _called(keyword.value) == "PUBLIC" for keyword in node.keywords if keyword.arg == "may"
            )
            path = _text(node.args[0]) if node.args else ""
            if on == "" and name == "route" and public and not PUBLIC_PATHS.match(path):
                found.append(
                    module.at(node, f"{path or 'a path'} is open to everyone; PUBLIC_PATHS does not know it")
                )
    offences(found)


def test_urls_are_nouns() -> None:
    found = []
    for module in furniture("pages"):
        for node, on, name in module.calls():
            if on == "" and name == "route" and node.args and isinstance(node.args[0], ast.Constant):
                path = str(node.args[0].value)
                if any(URL_VERB.fullmatch(part) for part in path.split("/") if not part.startswith("{")):
                    found.append(module.at(node, f"{path} names no thing"))
    offences(found)


def test_a_fragment_is_a_block_of_its_page_and_named_like_its_element() -> None:
    found = []
    for module in furniture("pages"):
        for node, _on, name in module.calls():
            block = _text(next((keyword.value for keyword in node.keywords if keyword.arg == "block"), None))
            page = _text(node.args[1]) if name == "render" and len(node.args) > 1 else ""
            if block and page:
                text = templates().get(page, "")
                if f"block {block}" not in text or f'id="{block}"' not in text:
                    found.append(module.at(node, f"{page} has no block {block} around an element of that id"))
    offences(found)


def _pieces(joined: ast.JoinedStr) -> list[str]:
    return [str(value.value) for value in joined.values if isinstance(value, ast.Constant)]


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _called(node: ast.AST) -> str:
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))
