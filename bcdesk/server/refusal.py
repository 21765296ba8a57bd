"""Why a server or one of its tools does not start."""


class RefusedError(Exception):
    """Something cannot be used or may not be done; the text is one line for whoever started the program."""
