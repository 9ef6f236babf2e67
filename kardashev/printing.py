"""What people landed, on its way to a terminal: what would steer the terminal is made visible."""


def visible(text, kept=""):
    """The text with control characters, line breaks and marks of direction as their escapes, as ``\\x1b``.

    Parameters
    ----------
    text : str
    kept : str, characters that pass all the same
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text
    )


class VisibleStream:
    """A text stream that writes nothing but visible characters and line breaks."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        return self.stream.write(visible(text, kept="\n"))

    def __getattr__(self, name):
        return getattr(self.stream, name)
