/** JSON files with the place of each value, for the modules of this project alone. */
@NullMarked
package io.lanewise.tokenizer.json;

import org.jspecify.annotations.NullMarked;
