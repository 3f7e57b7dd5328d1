/**
 * Sentence embeddings for LangChain4j.
 *
 * <p>Begin with {@link io.lanewise.langchain4j.LanewiseEmbeddingModel}.
 */
package io.lanewise.langchain4j;
