"""Folders of files that were made elsewhere, as landed tables: Numerai's two shapes, or one's own."""

from kardashev.landing.ingest.choices import Choices
from kardashev.landing.ingest.ingest import MAPPING_FILE, ingest
from kardashev.landing.ingest.mapping import read_mapping, shape
from kardashev.landing.ingest.run import IngestSummary

__all__ = ["MAPPING_FILE", "Choices", "IngestSummary", "ingest", "read_mapping", "shape"]
