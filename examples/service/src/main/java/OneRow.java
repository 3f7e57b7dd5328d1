import io.lanewise.data.Meaning.Task;
import io.lanewise.data.Prediction;
import io.lanewise.data.RowPredictor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Predicts one row by the names of its columns: OneRow MODEL NAME=VALUE... */
public class OneRow {
  public static void main(String[] args) throws Exception {
    RowPredictor model = RowPredictor.load(Path.of(args[0]));
    Map<String, String> row = new LinkedHashMap<>();
    for (int i = 1; i < args.length; i++) {
      String[] field = args[i].split("=", 2);
      row.put(field[0], field[1]);
    }
    Prediction p = model.predict(row);
    System.out.println(p.task() == Task.REGRESSION ? p.values() : p.probabilities());
  }
}
