package dev.doorbell.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import javafx.beans.property.SimpleBooleanProperty;
import org.junit.jupiter.api.Test;

class ActionTest {
    @Test
    void aDimmedActionDoesNothing() {
        var count = new AtomicInteger();
        var enabled = new SimpleBooleanProperty(false);
        var action = Action.of("a.b", "Do it", count::incrementAndGet).enabledWhen(enabled);
        action.run();
        assertThat(count).hasValue(0);
        enabled.set(true);
        action.run();
        assertThat(count).hasValue(1);
    }

    @Test
    void textsOfAMissingKeyShowTheKey() {
        var texts = Texts.of(ActionTest.class);
        assertThat(texts.get("greeting", "sim0", 2)).isEqualTo("sim0 has 2 namespaces");
        assertThat(texts.get("no.such.key")).isEqualTo("<no.such.key>");
    }
}
