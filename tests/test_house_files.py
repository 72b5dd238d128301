"""The house rules on names, sizes, tests and everything that is committed; test_house.py has those on the code."""

import ast
import re

from tests.harness.house import (
    PACKAGE,
    ROOT,
    committed,
    committed_by_mistake,
    furniture,
    modules,
    offences,
    percentile,
    templates,
)

LINES_MAX = 400
LINES_P90 = 250  # a module of queries carries its rows' shapes beside their SQL; apart, they would be read together anyway
FUNCTION_LINES_MAX = 70
TEMPLATE_LINES_P90 = 60
HANDLER_LINES_P50 = 12
HANDLER_LINES_P90 = 25
JOB_STATEMENTS_MAX = 5
JUNK_DRAWER = re.compile(r"utils?|helpers?|common|misc|services?|managers?")
VENDORED = "static/vendor/"


# Names and sizes


def test_every_package_is_introduced_by_a_docstring_and_nothing_else() -> None:
    found = []
    for module in modules():
        if module.path.name == "__init__.py" and not module.is_migration:
            body = module.tree.body
            if len(body) != 1 or ast.get_docstring(module.tree) is None:
                found.append(
                    f"pepperchain/{module.name} is a docstring only: what it is for, its words, what it never does"
                )
    folders = {module.path.parent for module in modules()} - {PACKAGE}
    found += [f"{folder} has no __init__.py" for folder in folders if not (folder / "__init__.py").exists()]
    offences(found)


def test_every_module_says_what_it_is_for() -> None:
    offences(
        f"pepperchain/{m.name} has no docstring"
        for m in modules()
        if m.tree.body and not m.is_migration and ast.get_docstring(m.tree) is None
    )


def test_no_module_is_a_junk_drawer() -> None:
    paths = [path.relative_to(ROOT) for place in (PACKAGE, ROOT / "tests") for path in place.rglob("*.py")]
    offences(
        f"{path} says nothing by its name"
        for path in paths
        if any(JUNK_DRAWER.fullmatch(part) for part in (*path.parts[:-1], path.stem))
    )


def test_files_stay_short() -> None:
    lengths = {m.name: len(m.text.splitlines()) for m in modules()}
    found = [
        f"pepperchain/{name} has {n} lines, over {LINES_MAX}" for name, n in lengths.items() if n > LINES_MAX
    ]
    p90 = percentile(list(lengths.values()), 90)
    if p90 > LINES_P90:
        found.append(f"nine files in ten should have at most {LINES_P90} lines, but it is {p90}")
    offences(found)


def test_functions_fit_on_a_screen() -> None:
    found = []
    for module in modules():
        for function in module.functions():
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                found.append(
                    module.at(function, f"{function.name} has {lines} lines, over {FUNCTION_LINES_MAX}")
                )
    offences(found)


def test_templates_stay_short() -> None:
    p90 = percentile([len(text.splitlines()) for text in templates().values()], 90)
    assert p90 <= TEMPLATE_LINES_P90, (
        f"nine templates in ten should have at most {TEMPLATE_LINES_P90} lines, not {p90}"
    )


def test_handlers_are_thin() -> None:
    lines = [_body_lines(f) for m in furniture("pages") for f in m.functions() if _is_handler(f)]
    found = []
    for percent, allowed in ((50, HANDLER_LINES_P50), (90, HANDLER_LINES_P90)):
        if percentile(lines, percent) > allowed:
            found.append(
                f"{percent} % of the page handlers should have at most {allowed} lines: {percentile(lines, percent)}"
            )
    offences(found)


def test_jobs_only_delegate() -> None:
    offences(
        m.at(f, f"{f.name} does more than call one verb")
        for m in furniture("jobs")
        for f in m.functions()
        if len(f.body) - (ast.get_docstring(f) is not None) > JOB_STATEMENTS_MAX
    )


# Tests


def test_every_noun_has_a_twin_among_the_tests() -> None:
    offences(
        f"pepperchain/{m.name} has no tests/{m.step}/test_{m.path.stem}.py"
        for m in furniture("noun")
        if (ROOT / "tests" / m.step).is_dir()
        and not (ROOT / "tests" / m.step / f"test_{m.path.stem}.py").exists()
    )


def test_no_test_patches_what_is_ours() -> None:
    patching = re.compile(r"\bunittest\.mock\b|\bmonkeypatch\.setattr\b|\bmocker\b")
    own = "tests/test_house.py"
    offences(
        f"{path} patches"
        for path, text in committed()
        if _is_test(path) and path != own and patching.search(text)
    )


# Everything that is committed


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    offences(
        f"{path}:{number} {match.group()}"
        for path, text in committed()
        if not path.startswith(VENDORED)
        for number, line in enumerate(text.splitlines(), 1)
        if (match := later.search(line))
    )


def test_nothing_names_a_registry_or_a_machine() -> None:
    # A letter in brackets, so that this file does not find itself.
    registries = r"pypi[.]org|python[h]osted|registry[.]npm|npm[m]irror|npm[j]s[.]|tuna[.]tsinghua"
    folders = r"/roo[t]/|/wor[k]/|/User[s]/|/home[/][a-z]|/opt/pyp[i]|/opt/wheel[s]"
    places = re.compile(rf"{registries}|(?<![\w.}}])(?:{folders})")
    offences(
        f"{path}:{number} {match.group()}"
        for path, text in committed()
        if not path.startswith(VENDORED)
        for number, line in enumerate(text.splitlines(), 1)
        if (match := places.search(line))
    )


def test_nothing_is_committed_that_git_is_told_to_ignore() -> None:
    offences(f"{path} is committed although .gitignore names it" for path in committed_by_mistake())


def test_nothing_holds_a_private_key() -> None:
    offences([f"{path} holds a private key" for path, text in committed() if "PRIVATE " + "KEY-----" in text])


def _is_test(path: str) -> bool:
    return path.startswith("tests/") and path.endswith(".py")


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = function.args.args
    return isinstance(function, ast.AsyncFunctionDef) and bool(arguments) and arguments[0].arg == "request"


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
