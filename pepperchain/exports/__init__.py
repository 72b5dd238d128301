"""Exports: lists of every room as files of Excel or text, narrowed and seen exactly as on their pages.

Words: an *export* is one file that somebody asked for; it is *waiting*, being *made*, *held* until a second person agrees, *ready*
for its owner, and at last *removed*. A list that can be had is an `Exportable`, which the room of the list declares.

It never reads a row by itself, shows a file to anybody but whoever asked for it, or keeps one longer than a few days; and it tells
the trail what was asked for, why, and how many rows and people left in it.
"""
