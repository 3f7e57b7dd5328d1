package io.lanewise.kernel;

import java.util.Iterator;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the kernels. Automatic: the usable provider of the highest {@link
 * KernelProvider#priority()}, or scalar, which is always there, with a warning that names the cure.
 * Forced by name, or by {@code -Dlanewise.kernels=NAME}: those, or an error.
 */
public final class KernelLookup {
  /**
   * As many operations as the scalar kernels do in the time that the first vectors take to be
   * compiled.
   */
  public static final double SHORT_WORK = 4e10;

  private static final System.Logger LOG = System.getLogger("io.lanewise");
  private static final String SIMD = "io.lanewise.simd.SimdProvider";

  private static volatile @Nullable Kernels best;
  private static volatile @Nullable Kernels quick;
  // What was found where nobody gave a name; null for scalar, and before.
  private static @Nullable KernelProvider automatic;

  private KernelLookup() {}

  /**
   * Returns the kernels of this JVM: those that {@code -Dlanewise.kernels} names, else the best
   * found. The same instance at each call. Where those of lanewise-simd are found, each operation
   * is answered by the scalar ones until its vectors are compiled: the same bits. {@link
   * Kernels#direct} has the vectors alone.
   *
   * @throws IllegalStateException if the property names kernels that are not there or not usable
   */
  public static Kernels best() {
    Kernels found = best;
    return found != null ? found : choose(false);
  }

  /**
   * Returns the kernels that end a job of so much work first: below {@link #SHORT_WORK} the scalar
   * ones in the place of those of lanewise-simd, whose loops are many and slow until C2 has
   * compiled them. {@link #best()} for more, and where {@code -Dlanewise.kernels} or a provider of
   * somebody else decides. The results are the same bits.
   *
   * @param operations floating-point operations of the whole job, such as {@link
   *     io.lanewise.nn.Network#work}; infinite where nobody knows
   * @throws IllegalArgumentException if that is negative or NaN
   * @throws IllegalStateException as {@link #best()}
   */
  public static Kernels forWork(double operations) {
    if (!(operations >= 0)) {
      throw new IllegalArgumentException("operations must be at least 0, got " + operations);
    }
    if (operations >= SHORT_WORK) {
      return best();
    }
    Kernels found = quick;
    return found != null ? found : choose(true);
  }

  private static synchronized Kernels choose(boolean isShort) {
    if (quick == null) {
      String name = System.getProperty("lanewise.kernels");
      KernelProvider found = find(name);
      if (name == null && found != null && found.getClass().getName().equals(SIMD)) {
        automatic = found;
        quick = ScalarKernels.INSTANCE;
      } else {
        quick = kernels(found);
        best = quick;
      }
    }
    if (!isShort && best == null) {
      best = new StartingKernels(kernels(automatic), 1);
    }
    return isShort ? quick : best;
  }

  private static Kernels kernels(@Nullable KernelProvider chosen) {
    if (chosen == null) {
      return ScalarKernels.INSTANCE;
    }
    Kernels kernels = chosen.kernels();
    LOG.log(System.Logger.Level.DEBUG, "kernels: {0}", kernels.describe());
    return kernels;
  }

  /**
   * Returns the kernels of that name.
   *
   * @param name "scalar", "simd", or the name of another provider
   * @throws IllegalStateException if they are not there or not usable in this JVM, or if two
   *     providers have that name
   */
  public static Kernels named(String name) {
    return kernels(find(Objects.requireNonNull(name, "name")));
  }

  /** Returns that of the name, or the best; null for scalar. */
  private static @Nullable KernelProvider find(@Nullable String name) {
    if (ScalarKernels.NAME.equals(name)) {
      return null;
    }
    String names = ScalarKernels.NAME;
    String why = null;
    KernelProvider chosen = null;
    Iterator<KernelProvider> providers =
        ServiceLoader.load(KernelProvider.class, KernelLookup.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        KernelProvider provider = providers.next();
        names += ", " + provider.name();
        if (name != null ? !name.equals(provider.name()) : !before(provider, chosen)) {
          continue;
        }
        String unusable = provider.unusable();
        if (unusable != null) {
          why = provider.name() + ": " + unusable;
        } else if (name != null && chosen != null) {
          throw new IllegalStateException(
              "kernels \"" + name + "\": of " + chosen.getClass() + " or " + provider.getClass());
        } else {
          chosen = provider;
        }
      } catch (ServiceConfigurationError e) {
        // Of this provider alone: the others count. Twice the same is the class path's.
        if (e.getMessage().equals(why)) {
          break;
        }
        why = e.getMessage();
      }
    }
    if (chosen != null) {
      return chosen;
    }
    if (why == null) {
      why = "there are only " + names + (names.contains("simd") ? "" : ": " + noSimd());
    }
    if (name != null) {
      throw new IllegalStateException("no kernels \"" + name + "\": " + why);
    }
    LOG.log(System.Logger.Level.WARNING, "using the slow scalar kernels: {0}", why);
    return null;
  }

  /** Where nobody gave a name: the order on the class path decides nothing. */
  private static boolean before(KernelProvider provider, @Nullable KernelProvider other) {
    int more = provider.priority() - (other == null ? 0 : other.priority());
    return more > 0 || other != null && more == 0 && provider.name().compareTo(other.name()) < 0;
  }

  /** A jar of several has but one of the files of a name, unless they were merged. */
  private static String noSimd() {
    return KernelLookup.class.getResource("/" + SIMD.replace('.', '/') + ".class") == null
        ? "lanewise-simd is not on the module path or class path"
        : SIMD
            + " is there, but META-INF/services/io.lanewise.kernel.KernelProvider does not name it:"
            + " where jars are made one, merge these files (Maven Shade:"
            + " ServicesResourceTransformer)";
  }
}
