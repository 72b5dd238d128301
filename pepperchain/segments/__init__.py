"""Segments: households found by what is known of them, tagged, and dealt with many at a time.

Words: a *tag* is a word that a cooperative, or the district, puts on households; a *segment* is a saved search, made of *conditions*
in groups; a *run* is a search counted to its end, or something done with all households of a segment, turn by turn, in the
background; its *changes* are a journal from which exactly what it did is taken back. What can be asked and done is handed in by the
rooms that know it (`directory.criterion_rules`): this room imports none of them.
Nobody finds a household here that they do not see in the registry, and no cooperative sees another's tags or segments.
"""
