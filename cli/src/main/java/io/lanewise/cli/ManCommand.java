package io.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the man pages. */
@Command(
    name = "man",
    mixinStandardHelpOptions = true,
    description = "Writes a man page of each command into a folder, from what --help says.",
    footer = {
      "",
      "Examples:",
      "  lanewise man --out ~/.local/share/man/man1",
      "  lanewise man --out man && man man/lanewise-train.1"
    })
final class ManCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder, which is made if it is not there.")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UsageException("--out: " + folder + " is a file, not a folder");
    }
    CommandLine all = Main.commandLine();
    Map<String, CommandLine> commands = new TreeMap<>(all.getSubcommands());
    commands.put("", all);
    Files.createDirectories(folder);
    for (CommandLine command : commands.values()) {
      ManPage page = new ManPage(command);
      Outputs.write(folder.resolve(page.name() + ".1"), page.text());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(commands.size() + " pages: man " + folder.resolve("lanewise.1"));
    out.flush();
    return 0;
  }
}
