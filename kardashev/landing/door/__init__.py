"""The door: participants' files, admitted or refused for their form."""

from kardashev.landing.door.door import Door, Receipt
from kardashev.landing.door.folder import FolderReceipt, land_folder

__all__ = ["Door", "FolderReceipt", "Receipt", "land_folder"]
