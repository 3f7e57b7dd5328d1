///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25
//DEPS io.lanewise:lanewise-core:0.1.0-SNAPSHOT
//DEPS io.lanewise:lanewise-simd:0.1.0-SNAPSHOT
//RUNTIME_OPTIONS --add-modules=jdk.incubator.vector

import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import java.nio.file.Path;
import java.util.Arrays;

/** Predicts one row: ./Script.java MODEL NUMBER,NUMBER,... (or by any java, without JBang). */
public class Script {
  public static void main(String[] args) throws Exception {
    Model model = Model.load(Path.of(args[0]));
    String[] fields = args[1].split(",");
    float[] x = new float[fields.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.parseFloat(fields[i]);
    }
    System.out.println(Architecture.format(model.network()));
    System.out.println(Arrays.toString(model.network().predict(x, 1)));
  }
}
