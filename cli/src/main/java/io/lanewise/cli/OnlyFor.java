package io.lanewise.cli;

import io.lanewise.data.DataFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An option that files of other formats would ignore.
 *
 * @param option its name
 * @param given whether the command line has it
 * @param formats those that it is for
 */
record OnlyFor(String option, boolean given, List<DataFormat> formats) {
  OnlyFor(String option, boolean given, DataFormat... formats) {
    this(option, given, List.of(formats));
  }

  /** Throws if one is given that none of the files takes, of which the first is named. */
  static void require(List<OnlyFor> options, Path file, List<DataFormat> are) {
    for (OnlyFor only : options) {
      if (only.given && only.formats.stream().noneMatch(are::contains)) {
        throw new UsageException(
            only.option
                + " is for "
                + only.formats.stream().map(DataFormat::name).collect(Collectors.joining(", "))
                + " files; "
                + file
                + " is "
                + are.get(0));
      }
    }
  }
}
