package io.lanewise.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.lanewise.bench.run.Run;
import io.lanewise.plot.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real browser lays the report out, in a frame as wide as a telephone and in one as wide as a
 * desk's screen, and says what it has drawn. Skipped without Chromium, except where CI is set.
 */
class BrowserTest {
  /** Measures the frame when it is loaded, and leaves the answer in the page. */
  private static final String MEASURE =
      """
      <script>
      function measure(frame) {
        const page = frame.contentDocument;
        const drawn = selector => [...page.querySelectorAll(selector)].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width + box.height > 0;
        }).length;
        const words = [...page.querySelectorAll('.plot text')].map(e => e.getBoundingClientRect());
        const upon = words.filter((a, i) => words.slice(i + 1).some(b =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5));
        const style = frame.contentWindow.getComputedStyle(page.querySelector('circle.ours'));
        document.getElementById('answer').textContent =
          `width=${page.documentElement.scrollWidth} svg=${drawn('svg')} bars=${drawn('.bar rect')}`
          + ` errors=${drawn('line.error')} roof=${drawn('#roofline line.roof')}`
          + ` kernels=${drawn('#roofline circle')} history=${drawn('#history .spark circle')}`
          + ` upon=${upon.length} fill=${style.fill}`;
      }
      </script>
      """;

  @TempDir Path folder;

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

  private String answer(String html, int width, String... flags)
      throws IOException, InterruptedException {
    if (browser().isEmpty() && System.getenv("CI") != null) {
      fail("CI has no Chromium: install Debian's package chromium");
    }
    Assumptions.assumeTrue(
        browser().isPresent(),
        "no Chromium on the PATH (Debian's package chromium): not looked at");
    String frame =
        "<!DOCTYPE html><body>"
            + MEASURE
            + "<pre id=\"answer\">nothing</pre><iframe onload=\"measure(this)\" style=\"border:0;width:"
            + width
            + "px;height:12000px\" srcdoc=\""
            + Html.escape(html)
            + "\"></iframe></body>";
    Path page = Files.writeString(folder.resolve("frame.html"), frame);
    List<String> command =
        new ArrayList<>(
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
                "--window-size=1300,4200"));
    command.addAll(List.of(flags));
    command.add("--dump-dom");
    command.add(page.toUri().toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    String dom = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the browser does not end");
    Matcher answer = Pattern.compile("<pre id=\"answer\">(.*?)</pre>").matcher(dom);
    assertTrue(answer.find(), dom);
    return answer.group(1);
  }

  private String report() throws IOException {
    Run first = Sample.write(folder.resolve("a.json"), 1, "2026-01-01T00:00:00Z");
    Run second = Sample.write(folder.resolve("b.json"), 2, "2026-01-02T00:00:00Z");
    Path page = folder.resolve("report.html");
    new Report(List.of(first, second), List.of()).write(page);
    return Files.readString(page);
  }

  /**
   * 3 tasks of 2 and of 4 contestants and one of 2 are 20 bars. 7 sizes of two bandwidths and 18
   * products are 32 circles below the roof, which has the peak and four slopes. In the history, two
   * runs of the peak, three products of each benchmark and a function.
   */
  private static final String DRAWN =
      "svg=30 bars=20 errors=60 roof=5 kernels=32 history=16 upon=0";

  @Test
  void thePlotsAreDrawnOnADesk() throws Exception {
    assertEquals("width=1200 " + DRAWN + " fill=rgb(23, 99, 184)", answer(report(), 1200));
  }

  /** As wide as its frame: nothing to scroll aside. */
  @Test
  void thePlotsAreDrawnOnATelephone() throws Exception {
    assertEquals("width=390 " + DRAWN + " fill=rgb(23, 99, 184)", answer(report(), 390));
  }

  @Test
  void theDarkPageHasItsOwnColours() throws Exception {
    String answer = answer(report(), 1200, "--blink-settings=preferredColorScheme=0");
    assertTrue(answer.endsWith("fill=rgb(91, 163, 240)"), answer);
  }

  /** The test can fail: a page whose marks have no size has none drawn. */
  @Test
  void aPageWithNothingDrawnIsSeen() throws Exception {
    String hidden = report().replace("</style>", "svg { display: none }</style>");
    assertTrue(answer(hidden, 1200).contains("svg=0 bars=0"), "hidden drawings were counted");
  }
}
