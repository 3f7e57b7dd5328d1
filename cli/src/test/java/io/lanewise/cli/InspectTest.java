package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.model.Safetensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** inspect shows what is in any file that is read, and says of others what they are. */
class InspectTest {
  private static final Path NUMPY = Path.of("../data/src/test/resources/io/lanewise/data/numpy");

  @TempDir private Path folder;

  private static String inspect(Object... args) {
    Object[] all = new Object[args.length + 1];
    all[0] = "inspect";
    System.arraycopy(args, 0, all, 1, args.length);
    Cli run = Cli.run(all);
    assertEquals(0, run.code(), run.err());
    return run.out().replaceAll(" +", " ");
  }

  private static void assertLine(String wanted, String out) {
    assertTrue(out.lines().anyMatch(line -> line.strip().equals(wanted)), out);
  }

  @Test
  void weightsWithoutLayersAreListed() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Safetensors.writer()
        .add("fc.weight", new long[] {1, 4}, new float[] {-1, 2, Float.NaN, 5})
        .add("ids", new long[] {2}, new long[] {3, 4})
        .metadata("format", "pt")
        .save(file);
    String out = inspect(file);
    assertLine("fc.weight F32 1 x 4 4 -1.000 5.000 2.000 2.449 1", out);
    assertLine("ids I64 2 2 3.000 4.000 3.500 0.5000 0", out);
    assertLine("format pt", out);
    assertTrue(out.contains("next lanewise import " + file), out);
  }

  @Test
  void arraysAreListed() throws IOException {
    String out = inspect(NUMPY.resolve("fortran.npz"));
    assertLine("X I16 300 x 2 x 3 1,800 0.000 1799 899.5 519.6 0", out);
    assertLine("y text 300 300", out);
    assertLine("npy Fortran order", inspect(NUMPY.resolve("fortran.npy")));
    Path file = folder.resolve("odd.npz");
    Npz.writer()
        .add("scalar", new long[0], new int[] {7})
        .add("none", new long[] {0, 3}, new float[0])
        .save(file);
    assertLine("scalar I32 1 7.000 7.000 7.000 0.000 0", inspect(file));
    assertLine("none F32 0 x 3 0 NaN NaN NaN NaN 0", inspect(file));
    Path npy = folder.resolve("x.npy");
    Npy.save(npy, new long[] {2, 1}, new double[] {1, 3});
    assertLine("F64 2 x 1 2 1.000 3.000 2.000 1.000 0", inspect(npy));
  }

  @Test
  void rowsAreCountedByColumn() throws IOException {
    String text = "age,city\n1,Bonn\n3,Ulm\n,Ulm\nx,Ulm\n";
    Path plain = Files.writeString(folder.resolve("rows.csv"), text);
    Path gz = folder.resolve("rows.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(text.getBytes());
    }
    for (Path file : new Path[] {plain, gz}) {
      String out = inspect(file);
      assertLine("CSV 4 rows, 2 columns, with a header", out);
      assertLine("1 age 2 1 1 1.000 3.000 2.000 1, 3, x", out);
      assertLine("2 city 0 4 0 Bonn, Ulm", out);
    }
    Path tabs = Files.writeString(folder.resolve("t.tsv"), "1\t2,5\n2\t4,5\n");
    assertLine(
        "2 2 0 0 2.500 4.500 3.500 2,5, 4,5",
        inspect(tabs, "--delimiter", "tab", "--decimal", "comma"));
    Path svm = Files.writeString(folder.resolve("r.svm"), "0\n1 0:1 2:1\n");
    assertLine("libsvm 2 rows, 3 features, indices from 0", inspect(svm));
    Path idx =
        Files.write(
            folder.resolve("i"), HexFormat.of().parseHex("00000b0200000002000000010007fff8"));
    assertLine("IDX I16 2 x 1, -8.00000 to 7.00000", inspect(idx));
    Path pk = Files.writeString(folder.resolve("pk"), "PK,aaaaa{\n1,2\n");
    assertLine("1 PK 1 0 0 1.000 1.000 1.000 1", inspect(pk));
    Path tiny = Files.writeString(folder.resolve("tiny"), "1,2\n");
    assertLine("CSV 1 rows, 2 columns, without a header", inspect(tiny));
  }

  @Test
  void whatIsNotReadIsNamedWithTheWayToIt() throws IOException {
    String[][] files = {
      {"504152311504", "a Parquet file", "pandas.read_parquet"},
      {"894844460d0a1a0a", "an HDF5 file", "python3 -c"},
      {"8004959900000000", "a Python pickle", "joblib.load"},
      {"425a68393141592653591234", "bzip2", "unpacked"}
    };
    for (String[] each : files) {
      Path file = Files.write(folder.resolve("file"), HexFormat.of().parseHex(each[0]));
      for (String[] args :
          new String[][] {{"inspect", "" + file}, {"train", "--data", "" + file}}) {
        Object[] all = new Object[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = args.length > 2 ? "--out" : "--header";
        all[args.length + 1] = args.length > 2 ? folder.resolve("m.safetensors") : "no";
        Cli run = Cli.run(all);
        assertEquals(2, run.code(), run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(file + ": a") && run.err().contains(each[1]), run.err());
        assertTrue(args.length > 2 || run.err().contains(each[2]), run.err());
      }
    }
    Cli ragged = Cli.run("inspect", Files.writeString(folder.resolve("r.csv"), "1,2\n1\n"));
    assertEquals(2, ragged.code());
    assertTrue(ragged.err().contains("line 2: 1 columns, wanted 2"), ragged.err());
  }
}
