package io.lanewise.cli;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what it runs on. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Says what it runs on: the JVM, its flags, the kernels in use and why.",
    footer = {
      "",
      "Examples:",
      "  lanewise info",
      "  LANEWISE_OPTS=-Dlanewise.kernels=scalar lanewise info"
    })
final class InfoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String forced = System.getProperty("lanewise.kernels");
    Kernels kernels = KernelOptions.kernels("", "auto");
    out.println("version  " + new Main.Version().getVersion()[0]);
    out.println("jvm      " + property("java.vm.name") + " " + property("java.runtime.version"));
    out.println("system   " + property("os.name") + " " + property("os.arch"));
    out.println("threads  " + Runtime.getRuntime().availableProcessors());
    out.println("memory   " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB at most");
    out.println("kernels  " + kernels.describe());
    out.println(
        "why      "
            + (forced != null
                ? "-Dlanewise.kernels=" + forced + " asks for them"
                : "the usable ones of the highest priority; scalar where a command's work is short"));
    printProviders(out);
    out.println(
        "flags    " + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    out.flush();
    return 0;
  }

  /** All that the lookup sees, those that cannot be loaded too. */
  private static void printProviders(PrintWriter out) {
    Iterator<KernelProvider> providers =
        ServiceLoader.load(KernelProvider.class, KernelLookup.class.getClassLoader()).iterator();
    String broken = "";
    while (true) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        out.println("found    " + describe(providers.next()));
      } catch (ServiceConfigurationError e) {
        if (e.getMessage().equals(broken)) {
          return;
        }
        broken = e.getMessage();
        out.println("broken   " + broken);
      }
    }
  }

  private static String describe(KernelProvider provider) {
    String unusable = provider.unusable();
    String rank =
        provider.priority() > 0
            ? ", priority " + provider.priority()
            : ", by name only: --kernels " + provider.name();
    return provider.name() + ": " + (unusable == null ? "usable" + rank : unusable);
  }

  private static String property(String name) {
    return System.getProperty(name);
  }
}
