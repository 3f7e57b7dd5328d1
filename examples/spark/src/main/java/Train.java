import io.lanewise.data.CsvReader.Missing;
import io.lanewise.spark.LanewiseClassifier;
import io.lanewise.spark.LanewiseModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** Trains a network on a CSV file, and writes it to a folder: Train ROWS.csv FOLDER. */
public class Train {
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("fruit").getOrCreate();
    Dataset<Row> rows =
        spark.read().option("header", true).option("inferSchema", true).csv(args[0]);
    LanewiseModel model =
        new LanewiseClassifier()
            .features("colour", "mass", "diameter")
            .label("fruit")
            .missing(Missing.MEAN)
            .hiddenLayers(16)
            .batchSize(32)
            .epochs(60)
            .seed(1)
            .shards(8)
            .fit(rows);
    System.out.println("SHA-256 " + model.sha256());
    model.transform(rows).groupBy("fruit", "prediction").count().orderBy("fruit").show();
    model.write(args[1], SaveMode.Overwrite);
    spark.stop();
  }
}
