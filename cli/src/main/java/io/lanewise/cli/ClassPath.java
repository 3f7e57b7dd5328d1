package io.lanewise.cli;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.KernelProvider;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import picocli.CommandLine.Option;

/** Kernels of somebody's jars, beside those of ours. */
final class ClassPath {
  @Option(
      names = "--classpath",
      paramLabel = "PATH",
      description =
          "Jars and folders with a KernelProvider, as java -cp has them; FOLDER/* is all jars in it.")
  private String path;

  /** Those of that name, which the option has got. */
  Kernels kernels(String option, String name) throws IOException {
    if (path == null || name.equals(ScalarKernels.NAME)) {
      return KernelOptions.kernels(option, name);
    }
    if (name.equals("auto")) {
      throw new UsageException(option + ": with --classpath wanted the name of the kernels");
    }
    // Open until the program ends: kernels load classes when they are used.
    ClassLoader loader =
        new URLClassLoader(urls().toArray(URL[]::new), KernelLookup.class.getClassLoader());
    return find(option, name, loader);
  }

  private List<URL> urls() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator)) {
      if (entry.equals("*") || entry.endsWith("/*") || entry.endsWith(File.separator + "*")) {
        String folder = entry.substring(0, entry.length() - 1);
        try (DirectoryStream<Path> jars =
            Files.newDirectoryStream(existing(folder.isEmpty() ? "." : folder), "*.jar")) {
          for (Path jar : jars) {
            urls.add(url(jar));
          }
        }
      } else {
        urls.add(url(existing(entry)));
      }
    }
    return urls;
  }

  private static Path existing(String entry) {
    Path file = Path.of(entry);
    if (entry.isEmpty() || !Files.exists(file)) {
      throw new UsageException("--classpath: there is no \"" + entry + "\"");
    }
    return file;
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }

  private Kernels find(String option, String name, ClassLoader loader) {
    List<String> names = new ArrayList<>(List.of(ScalarKernels.NAME));
    KernelProvider chosen = null;
    String broken = "";
    Iterator<KernelProvider> providers =
        ServiceLoader.load(KernelProvider.class, loader).iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        KernelProvider provider = providers.next();
        names.add(provider.name());
        if (!provider.name().equals(name)) {
          continue;
        }
        if (chosen != null) {
          throw new UsageException(
              option
                  + ": \""
                  + name
                  + "\" is of "
                  + chosen.getClass()
                  + " or "
                  + provider.getClass());
        }
        chosen = provider;
      } catch (ServiceConfigurationError e) {
        // Of this provider alone. Twice the same is that of a file, which would come for ever.
        if (broken.endsWith(e.getMessage())) {
          break;
        }
        broken = "; " + e.getMessage();
      }
    }
    if (chosen == null) {
      throw new UsageException(
          option
              + ": no kernels \""
              + name
              + "\" in --classpath "
              + path
              + ": there are only "
              + String.join(", ", names)
              + broken);
    }
    String unusable = chosen.unusable();
    if (unusable != null) {
      throw new UsageException(option + ": " + name + ": " + unusable);
    }
    return chosen.kernels();
  }
}
