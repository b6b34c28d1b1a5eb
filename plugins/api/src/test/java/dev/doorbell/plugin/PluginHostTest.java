package dev.doorbell.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginHostTest {
    /** Named in META-INF/services, as an add-on does it. */
    public static final class Sample implements CatalogueContribution {
        @Override
        public List<InputStream> files() {
            return List.of(new ByteArrayInputStream(new byte[0]));
        }
    }

    @TempDir
    Path folder;

    @Test
    void contributionsOnTheClassPathAreFoundOnce() {
        try (var host = PluginHost.load(folder.resolve("plugins"))) {
            assertThat(host.contributions(CatalogueContribution.class)).hasExactlyElementsOfTypes(Sample.class);
            assertThat(host.failures()).isEmpty();
        }
    }

    @Test
    void aBrokenAddOnIsLeftOutAndTheOthersStay() throws Exception {
        Files.writeString(folder.resolve("broken.jar"), "not a jar");
        try (var host = PluginHost.load(folder)) {
            assertThat(host.contributions(CatalogueContribution.class)).hasSize(1);
        }
    }
}
