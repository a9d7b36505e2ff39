"""Telephone numbers: read as people, providers and SIP write them, shown as people expect, spelled as words.

`reading` (what a written number is), `written` (the kinds it can be), `showing` (national and international form),
`keypad` and `vanity` (letters for digits and back). All pure; `phonenumbers` is a table of the world's numbering plans.
"""
