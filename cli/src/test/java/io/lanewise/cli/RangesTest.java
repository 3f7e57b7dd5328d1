package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that floats have no room for are refused before the training, with their column. */
class RangesTest {
  @TempDir private Path folder;

  private Cli train(String text, String... more) throws IOException {
    Path data = Files.writeString(folder.resolve("rows.csv"), text);
    Path model = folder.resolve("m.safetensors");
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of("--layers", "4", "--epochs", "1"));
    args.addAll(List.of(more));
    Cli run = Cli.run(args.toArray());
    assertEquals(run.code() == 0, Files.exists(model));
    return run;
  }

  private void assertRefused(String wanted, String text, String... more) throws IOException {
    Cli run = train(text, more);
    assertEquals("lanewise train: " + wanted + "\n", run.err());
    assertEquals(2, run.code());
    assertFalse(run.out().contains("epoch"), run.out());
  }

  @Test
  void aFeatureIsNamedByItsColumn() throws IOException {
    String rows = "city,size $1,y\nUlm,-3e38,0\nBonn,3e38,1\n";
    String wide = " is -3.0E38 to 3.0E38, too wide for float: divide it by 1e30 first";
    for (String scale : List.of("standard", "minmax")) {
      assertRefused(
          "--scale: rows: column \"size $1\"" + wide, rows, "--scale", scale, "--category", "city");
    }
    assertRefused(
        "--scale: rows: column 3 is 0.0 to 1.0E-40, too narrow for float: multiply it by 1e30 first",
        "1,0,0\n2,1,1e-40\n",
        "--header",
        "no",
        "--label",
        "2",
        "--scale",
        "minmax");
    assertEquals(0, train("a,y\n-1e38,0\n1e38,1\n", "--scale", "minmax").code());
  }

  @Test
  void aTargetIsNamedByItsColumn() throws IOException {
    String large = "a,y,z\n1,2,-3e38\n2,3,3e38\n";
    String wanted =
        "column \"z\": the targets, -3.00e+38 to 3.00e+38, are too large for float:"
            + " divide by 1e38 first";
    assertRefused(wanted, large, "--targets", "y,z", "--scale", "none");
    assertRefused(wanted, large, "--regression", "--stream", "--scale", "none");
    String scaled =
        "--scale: rows: column \"z\" is -3.0E38 to 3.0E38, too wide for float: divide it by 1e30 first";
    assertRefused(scaled, large, "--targets", "y,z");
    assertRefused(scaled, large, "--regression", "--stream");
    assertRefused(
        "column \"y\": the targets, 0.00 to 1.00e-40, are too close for float:"
            + " multiply by 1e41 first",
        "a,y\n1,0\n2,1e-40\n",
        "--regression",
        "--scale",
        "none");
    assertRefused(
        "--scale: rows: column \"y\" is 0.0 to 1.0E-40, too narrow for float: multiply it by 1e30 first",
        "a,y\n1,0\n2,1e-40\n",
        "--regression");
    assertEquals(0, train("a,y\n1,1e-40\n2,1e-40\n", "--regression").code(), "constant ones");
    assertEquals(0, train("a,y\n1,-1e17\n2,1e17\n", "--regression").code());
    assertEquals(0, train("a,y\n1,-1e25\n2,1e25\n", "--regression").code());
  }
}
