package dev.doorbell.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.tour.Tour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Leads the guided tour as {@code ./doorbell tour} does. With {@code -Ddoorbell.pictures=docs/images} it renews the pictures of the
 * documentation.
 */
class TourTest {
    private static final List<String> STOPS = List.of(
            "welcome",
            "identify",
            "pci-config",
            "registers",
            "log-pages",
            "features",
            "command",
            "cmdlog",
            "search",
            "traffic",
            "test",
            "faults");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(600)
    void everyViewShowsItselfOnTheSimulator(boolean dark) throws Exception {
        Path out = Path.of(System.getProperty("doorbell.pictures", "target/tour"));
        assertThat(Tour.lead(out, dark, 1600, 1000, 1))
                .as("troubles on the way, see the output")
                .isZero();
        for (String stop : STOPS) {
            Path picture = out.resolve(stop + (dark ? "-dark.png" : "-light.png"));
            var image = ImageIO.read(picture.toFile());
            assertThat(image.getWidth()).as(picture.toString()).isEqualTo(1600);
            assertThat(colours(image)).as("colours in " + picture).isGreaterThan(50);
        }
        assertThat(Files.readString(out.resolve("summary.txt")))
                .contains("IOPS")
                .doesNotContain(" 0 IOPS");
        assertThat(out.resolve("report/smoke.html")).isNotEmptyFile();
        assertThat(out.resolve("report/smoke.xml")).isNotEmptyFile();
    }

    /** An empty picture has a handful. */
    private static long colours(java.awt.image.BufferedImage image) {
        return java.util.Arrays.stream(
                        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
    }
}
