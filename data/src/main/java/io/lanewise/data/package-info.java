/**
 * Readers of CSV, libsvm, IDX and NumPy files: rows into a {@link io.lanewise.dataset.Dataset}, or
 * rows that stay in their file.
 *
 * <p>Begin with {@link io.lanewise.data.CsvReader}. What it learns of a file, the names of classes
 * and the codes of categories, is an {@link io.lanewise.data.Encoding}: keep it with the model, and
 * later rows are read as the first were.
 *
 * <pre>{@code
 * Encoding.Encoded iris = new CsvReader().label("species").read(Path.of("iris.csv"));
 * Split split = iris.dataset().split(0.2, 1);
 * Dataset later = new CsvReader().read(Path.of("later.csv"), iris.encoding());
 * }</pre>
 *
 * <p>{@link io.lanewise.data.RowPredictor} takes a saved model and one row of texts and numbers by
 * name, and answers by name.
 *
 * <p>{@link io.lanewise.data.IdxReader} reads files such as MNIST's, {@link
 * io.lanewise.data.LibsvmReader} sparse lines, {@link io.lanewise.data.NumpyReader} arrays; {@link
 * io.lanewise.data.DataFormat} tells which a file is. {@link io.lanewise.data.SampleData} has data
 * to try things with. A file that is not what it should be is a {@link
 * io.lanewise.data.DataException}.
 */
@NullMarked
package io.lanewise.data;

import org.jspecify.annotations.NullMarked;
