package io.lanewise.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Rows in Parquet files of a folder, in their order from file to file. Beside them, written last,
 * is what they are of.
 */
final class RawFiles implements RawSource, Serializable {
  private static final long serialVersionUID = 1;
  private static final String ROWS = "rows";
  private static final String ABOUT = "lanewise-rows.txt";
  private static final String COLUMN = "value";

  private final String[] files;
  // The row with which each begins, and the end.
  private final long[] begins;
  private final SerializableConfiguration hadoop;

  private RawFiles(String[] files, long[] begins, SerializableConfiguration hadoop) {
    this.files = files;
    this.begins = begins;
    this.hadoop = hadoop;
  }

  /**
   * Writes rows, unless these are there.
   *
   * @param about what they are of
   * @throws IllegalArgumentException if something else is there
   */
  static RawFiles written(SparkSession spark, String folder, JavaRDD<byte[]> rows, String about)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path at = new Path(folder);
    FileSystem system = at.getFileSystem(hadoop);
    @Nullable String before = about(system, at);
    if (before == null) {
      requireEmpty(system, at);
      spark
          .createDataset(rows.rdd(), Encoders.BINARY())
          .sort(COLUMN)
          .write()
          .parquet(new Path(at, ROWS).toString());
      try (OutputStream out = system.create(new Path(at, ABOUT), true)) {
        out.write(about.getBytes(StandardCharsets.UTF_8));
      }
    } else if (!before.equals(about)) {
      throw new IllegalArgumentException(
          "partitioned: "
              + folder
              + " has rows of another fit: it is of "
              + before.strip()
              + ", here it is "
              + about.strip()
              + ": give another folder, or delete it");
    }
    return open(system, at, hadoop);
  }

  private static @Nullable String about(FileSystem system, Path folder) throws IOException {
    try (InputStream in = system.open(new Path(folder, ABOUT))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private static void requireEmpty(FileSystem system, Path folder) throws IOException {
    try {
      if (system.listStatus(folder).length > 0) {
        throw new IllegalArgumentException(
            "partitioned: "
                + folder
                + " is not empty, and has no whole rows of a fit: give another folder, or delete"
                + " it");
      }
    } catch (FileNotFoundException e) {
      // It is made.
    }
  }

  private static RawFiles open(FileSystem system, Path folder, Configuration hadoop)
      throws IOException {
    List<Path> found = new ArrayList<>();
    for (FileStatus file : system.listStatus(new Path(folder, ROWS))) {
      if (file.getPath().getName().endsWith(".parquet")) {
        found.add(file.getPath());
      }
    }
    found.sort(null);
    String[] files = new String[found.size()];
    long[] begins = new long[files.length + 1];
    for (int f = 0; f < files.length; f++) {
      files[f] = found.get(f).toString();
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(found.get(f), hadoop))) {
        begins[f + 1] = begins[f] + reader.getRecordCount();
      }
    }
    return new RawFiles(files, begins, new SerializableConfiguration(hadoop));
  }

  @Override
  public long count() {
    return begins[files.length];
  }

  @Override
  public Cursor open(long row) throws IOException {
    Files cursor = new Files();
    while (cursor.file < files.length && begins[cursor.file + 1] <= row) {
      cursor.file++;
    }
    if (cursor.file < files.length) {
      for (long skipped = begins[cursor.file]; skipped < row; skipped++) {
        cursor.group();
      }
    }
    return cursor;
  }

  private final class Files implements Cursor {
    private int file;
    private @Nullable ParquetReader<Group> reader;
    private byte @Nullable [] last;

    private @Nullable Group group() throws IOException {
      for (; file < files.length; file++) {
        if (reader == null) {
          reader =
              ParquetReader.builder(new GroupReadSupport(), new Path(files[file]))
                  .withConf(hadoop.value())
                  .build();
        }
        Group group = reader.read();
        if (group != null) {
          return group;
        }
        close();
      }
      return null;
    }

    @Override
    public byte @Nullable [] next() throws IOException {
      Group group = group();
      if (group == null) {
        return null;
      }
      byte[] row = group.getBinary(0, 0).getBytes();
      if (last != null && Arrays.compareUnsigned(last, row) > 0) {
        throw new IOException(files[file] + ": its rows are not in the order they were written in");
      }
      last = row;
      return row;
    }

    @Override
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }
  }
}
