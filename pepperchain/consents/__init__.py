"""Consents: what people agreed to, who looked at their sealed numbers, and what they may ask of us by law.

Words: a *purpose* is what data is kept or used for, with a text in versions (`config/consents.toml`); a *consent* is one answer of one
person to one version of it; a *reveal* is one look at an ID number or bank card in full, with its reason. Answers and reveals are
never changed: who thinks again answers again. Whoever is to use data asks `consents.standing`; nobody else decides what an answer means.
"""
