/**
 * Texts into tokens, as the encoders of the BERT family take them: WordPiece, by the tokenizer.json
 * or the vocab.txt of a model.
 *
 * <p>Begin with {@link io.lanewise.tokenizer.Tokenizer}. Unigram and BPE are not there.
 */
@NullMarked
package io.lanewise.tokenizer;

import org.jspecify.annotations.NullMarked;
