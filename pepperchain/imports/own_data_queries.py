"""What this room keeps of people: nothing that lasts and does not stand elsewhere."""

from pepperchain.core.words import N_
from pepperchain.directory.own_data_queries import OwnData

OWN = OwnData(
    N_("Imports"),
    excepted={
        "imports_batch": "who of the staff brought a file, and the file's name",
        "imports_row": "what a sheet said: it stands in the particulars once it was imported, and goes with the undo",
    },
)
