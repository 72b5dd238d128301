"""Every page of segments and tags."""

from pepperchain.segments.run_pages import routes as runs
from pepperchain.segments.segment_pages import routes as segments
from pepperchain.segments.tag_pages import routes as tags

routes = [*tags, *runs, *segments]
