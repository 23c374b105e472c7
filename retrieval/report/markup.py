"""HTML and SVG as values: elements that nest, whose texts are escaped unless they are markup already."""

from collections.abc import Iterable
from html import escape

_EMPTY = frozenset({"br", "hr", "img", "meta", "line", "rect", "circle", "path", "polygon", "polyline"})


class Markup(str):
    """Text that is markup; everything else is escaped where it enters an element."""

    __slots__ = ()


Child = str | None
Attribute = str | float | bool | None


def element(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """One element. Attributes: `_` becomes `-`, a trailing one falls (`class_`); None and False are left out.

    >>> element("p", "T1 < T2", element("b", "!"), class_="x")
    '<p class="x">T1 &lt; T2<b>!</b></p>'
    >>> element("circle", cx=1.25, r=3.0, data_k=None)
    '<circle cx="1.25" r="3"/>'
    """
    said = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if _present(value))
    if name in _EMPTY and not children:
        return Markup(f"<{name}{said}/>")
    return Markup(f"<{name}{said}>{joined(children)}</{name}>")


def joined(children: Iterable[Child]) -> Markup:
    """Children side by side, texts escaped, None left out."""
    return Markup("".join(_child(one) for one in children if one is not None))


def number(value: float) -> str:
    """A coordinate to a hundredth of a pixel, without trailing zeros.

    >>> number(12.0), number(3.14159), number(-0.001)
    ('12', '3.14', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _child(child: str) -> str:
    return child if isinstance(child, Markup) else escape(child, quote=False)


def _present(value: Attribute) -> bool:
    return value is not None and value is not False


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: Attribute) -> str:
    if value is True:
        return ""
    return escape(value) if isinstance(value, str) else number(float(value or 0))
