package io.lanewise.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.DataException;
import io.lanewise.data.DataFormat;
import io.lanewise.data.weights.StateDict;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileKindTest {
  @TempDir Path folder;

  /** Lengths that begin like a pickle, a zip file, or what zlib compressed. */
  @ParameterizedTest
  @ValueSource(ints = {640, 896, 1152, 1408, 0x4b50, 0x9c78, 0xda78, 0x5e78})
  void aSafetensorsFileIsOneWhateverTheLengthOfItsHeader(int length) throws IOException {
    String header = "{\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put((header + " ".repeat(length - header.length())).getBytes());
    bytes.putFloat(2f).putFloat(3f);
    Path file = Files.write(folder.resolve("weights"), bytes.array());
    assertEquals(FileKind.SAFETENSORS, FileKind.of(file));
    try (StateDict dict = StateDict.open(file)) {
      Network network = dict.load(Activation.RELU, Activation.IDENTITY).network();
      assertArrayEquals(new float[] {32f}, network.predict(new float[] {1f, 10f}, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8004959900000000, PICKLE",
    "8002637463, PICKLE",
    "789ced9d, PICKLE",
    "80028a0a6cfc9c46f9206aa850192e, PYTORCH",
    "894844460d0a1a0a, HDF5",
    "504b0304, NPZ",
    "08083a05, ONNX",
    "0807120774657374, ONNX",
    "1f8b0800, GZIP",
    "08630000000000007b, SAFETENSORS",
    "08092c390a31090930, OTHER",
    "504152311504, PARQUET",
    "504152312c504152320a, OTHER",
    "4152524f57310000, ARROW",
    "d0cf11e0a1b11ae1, EXCEL",
    "4d41544c414220352e30204d4154, MATLAB",
    "425a683931415926535900, COMPRESSED",
    "fd377a585a0000, COMPRESSED",
    "28b52ffd04, COMPRESSED",
    "785e322c790a312c610a322c62, OTHER",
    "2c312c322c332c342c352c36, OTHER"
  })
  void othersAreToldByTheirFirstBytes(String hex, FileKind kind) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(kind, FileKind.of(Files.write(folder.resolve("file"), bytes)));
  }

  @Test
  void theLineSaysHowPythonConvertsIt() throws IOException {
    Path file = folder.resolve("m.pkl");
    Files.write(file, "\u0080\4\u0095".getBytes(StandardCharsets.ISO_8859_1));
    String line = FileKind.of(file).wanted(file, "weights");
    assertEquals(1, line.lines().count());
    assertEquals(
        "a Python pickle (.pkl, .joblib: scikit-learn), wanted weights; convert it with: python3",
        line.substring(0, line.indexOf(" -c ")));
  }

  @ParameterizedTest
  @CsvSource({
    "m/data.pkl, PYTORCH",
    "model.weights.h5, KERAS",
    "xl/workbook.xml, EXCEL",
    "content.xml, EXCEL",
    "word/document.xml, DOCUMENT",
    "META-INF/MANIFEST.MF, JAR",
    "x.npy, NPZ",
    "train.csv, ZIP"
  })
  void zipFilesAreToldByWhatIsInThem(String entry, FileKind kind) throws IOException {
    Path file = folder.resolve("file");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(entry));
    }
    assertEquals(kind, FileKind.of(file));
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(kind, FileKind.of(bytes));
    assertEquals(kind, FileKind.of(Files.write(file, Arrays.copyOf(bytes, bytes.length - 9))));
    assertEquals(kind != FileKind.NPZ, kind.isForeign());
    if (kind.isForeign()) {
      Exception e = assertThrows(DataException.class, () -> DataFormat.of(file));
      assertTrue(e.getMessage().startsWith(file + ": a"), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  /** Of one and the same pickle who reads weights wants its matrices, who reads rows a table. */
  @Test
  void theLineIsOfWhatIsWanted() throws IOException {
    Path file = Files.write(folder.resolve("m.pkl"), HexFormat.of().parseHex("8004959900000000"));
    String table = "import pandas; pandas.read_pickle('" + file + "').to_csv('";
    assertTrue(FileKind.PICKLE.wantedRows(file).contains(table));
    assertTrue(FileKind.PICKLE.wanted(file, "weights").contains("coefs_"));
    Path parquet = folder.resolve("p.parquet");
    assertEquals(
        "a Parquet file, wanted rows: CSV, libsvm, IDX, .npy or .npz; convert it with: python3 -c"
            + " \"import pandas; pandas.read_parquet('"
            + parquet
            + "').to_csv('"
            + folder.resolve("p.csv")
            + "', index=False)\"",
        FileKind.PARQUET.wantedRows(parquet));
  }
}
