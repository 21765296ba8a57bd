"""What no file of the windows may do, each law as a function from source to breaches."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2] / "bcdesk"
UI: Final = tuple(sorted((ROOT / "ui").rglob("*.py")))

_FIRST: Final = frozenset(
    (
        "setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setAccessibleName", "setStatusTip",
        "setAccessibleDescription", "setWhatsThis", "setTitle", "addItem", "insertItem", "addAction", "setPlainText",
        "setPrefix", "setSuffix", "set_text", "set_tip", "set_fault", "set_hint", "set_busy", "show_problem", "flash",
        "Label", "Button", "Field", "Banner", "Check", "Chip", "EmptyState", "Words", "add_leave",
    )
)  # fmt: skip
_ALL: Final = frozenset(("show_problem", "set_text", "EmptyState", "Words", "Field", "Banner"))
_DATA: Final[dict[str, tuple[int, ...]]] = {"Field": (1,), "Banner": (0,), "EmptyState": (2,), "Words": (3,)}
_WORDS: Final = frozenset(
    ("text", "label", "hint", "title", "placeholder", "tip", "sentence", "intro", "what", "why", "next_step")
)
_KEYED: Final = _FIRST | frozenset(
    (
        "LineEdit", "TextEdit", "ListEdit", "TagEdit", "Select", "Radios", "Checks", "Card", "Segmented", "Skeleton",
        "Command", "Column", "Dialog", "Page",
    )
)  # fmt: skip
_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b|\brgba?\(|\bhsla?\(")


def _called(node: ast.Call) -> str:
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the words in an expression that pass through no translation and are no key, comparison or other call."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and re.search(r"[^\W\d_]", node.value):
            yield node
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "format"):
            for part in (node.func.value, *node.args):
                yield from _literals(part)
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.JoinedStr | ast.FormattedValue | ast.Tuple | ast.List):
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)


def untranslated(source: str) -> list[str]:
    """Find words for the user's eyes that do not pass through ``tr``."""
    found: list[str] = []
    for call in _calls(source):
        name = _called(call)
        data = _DATA.get(name, ())
        if name in _FIRST:
            many = call.args if name in _ALL else call.args[:1]
            if name == "set_text" and len(many) > 1 and re.fullmatch(r"[a-z_]+", str(getattr(many[0], "value", ""))):
                many = many[1:]  # the id of a segment comes first
            shown: list[ast.AST] = [arg for place, arg in enumerate(many) if place not in data]
        else:
            shown = []
        if name in _KEYED:
            shown += [word.value for word in call.keywords if word.arg in _WORDS]
        found += [f"line {one.lineno}: {one.value!r}" for part in shown for one in _literals(part)]
    return found


def untranslatable(source: str) -> list[str]:
    """Find calls of ``tr`` and ``counted`` whose words are not written there, so that no translator would see them."""
    found = []
    for call in _calls(source):
        wanted = {"tr": call.args[:1], "counted": call.args[1:3]}.get(_called(call), [])
        found += [f"line {arg.lineno}" for arg in wanted if not isinstance(arg, ast.Constant) and not _of_contract(arg)]
    return found


def _of_contract(node: ast.expr) -> bool:
    """Tell whether the words are a scope's own sentence, which the contract holds as data."""
    return isinstance(node, ast.Attribute) and node.attr == "sentence"


def colors(source: str) -> list[str]:
    """Find colours that are written outside the themes."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _COLOR.search(node.value):
            found.append(f"line {node.lineno}: {node.value[:40]!r}")
        elif isinstance(node, ast.Call) and _called(node) in ("QColor", "fromRgb", "fromHsl", "fromHsv"):
            found += [f"line {node.lineno}: a made colour" for arg in node.args if isinstance(arg, ast.Constant)]
        elif (
            isinstance(node, ast.Attribute) and node.attr != "transparent" and "GlobalColor" in ast.unparse(node.value)
        ):
            found.append(f"line {node.lineno}: {node.attr}")
    return found


def _naming(*names: str) -> Callable[[str], list[str]]:
    def check(source: str) -> list[str]:
        return [f"line {call.lineno}: {_called(call)}" for call in _calls(source) if _called(call) in names]

    return check


actions = _naming("QAction", "QShortcut", "setShortcut", "setShortcuts", "grabShortcut")
tasks = _naming("create_task", "ensure_future", "asyncSlot", "asyncClose")
_WAITS: Final = (
    "exec", "exec_", "QEventLoop", "waitForFinished", "waitForStarted", "waitForReadyRead", "processEvents",
)  # fmt: skip
_OUTERMOST: Final = "qasync.QEventLoop"
"""The loop that all else runs in."""
_boxes = ("QMessageBox", "QInputDialog", "getOpenFileName", "getSaveFileName", "getExistingDirectory")


def loops(source: str) -> list[str]:
    """Find loops inside the loop: exec, waits, and the boxes whose static functions run one."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name | ast.Attribute)]
    named = [(node, node.attr if isinstance(node, ast.Attribute) else node.id) for node in nodes]
    calls = [call for call in _calls(source) if _called(call) in _WAITS and ast.unparse(call.func) != _OUTERMOST]
    waits = [f"line {call.lineno}: {_called(call)}" for call in calls]
    return waits + [f"line {node.lineno}: {name}" for node, name in named if name in _boxes]


_RICH: Final = ("QLabel", "setHtml", "setOpenExternalLinks", "QTextBrowser", "QTextEdit")


def rich(source: str) -> list[str]:
    """Find labels that would read rich text, and links that would open."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in (
            "QLabel",
            "setHtml",
            "setOpenExternalLinks",
            "QTextBrowser",
        ):
            found.append(f"line {node.lineno}: {_called(node)}")
        elif isinstance(node, ast.Attribute) and node.attr in ("RichText", "AutoText", "MarkdownText"):
            found.append(f"line {node.lineno}: {node.attr}")
    return found


def icons(source: str) -> list[str]:
    """Return the names of the icons that a file asks for by keyword or by ``icons.icon``/``icons.pixmap``."""
    found = []
    for call in _calls(source):
        if _called(call) in ("icon", "pixmap", "set_icon") and call.args:
            found += [one.value for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant)]
        found += [
            word.value.value
            for word in call.keywords
            if word.arg == "icon" and isinstance(word.value, ast.Constant) and word.value.value
        ]
    return [name for name in found if isinstance(name, str) and name]
