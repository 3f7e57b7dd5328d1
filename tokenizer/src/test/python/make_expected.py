"""Writes tokenizer.json, expected.jsonl and variants.jsonl: texts and their ids by Hugging Face.

    java -cp ../../../target/test-classes io.lanewise.tokenizer.Texts 3000 > /tmp/texts.txt
    python3 make_expected.py /tmp/texts.txt ../resources/io/lanewise/tokenizer

(tokenizers 0.23.) The vocabulary is of pieces that are frequent in the texts.
"""

import json
import random
import sys
from collections import Counter
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = 400
texts = [json.loads(line) for line in open(sys.argv[1], encoding="ascii")]
out = Path(sys.argv[2])


def bert(vocab, normalizer=None, processor="template", prefix="##", longest=100):
    model = WordPiece(
        vocab, unk_token="[UNK]", continuing_subword_prefix=prefix, max_input_chars_per_word=longest
    )
    t = Tokenizer(model)
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in SPECIAL])
    cls, sep = vocab["[CLS]"], vocab["[SEP]"]
    if processor == "template":
        t.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", cls), ("[SEP]", sep)],
        )
    elif processor == "bert":
        t.post_processor = processors.BertProcessing(("[SEP]", sep), ("[CLS]", cls))
    return t


def line(value):
    return json.dumps(value, separators=(",", ":")) + "\n"


def learned():
    words = Counter()
    normalizer, words_of = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    for text in texts:
        for word, _ in words_of.pre_tokenize_str(normalizer.normalize_str(text)):
            words[word] += 1
    pieces = Counter()
    for word, count in words.items():
        for start in range(min(len(word), 12)):
            for end in range(start + 1, min(len(word), start + 12) + 1):
                piece = word[start:end]
                pieces[piece if start == 0 else "##" + piece] += count * len(piece)
    frequent = sorted(pieces, key=lambda p: (-pieces[p], p))[:2000]
    return {piece: i for i, piece in enumerate(SPECIAL + sorted(frequent))}


t = bert(learned(), normalizers.BertNormalizer())
(out / "tokenizer.json").write_text(
    json.dumps(json.loads(t.to_str()), separators=(",", ":")) + "\n", encoding="ascii"
)
with open(out / "expected.jsonl", "w", encoding="ascii") as f:
    for text in texts[:TEXTS]:
        f.write(line([text, t.encode(text).ids]))

PIECES = "a b c d ab abc ##a ##b ##c ##d ##ab ##cd @@a @@bc e É é İ i ##̇ . , ! - ## # 中 文 x ##x 1 ##2"
SMALL = {p: i for i, p in enumerate(SPECIAL + PIECES.split(" "))}
rng = random.Random(26)
WORDS = ["a", "b", "ab", "abcd", "abccd", "AB", "é", "É", "e\u0301", "İ", "zz", "中文", "x", "x12",
         "[SEP]", "[sep]", ".", ",-", "\u0000a", "\u200bb", "##a", "", "abcab" * 3]


def text():
    return rng.choice(["", " "]) + " ".join(rng.choice(WORDS) for _ in range(rng.randrange(12)))


def case(t, first, second):
    try:
        e = t.encode(first, second)
    except Exception:
        return [first, second, None]
    return [first, second, e.ids, e.type_ids, e.attention_mask]


def variants():
    n = normalizers.BertNormalizer
    yield bert(SMALL, n(lowercase=False))
    yield bert(SMALL, n(clean_text=False, lowercase=False, strip_accents=True))
    yield bert(SMALL, n(strip_accents=False), "bert")
    yield bert(SMALL, n(handle_chinese_chars=False), None)
    yield bert(SMALL, None, "bert")
    yield bert(SMALL, n(), longest=5)
    yield bert(SMALL, n(), prefix="@@")
    yield bert(SMALL, n(), prefix="")
    for strategy in "longest_first", "only_first", "only_second":
        for side in "left", "right":
            # An even rest of a pair: of an odd one this version halves otherwise, by where words end.
            for length in 5, 9:
                t = bert(SMALL, n())
                t.enable_truncation(length, strategy=strategy, direction=side)
                t.enable_padding(direction=side, length=7, pad_type_id=3)
                yield t
    t = bert(SMALL, n())
    t.enable_padding(pad_to_multiple_of=4, pad_id=4)
    yield t
    for normalized in False, True:
        for flags in {}, {"lstrip": True}, {"rstrip": True}, {"single_word": True}:
            t = bert(SMALL, n())
            for content in "AB", "x1", "é", "[NEW]", "ab c", "a-b":
                t.add_tokens([AddedToken(content, normalized=normalized, **flags)])
            t.add_special_tokens([AddedToken("zz", normalized=normalized, **flags)])
            yield t


with open(out / "variants.jsonl", "w", encoding="ascii") as f:
    for t in variants():
        # By the file alone: what was added in another order is forgotten.
        t = Tokenizer.from_str(t.to_str())
        cases = [case(t, text(), None) for _ in range(12)]
        cases += [case(t, text(), text()) for _ in range(12)]
        f.write(line([json.dumps(json.loads(t.to_str()), separators=(",", ":")), cases]))
