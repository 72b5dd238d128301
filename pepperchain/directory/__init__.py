"""Directory: who and where. Areas, organizations and their relations, households, people, memberships, plots, sites.

Words: a *household* (户) is the unit that delivers and is paid, and has one card number for life; a *grower* (椒农) is one of its people;
a *membership* ties a household to one cooperative from a day to a day. What a list needs about a household or a person (its cooperative,
its township) is kept on their own rows and moved by the verbs here, in the same unit of work.

It never keeps an ID number or a bank card in the clear, never shows a person to somebody outside their scope, and knows nothing of pepper.
"""
