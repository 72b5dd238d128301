"""The middleware of the product in its order, all pure ASGI: together a fraction of a millisecond."""

from starlette.middleware import Middleware
from starlette_compress import CompressMiddleware

from pepperchain.settings import Settings
from pepperchain.web.errors import LastResort
from pepperchain.web.headers import SafeHeaders
from pepperchain.web.hosts import Hosts
from pepperchain.web.limits import BodyLimit
from pepperchain.web.origin import Origin
from pepperchain.web.preferences import Preferences

ZSTD_LEVEL = 1
BROTLI_QUALITY = 3
GZIP_LEVEL = 4


def middleware(settings: Settings, *session: Middleware) -> list[Middleware]:
    """From the outside in; `session` (who is it?) comes last, just around the pages."""
    return [
        Middleware(SafeHeaders),
        Middleware(Hosts, allowed=settings.allowed_hosts),
        Middleware(
            CompressMiddleware, zstd_level=ZSTD_LEVEL, brotli_quality=BROTLI_QUALITY, gzip_level=GZIP_LEVEL
        ),
        Middleware(Preferences),
        Middleware(LastResort),
        Middleware(Origin),
        Middleware(BodyLimit, bytes_max=settings.section("server")["body_bytes_max"]),
        *session,
    ]
