"""Texts that people type or paste, without the characters that nobody sees.

A name copied from a web page or a document may carry a byte order mark, a soft hyphen, marks that turn the direction of
what follows, or fillers that look like nothing. They make two equal names unlike, let one text pose as another, and
stop those who set type. Joiners stay where a script or a picture needs them: Persian names have them.
"""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

# Controls but tab and the ends of lines; halves of pairs; what Unicode has promised never to be a character.
_NEVER = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
)  # fmt: skip
# Unicode's format characters (Cf) and the letters and marks that are drawn as nothing, but the two joiners.
_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_HIDDEN = re.compile(f"[{_NEVER}{_UNSEEN}]")
_JOINER = re.compile(r"[\u200c\u200d]+")
_SELECTOR = re.compile(r"(^|[\s\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_LINE = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Scripts in which a joiner changes how a word is written (Unicode, chapter 23.2); by the first word of a letter's name.
_JOINING = frozenset(
    {
        "ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "MANDAIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA",
        "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE",
    }
)  # fmt: skip


def seen(text: str) -> str:
    """The text without what nobody sees; ends of lines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    shown = _HIDDEN.sub("", text)
    shown = _JOINER.sub(lambda joiner: joiner[0][0] if _joins(shown, joiner) else "", shown)
    return _SELECTOR.sub(r"\1", shown)


def one_line(text: str | None) -> str:
    """Typed text on one line, every stretch of white space a single space."""
    return " ".join(seen(text or "").split())


def lines(text: str | None) -> str:
    """Typed text that may have paragraphs; at most one empty line at a time."""
    rows = (" ".join(row.split()) for row in _LINE.split(seen(text or "")))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


def address(text: str | None) -> str:
    """An e-mail address as pasted: out of a link (mailto:kari@example.org?subject=Hi), or beside a name (Kari <…>)."""
    pasted = one_line(text)
    if within := re.search(r"<([^<>]*@[^<>]*)>\W*$", pasted):
        pasted = within[1]
    if re.match(r"(?i)mailto:", pasted):
        pasted = re.sub(r"(?i)%40", "@", pasted[len("mailto:") :].partition("?")[0])
    return pasted.strip().rstrip(" ,;")


def mail_address(text: str) -> str:
    """The address in the form that mail servers take, in small letters. Raises ValueError for what is none.

    RFC 5321 lets servers tell KARI@ from kari@, none that people use does, and phones begin with a capital.
    """
    try:
        checked = validate_email(address(text), allow_smtputf8=False, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("no address") from None
    return (checked.ascii_email or checked.normalized).lower()


# Ends of host names that mail readers make links of, however they are written: the commonest of the world and of the
# neighbourhood. Any other end counts where the whole is in small letters, as addresses are and names are not.
_ENDS = (
    "com|net|org|info|biz|io|app|dev|xyz|top|site|online|shop|store|link|click|live|club|icu|vip|win|ru|cn|no|se|dk|fi"
    "|is|lv|lt|ee|de|uk|eu|us|me|co|tv|cc|ly|gl|nu|pl|nl|fr"
)
_SITE = re.compile(
    rf"[a-z][a-z0-9+.-]*:/|(?<!\w)www\.|\w\.(?:{_ENDS})(?!\w)|(?<!\w)(?-i:(?=[0-9.-]*[a-z])(?![0-9]+\.)[a-z0-9-]{{2,}}(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}(?!\w))"
    r"|\w@\w",
    re.IGNORECASE,
)


def holds_an_address(text: str) -> bool:
    """Whether a name holds what a reader of mails makes a link of: an address of the web or of a mailbox.

    Letters that only look like those of addresses are read as such (full width, other full stops).
    """
    plain = unicodedata.normalize("NFKC", text).translate(_STOPS)
    return _SITE.search(plain) is not None


_STOPS = {ord(stop): "." for stop in "\u3002\uff0e\uff61\u2024\ufe52\u0701\u06d4"}


def _joins(text: str, joiner: re.Match[str]) -> bool:
    """Whether a joiner stands where it does something: after a letter of such a script, or between two pictures."""
    before, after = text[: joiner.start()].rstrip("\ufe0f")[-1:], text[joiner.end() : joiner.end() + 1]
    if not before or not after:
        return False
    if unicodedata.category(before) in ("So", "Sk") and unicodedata.category(after) == "So":
        return joiner[0][0] == "\u200d"
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in (before, after)}
    return scripts <= _JOINING
