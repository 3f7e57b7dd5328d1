/**
 * A training on a Spark cluster: the model has the bits that one machine would have given it,
 * whatever the number of workers, partitions and cores; and predictions on a {@code Dataset}.
 *
 * <pre>{@code
 * LanewiseModel model =
 *     new LanewiseClassifier().features("age", "city").label("income").shards(8).fit(rows);
 * model.transform(others).show();
 * model.write("hdfs://name/models/income");
 * }</pre>
 *
 * <p>What is in a pipeline of spark-mllib is in the package {@code io.lanewise.spark.ml}; nothing
 * here needs that library.
 */
@NullMarked
package io.lanewise.spark;

import org.jspecify.annotations.NullMarked;
