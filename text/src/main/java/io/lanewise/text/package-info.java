/**
 * Texts into vectors: sentence embeddings by an encoder in ONNX and its tokenizer.
 *
 * <p>Begin with {@link io.lanewise.text.TextEncoder}.
 */
@NullMarked
package io.lanewise.text;

import org.jspecify.annotations.NullMarked;
