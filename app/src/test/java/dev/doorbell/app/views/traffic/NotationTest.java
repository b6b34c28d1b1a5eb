package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.doorbell.driver.LbaDistribution;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people type for sizes and distributions. */
class NotationTest {
    @Test
    void aSizeMayBeARangeWithStepAndAlignment() {
        assertThat(Share.read("4k", 7)).isEqualTo(new Share(4096, 7));
        var range = Share.read("8 KiB-64k/4k @16k", 1);
        assertThat(range).isEqualTo(new Share(8192, 65536, 4096, 1, 16384));
        assertThat(Share.read(range.text(), 1)).isEqualTo(range);
        assertThat(range.meanBytes()).isEqualTo(36864);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Share.read("64k-4k", 1))
                .withMessageContaining("64 KiB");
        assertThatIllegalArgumentException().isThrownBy(() -> Share.read("", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Share.read("4k-many", 1))
                .withMessageContaining("many");
    }

    @Test
    void distributionsReadWhatTheyWrite() {
        for (var each : List.of(
                LbaDistribution.uniform(),
                LbaDistribution.zipf(1.2),
                LbaDistribution.pareto(0.2),
                LbaDistribution.normal(50, 12.5))) {
            assertThat(DistributionText.read(DistributionText.write(each))).isEqualTo(each);
        }
        var sections = DistributionText.read("sections 5x1200 15x240 80x30");
        assertThat(DistributionText.write(sections)).isEqualTo("sections 5x1200 15x240 80x30");
        double[] shares = DistributionPicture.shares(sections);
        assertThat(Arrays.stream(shares, 0, 5).sum()).isEqualTo(6000);
        assertThat(Arrays.stream(shares).sum()).isEqualTo(12_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DistributionText.read("sections 5x1"))
                .withMessageContaining("5 sections");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DistributionText.read("zipf 0"))
                .withMessageContaining("exponent");
        assertThatIllegalArgumentException().isThrownBy(() -> DistributionText.read("pareto"));
    }

    @Test
    void paretoGivesTheRestToItsShareOfPlaces() {
        double[] shares = DistributionPicture.shares(LbaDistribution.pareto(0.2));
        double all = Arrays.stream(shares).sum();
        assertThat(Arrays.stream(shares, 0, 20).sum() / all).isBetween(0.799, 0.801);
    }
}
