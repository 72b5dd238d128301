"""Seeds: the demo village, and a generator of communities up to the size of the district.

Words: the *village* is the hand-made cast of `fixtures/village/`, entered through the verbs that people use; a *size* is how
much the generator makes around it. All people, phones, ID numbers and organizations are invented: no such number can be issued.

It never runs by itself and never touches a row that it did not make.
"""
