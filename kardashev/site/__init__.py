"""The documentation as a folder of pages that opens offline.

markdown   Markdown as HTML, with GitHub's anchors
contracts  suites and verdicts, as Great Expectations shows them
pages      every page, and the links between them
"""
