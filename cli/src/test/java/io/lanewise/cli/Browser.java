package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.lanewise.plot.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real browser lays a page out, in a frame as wide as a telephone or as a desk's screen, and says
 * what it has drawn. Skipped without Chromium, except where CI is set.
 */
final class Browser {
  /** Measures the frame when it is loaded, and leaves the answer in the page around it. */
  private static final String MEASURE =
      """
      <script>
      function measure(frame) {
        const page = frame.contentDocument;
        const charts = [...page.querySelectorAll('svg.chart')];
        const empty = charts.filter(svg => {
          const box = svg.getBoundingClientRect();
          const drawn = [...svg.querySelectorAll('.curve, .dots')].filter(e => {
            const b = e.getBoundingClientRect();
            return b.width + b.height > 0 && b.left >= box.left - 4 && b.right <= box.right + 4
              && b.top >= box.top - 4 && b.bottom <= box.bottom + 4
              && frame.contentWindow.getComputedStyle(e).stroke !== 'none';
          });
          return box.width < 300 || box.height < 100 || drawn.length === 0;
        });
        const words = [];
        for (const svg of charts) {
          const box = svg.getBoundingClientRect();
          const all = [...svg.querySelectorAll('text')].map(e => [e, e.getBoundingClientRect()]);
          all.forEach(([e, a], i) => {
            if (a.left < box.left - 1 || a.right > box.right + 1 || a.top < box.top - 1
                || a.bottom > box.bottom + 1) {
              words.push('outside: ' + e.textContent);
            }
            for (const [f, b] of all.slice(i + 1)) {
              if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
                  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5) {
                words.push(e.textContent + ' over ' + f.textContent);
              }
            }
          });
        }
        document.getElementById('answer').textContent =
          `width=${page.documentElement.scrollWidth} charts=${charts.length}`
          + ` empty=${empty.length} words=[${words.join('; ')}]`
          + ` scripts=${page.querySelectorAll('script, img, iframe, link').length}`
          + ` page=${frame.contentWindow.getComputedStyle(page.body).backgroundColor}`;
      }
      </script>
      """;

  private Browser() {}

  private static Optional<String> browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                    .map(f -> Path.of(f, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** Returns what it says of a page of that width. */
  static String look(Path folder, String html, int width, boolean dark)
      throws IOException, InterruptedException {
    if (browser().isEmpty()) {
      String missing = "no Chromium on the PATH (Debian's package chromium): NOT LOOKED AT";
      System.err.println("*** " + missing + " ***");
      if (System.getenv("CI") != null) {
        fail(missing);
      }
      Assumptions.abort(missing);
    }
    String frame =
        "<!DOCTYPE html><meta name=\"color-scheme\" content=\"light dark\"><body>"
            + MEASURE
            + "<pre id=\"answer\">nothing</pre><iframe onload=\"measure(this)\""
            + " style=\"border:0;width:"
            + width
            + "px;height:12000px\" srcdoc=\""
            + Html.escape(html)
            + "\"></iframe></body>";
    Path page = Files.writeString(folder.resolve("frame.html"), frame);
    Process process =
        new ProcessBuilder(
                List.of(
                    browser().get(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--user-data-dir=" + Files.createTempDirectory(folder, "profile"),
                    "--window-size=1400,4200",
                    "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                    "--dump-dom",
                    page.toUri().toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    String dom = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the browser does not end");
    Matcher answer = Pattern.compile("(?s)<pre id=\"answer\">(.*?)</pre>").matcher(dom);
    assertTrue(answer.find(), dom);
    return answer.group(1);
  }
}
