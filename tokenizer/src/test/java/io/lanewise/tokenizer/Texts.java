package io.lanewise.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Texts that are hard on a tokenizer, the same ones each time: of many scripts, with accents,
 * emoji, control characters, code, and words that are too long.
 */
public final class Texts {
  private static final int LONGEST_WORD = 250;

  /** Words that somebody wrote, with what is special about them. */
  private static final List<String> WORDS =
      List.of(
          ("the quick brown fox jumps over lazy dog unaffable transformers embeddings tokenization"
                  + " retrieval It's don't rock'n'roll O'Neill e.g. U.S.A. mother-in-law state-of-the"
                  + " 3.14159 1,000,000 12:30 2024-02-29 $99.99 50% #1 @home C++ C# .NET 10⁻³ ½ №5"
                  + " https://example.org/a_b?c=d&e=f%20g#h user@mail.example.com C:\\Temp\\x.txt"
                  + " /usr/lib/jvm for(int i=0;i<n;i++){a[i]+=b[i];} {\"key\":[1,2,null]} <b>x</b>"
                  + " snake_case camelCase SCREAMING_CASE x→y a≤b ∑∞ √2 ‘quoted’ “double” «guillemets»"
                  + " naïve café résumé Zürich Straße GROẞ ĲSSEL fiancée Ångström Øre Łódź ğüşıöç"
                  + " İstanbul ISPARTA ıssız Ñandú coöperate Dvořák phở Việt Nguyễn Tiếng"
                  + " ΣΊΣΥΦΟΣ σίσυφος ὈΔΥΣΣΕΎΣ ᾼ ᾳ ΐ Привет Ёлка йод Україна ҐЕДЗЬ Ђорђе"
                  + " שָׁלוֹם עברית العربية مُحَمَّد ﷺ لا فارسی اُردُو हिन्दी नमस्ते क्ष বাংলা தமிழ்"
                  + " తెలుగు ಕನ್ನಡ മലയാളം සිංහල ภาษาไทย ครั้งที่ ລາວ မြန်မာ ភាសាខ្មែរ བོད་ཡིག ᠮᠣᠩᠭᠣᠯ"
                  + " 日本語 東京タワー ひらがな カタカナ ﾊﾝｶｸ が ガ 中文分词 繁體中文 𠀀𠮷 㐀䶵 豈更 한국어"
                  + " 안녕하세요 ᄒ\u1161\u11AB ქართული Հայերեն አማርኛ ᏣᎳᎩ ꮳꮃꭹ 𐐀𐐨 𞤀𞤢 ＦＵＬＬｗｉｄｔｈ １２３ ﬁ ﬃ Ⅷ ⓐ ™ ª º"
                  + " 😀 👍🏽 👩‍👩‍👧‍👦 🇩🇪🇯🇵 ❤️ ☺ 1️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ♂️ ✔ 𝒜𝓫𝕔 𝟘 [CLS] [SEP] [MASK] [UNK] [PAD]"
                  + " [cls] x[SEP]y ##ing ## [unused1] ... --- !!! ?!")
              .split(" ", 0));

  /** What stands between two words: mostly a space. */
  private static final List<String> GAPS =
      List.of(
          " ", " ", " ", " ", " ", "", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028",
          "\u200b", "\u0000", "\u0007", "\ufeff", "\u200d", "\u00ad", "\u0085", "\u001f", ", ",
          ". ");

  /** The first and the last code point of what single characters are drawn from. */
  private static final int[][] BLOCKS = {
    {0x20, 0x7e},
    {0x00, 0xff},
    {0x100, 0x24f},
    {0x250, 0x36f},
    {0x300, 0x36f},
    {0x370, 0x3ff},
    {0x400, 0x52f},
    {0x530, 0x5ff},
    {0x600, 0x6ff},
    {0x700, 0x8ff},
    {0x900, 0xdff},
    {0xe00, 0xfff},
    {0x1000, 0x1aff},
    {0x1ab0, 0x1fff},
    {0x2000, 0x2bff},
    {0x2c00, 0x2fff},
    {0x3000, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xabff},
    {0xac00, 0xd7ff},
    {0xe000, 0xfaff},
    {0xfb00, 0xffff},
    {0x10000, 0x11fff},
    {0x12000, 0x1cfff},
    {0x1d000, 0x1dfff},
    {0x1e000, 0x1f2ff},
    {0x1f300, 0x1faff},
    {0x20000, 0x323af},
    {0xe0000, 0xe01ef},
    {0x0, 0x10ffff}
  };

  private final Random random;

  private Texts(long seed) {
    random = new Random(seed);
  }

  /** Returns the text of that number. */
  public static String text(int number) {
    return new Texts(number).make();
  }

  private String make() {
    StringBuilder text = new StringBuilder();
    int words = 1 + random.nextInt(random.nextInt(8) == 0 ? 120 : 14);
    for (int i = 0; i < words; i++) {
      switch (random.nextInt(12)) {
        case 0 -> block(text, 1 + random.nextInt(8));
        case 1 -> letters(text, 1 + random.nextInt(12));
        case 2 -> marked(text);
        case 3 -> text.append(cased(word()));
        case 4 -> text.append(word()).append(word());
        case 5 -> {
          if (random.nextInt(6) == 0) {
            letters(text, 95 + random.nextInt(LONGEST_WORD - 95));
          }
        }
        default -> text.append(word());
      }
      text.append(GAPS.get(random.nextInt(GAPS.size())));
    }
    return text.toString();
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static String cased(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  private void block(StringBuilder text, int count) {
    int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
    for (int i = 0; i < count; i++) {
      int c = block[0] + random.nextInt(block[1] - block[0] + 1);
      text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    }
  }

  private void letters(StringBuilder text, int count) {
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
  }

  /** A letter with more marks than it should have, in any order. */
  private void marked(StringBuilder text) {
    text.append((char) ('a' + random.nextInt(26)));
    String marks = "\u0301\u0323\u0327\u0308\u0345\u0334\u302e\u302f\u0591\u064b\u1dfb\u034f\u0903";
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.append(marks.charAt(random.nextInt(marks.length())));
    }
    if (random.nextInt(3) == 0) {
      text.append("\ud834\udd65\u302e\ud834\udd6d");
    }
  }

  /** Prints so many texts, one a line, with what is not ASCII as escapes of JSON. */
  public static void main(String[] args) {
    StringBuilder lines = new StringBuilder();
    for (int number = 0; number < Integer.parseInt(args[0]); number++) {
      lines.append('"');
      for (char c : text(number).toCharArray()) {
        boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
        lines.append(plain ? String.valueOf(c) : "\\u" + HexFormat.of().toHexDigits(c));
      }
      lines.append("\"\n");
    }
    System.out.write(lines.toString().getBytes(StandardCharsets.US_ASCII), 0, lines.length());
    System.out.flush();
  }
}
