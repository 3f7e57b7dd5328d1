/**
 * Stages for pipelines of spark-mllib, which train and predict as {@code io.lanewise.spark} does.
 *
 * <pre>{@code
 * Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {assembler, new NetworkClassifier()});
 * PipelineModel model = pipeline.fit(rows);
 * model.write().save("hdfs://name/models/pipeline");
 * }</pre>
 */
@NullMarked
package io.lanewise.spark.ml;

import org.jspecify.annotations.NullMarked;
