package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

@OnEveryDevice
class InterruptsTest extends DeviceTest {
    @Test
    void aCompletionSignalsTheVectorOfItsQueue() {
        Interrupts interrupts = controller.device().interrupts();
        try (Qpair qpair = controller.createQpair(QpairOptions.depth(8).withVector(1))) {
            assertThat(qpair.info().vector()).isEqualTo(1);
            interrupts.clear(1);
            assertThat(interrupts.isSet(1)).isFalse();
            qpair.execute(namespace().flushCommand()).orThrow();
            await("vector 1", () -> interrupts.isSet(1));
            interrupts.clear(1);
            assertThat(interrupts.isSet(1)).isFalse();
        }
    }

    @Test
    void aMaskedVectorWaitsUntilItIsUnmasked() {
        Interrupts interrupts = controller.device().interrupts();
        try (Qpair qpair = controller.createQpair(QpairOptions.depth(8).withVector(2))) {
            interrupts.clear(2);
            interrupts.mask(2);
            qpair.execute(namespace().flushCommand()).orThrow();
            assertThat(interrupts.isSet(2)).isFalse();
            interrupts.unmask(2);
            await("vector 2", () -> interrupts.isSet(2));
        }
    }

    @Test
    void aQueueWithoutInterruptsSignalsNothing() {
        Interrupts interrupts = controller.device().interrupts();
        try (Qpair qpair = controller.createQpair(8)) {
            assertThat(qpair.info().vector()).isEqualTo(-1);
            for (int v = 1; v < interrupts.vectors(); v++) {
                interrupts.clear(v);
            }
            qpair.execute(namespace().flushCommand()).orThrow();
            for (int v = 1; v < interrupts.vectors(); v++) {
                assertThat(interrupts.isSet(v)).as("vector %d", v).isFalse();
            }
        }
    }

    @Test
    void vectorsThatDoNotExistAreRefused() {
        Interrupts interrupts = controller.device().interrupts();
        assertThat(interrupts.vectors()).isGreaterThan(2);
        assertThatThrownBy(() -> interrupts.isSet(interrupts.vectors()))
                .isInstanceOf(DoorbellException.class)
                .hasMessageContaining(String.valueOf(interrupts.vectors()));
    }
}
