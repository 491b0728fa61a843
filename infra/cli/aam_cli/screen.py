"""What may go to a terminal."""


def plain(text: str) -> str:
    """The text with line ends, but without other characters that a terminal takes for orders.

    Names and words come from strangers: an escape sequence could forge lines or change the terminal itself.
    """
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)


def one_line(text: str) -> str:
    """The same in one line."""
    return plain(text.replace("\n", " "))
