"""Icons out of the one sprite, `static/icons.svg`. In Python, since a page draws dozens and a macro costs ten times as much."""

from functools import lru_cache

from markupsafe import Markup

from pepperchain.web.static import static

_SILENT = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{sprite}#{name}"></use></svg>'
_SPOKEN = '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{label}"><use href="{sprite}#{name}"></use></svg>'


def icon(name: str, label: str = "") -> Markup:
    """The icon `name`; silent beside words, or read out as `label` where it stands alone."""
    return _drawn(static().url("icons.svg"), name, label)


@lru_cache(maxsize=1000)
def _drawn(sprite: str, name: str, label: str) -> Markup:
    return Markup(_SPOKEN if label else _SILENT).format(sprite=sprite, name=name, label=label)  # noqa: S704  (constants; format escapes)
