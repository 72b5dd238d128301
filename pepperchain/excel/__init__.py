"""Workbooks in and out: the only room that opens, writes or judges an Excel or CSV file.

Higher rooms declare a sheet once, as columns, and get from it a template to fill in, a reader of what people
filled in, a workbook that shows them what is wrong, and an export. Its words: a *column* has a *kind* (a weight, a
day, an ID number …); a *sheet* is declared by a `SheetSpec`; a file is *staged*: read row by row in a process of its
own into typed values and *problems*, and nothing is written anywhere.

It never trusts a file (every upload is parsed in a child process with limits on memory, time and size, after its
container was inspected), never rounds or guesses a value (what cannot be read exactly is a problem of its cell), and
knows nothing of the trade but its units.
"""
