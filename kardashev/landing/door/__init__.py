"""The door: participants' files, admitted or refused for their form."""

from kardashev.landing.door.door import Door, Receipt

__all__ = ["Door", "Receipt"]
