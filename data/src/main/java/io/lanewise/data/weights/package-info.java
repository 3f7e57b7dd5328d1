/**
 * Weights that other libraries saved without saying what network they are of: {@link
 * io.lanewise.data.weights.StateDict}.
 */
@NullMarked
package io.lanewise.data.weights;

import org.jspecify.annotations.NullMarked;
