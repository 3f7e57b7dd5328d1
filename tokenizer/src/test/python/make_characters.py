"""Writes characters.txt: what Hugging Face's tokenizers do with each code point.

    python3 make_characters.py > ../../main/resources/io/lanewise/tokenizer/characters.txt

(tokenizers 0.23.) They have tables of several versions of Unicode, none of which is that of a JDK;
so each code point is asked for.
"""

from tokenizers.normalizers import NFD, BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
words = BertPreTokenizer()
clean = BertNormalizer(**{**OFF, "clean_text": True})
chinese = BertNormalizer(**{**OFF, "handle_chinese_chars": True})
strip = BertNormalizer(**{**OFF, "strip_accents": True})
nfd = NFD()


# Of the classes by which NFD sorts what follows a letter, one character each.
CLASSES = "\u0334\u093c\u3099\u094d\u0f71\u0f72\u0321\u1dce\u031b\u302a\u0323\u302e\u302d\u302b\u0301\u0315\u035d\u0345"


def swaps(s):
    return nfd.normalize_str(s) != s


def rank(c):
    """Grows with its class; 0 for a character that stays where it is."""
    places = [(swaps(c + mark), swaps(mark + c)) for mark in CLASSES]
    if not any(before or after for before, after in places):
        return 0
    return sum(2 if before else 0 if after else 1 for before, after in places)


def pieces(c):
    return [piece for piece, _ in words.pre_tokenize_str("a" + c + "b")]


def accent(c):
    return strip.normalize_str(c) == ""


SETS = {
    "removed": lambda c: clean.normalize_str(c) == "",
    "space": lambda c: pieces(c) == ["a", "b"],
    "punctuation": lambda c: pieces(c) == ["a", c, "b"],
    "ideograph": lambda c: chinese.normalize_str(c) != c,
    "accent": lambda c: accent(c) and (rank(c) > 0 or nfd.normalize_str(c) != c),
    # Those that nothing is sorted across.
    "wall": lambda c: accent(c) and rank(c) == 0 and nfd.normalize_str(c) == c,
    "decomposed": lambda c: not accent(c) and nfd.normalize_str(c) != c,
}


def ranges(test):
    first = None
    for point in range(0x110001):
        inside = point < 0x110000 and not 0xD800 <= point < 0xE000 and test(chr(point))
        if inside and first is None:
            first = point
        elif not inside and first is not None:
            last = point - 1
            yield "%x" % first if first == last else "%x-%x" % (first, last)
            first = None


for name, test in SETS.items():
    print(name, *ranges(test))

# What is sorted but no accent, so that one sees it: a line for each class.
points = [chr(p) for p in range(0x110000) if not 0xD800 <= p < 0xE000]
ranks = {c: rank(c) for c in points if not accent(c) and nfd.normalize_str(c) == c}
for r in sorted(set(ranks.values()) - {0}):
    print("sorted", *ranges(lambda c: ranks.get(c) == r))
