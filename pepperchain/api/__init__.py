"""API: the same verbs and queries as JSON, for scales, sensors, partners and other systems.

Words: an *endpoint* is a path and a method with the form it reads and the shape it answers; the description at
`/api/v1/openapi.json` is made from those. Quantities are integers with their unit in the name, times carry a zone, every POST carries
an id that its sender made. It holds no rule and no permission of its own: it calls what the pages call.
"""
