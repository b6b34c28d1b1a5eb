package dev.doorbell.app.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void bothWaysToWriteAValue() {
        var options = Options.parse("--home", "/tmp/h", "--device=sim:", "--device", "qemu:", "--perspective=traffic");
        assertThat(options.home()).isEqualTo(Path.of("/tmp/h"));
        assertThat(options.devices()).containsExactly("sim:", "qemu:");
        assertThat(options.perspective()).contains(Perspective.TRAFFIC);
        assertThat(options.dark()).isEmpty();
    }

    @Test
    void aWrongValueIsNamed() {
        assertThatThrownBy(() -> Options.parse("--theme", "pink")).hasMessageContaining("pink");
        assertThatThrownBy(() -> Options.parse("--perspective", "debug")).hasMessageContaining("debug");
        assertThatThrownBy(() -> Options.parse("--frobnicate", "1")).hasMessageContaining("--frobnicate");
        assertThatThrownBy(() -> Options.parse("--home")).hasMessageContaining("--home");
    }
}
