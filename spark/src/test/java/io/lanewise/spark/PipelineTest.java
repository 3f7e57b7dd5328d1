package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.spark.ml.NetworkClassifier;
import io.lanewise.spark.ml.NetworkModel;
import io.lanewise.spark.ml.NetworkRegressor;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is a stage of spark-mllib, in its pipelines. */
class PipelineTest {
  @TempDir private Path folder;

  private static Pipeline pipeline() {
    StringIndexer city = new StringIndexer().setInputCol("city").setOutputCol("c");
    StringIndexer kind = new StringIndexer().setInputCol("kind").setOutputCol("label");
    VectorAssembler assembler =
        new VectorAssembler().setInputCols(new String[] {"age", "c"}).setOutputCol("features");
    NetworkClassifier network =
        new NetworkClassifier()
            .setLayers("16 relu")
            .setEpochs(25)
            .setBatchSize(16)
            .setShards(4)
            .setWorkers(1);
    return new Pipeline().setStages(new PipelineStage[] {city, kind, assembler, network});
  }

  @Test
  void aPipelineIsSavedAndLoadedBeforeAndAfterItsFit() throws Exception {
    Dataset<Row> people = Tables.columns(300);
    String unfitted = folder.resolve("pipeline").toUri().toString();
    pipeline().write().save(unfitted);
    PipelineModel model = Pipeline.load(unfitted).fit(people);
    NetworkModel network = (NetworkModel) model.stages()[3];
    PipelineModel direct = pipeline().fit(people);
    assertEquals(((NetworkModel) direct.stages()[3]).model().sha256(), network.model().sha256());
    String fitted = folder.resolve("model").toUri().toString();
    model.write().overwrite().save(fitted);
    PipelineModel read = PipelineModel.load(fitted);
    assertEquals(model.transform(people).collectAsList(), read.transform(people).collectAsList());
    Dataset<Row> predicted = read.transform(people);
    assertEquals(
        model.transformSchema(people.schema()).apply("probability").dataType(),
        predicted.schema().apply("probability").dataType());
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted);
    assertTrue(accuracy > 0.85, "" + accuracy);
    Vector probabilities = predicted.first().getAs("probability");
    assertEquals(1, probabilities.apply(0) + probabilities.apply(1), 1e-5);
    assertEquals(network.model().history(), ((NetworkModel) read.stages()[3]).model().history());
  }

  @Test
  void parametersAreCopiedAndSearched() {
    Dataset<Row> houses = Tables.columns(200);
    NetworkRegressor network =
        new NetworkRegressor()
            .setFeaturesCols("age", "city")
            .setLabelCol("price")
            .setLayers("8 relu")
            .setBatchSize(40)
            .setShards(2)
            .setWorkers(1)
            .setMore(more -> more.trainer(trainer -> trainer.shuffle(false)));
    assertTrue(network.explainParams().contains("epochs: most epochs (default: 20)"));
    ParamMap[] grid = new ParamGridBuilder().addGrid(network.epochs(), new int[] {1, 5}).build();
    NetworkModel best =
        (NetworkModel)
            new CrossValidator()
                .setEstimator(network)
                .setEvaluator(new RegressionEvaluator().setLabelCol("price"))
                .setEstimatorParamMaps(grid)
                .setNumFolds(2)
                .fit(houses)
                .bestModel();
    assertEquals(5, best.model().history().epochs().size());
    assertEquals(
        best.model().sha256(),
        new LanewiseRegressor()
            .features("age", "city")
            .label("price")
            .layers("8 relu")
            .batchSize(40)
            .shards(2)
            .epochs(5)
            .trainer(trainer -> trainer.shuffle(false))
            .fit(houses)
            .sha256());
  }

  @Test
  void whatCannotBeIsRefusedBeforeTheFit() {
    Dataset<Row> houses = Tables.columns(20);
    NetworkClassifier network = new NetworkClassifier().setFeaturesCols("age", "town");
    String message =
        assertThrows(IllegalArgumentException.class, () -> network.transformSchema(houses.schema()))
            .getMessage();
    assertTrue(message.contains("no column \"town\""), message);
    assertThrows(IllegalArgumentException.class, () -> network.setEpochs(0));
  }
}
