"""Market: finding pepper that can be bought, by what it is, where it lies, how fresh it is and what it costs.

Words: an *offer* is a lot with something free; *facets* are how many offers each choice of a filter would leave; *criteria* are what a
search asks for, the same for the page and for the API.

It never tells whose pepper an offer is: no person, no household, no cooperative; township and site are what a buyer needs to go there.
"""
