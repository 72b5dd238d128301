"""What is kept for a while, room by room: `audit.keeping` sweeps it each night."""

from collections.abc import Sequence

from pepperchain.audit.keeping import Keeping
from pepperchain.climate import jobs as climate
from pepperchain.consents import jobs as consents
from pepperchain.core.words import N_
from pepperchain.directory import jobs as directory
from pepperchain.exports import jobs as exports
from pepperchain.imports import jobs as imports
from pepperchain.segments import jobs as segments
from pepperchain.visits import jobs as visits

KEEPINGS: Sequence[Keeping] = (
    Keeping("visit_photos", N_("Photos of visits"), visits.remove_old_photos, "visit_photo_days"),
    Keeping("imports", N_("Sheets that were brought, and what could be undone of them"), imports.tidy, "upload_days"),
    Keeping("exports", N_("Lists taken out as files"), exports.tidy, "export_file_days"),
    Keeping("copies", N_("Copies of somebody's own data"), consents.sweep_copies, "copy_days"),
    Keeping("changes", N_("What could be taken back of runs over many households"), segments.tidy, "segment_undo_days"),
    Keeping("readings", N_("Single readings of sensors"), climate.sweep, "reading_days"),
    Keeping("stray_photos", N_("Photos of visits that nothing knows"), visits.sweep_photos),
    Keeping("stray_signatures", N_("Photos of signatures that nothing knows"), consents.sweep_signatures),
    Keeping("stray_papers", N_("Photos of proxies that nothing knows"), directory.sweep_papers),
)  # fmt: skip
