"""Home: what needs somebody now, the big buttons of their main job, their numbers.

Words: a *need* is something that waits for this person, an *act* a button, a *number* a figure with where it leads and when it was
true. It reads the rooms below through their own queries and decides by capability; it keeps nothing and changes nothing.
"""
