"""Histories that were scored elsewhere: what numerapi returns of a model's rounds becomes landed files.

shapes   files, and what they say of a model in a round
rules    which scores the rule seeds know in a round
command  the landed rows, beside what is landed already
"""
