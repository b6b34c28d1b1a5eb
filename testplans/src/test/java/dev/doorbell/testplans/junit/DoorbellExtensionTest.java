package dev.doorbell.testplans.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Qpair;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

class DoorbellExtensionTest {
    /** What the inner test classes saw, in order; they run one after the other on this thread. */
    private static final List<Object> SEEN = new ArrayList<>();

    private static EngineExecutionResults run(Class<?> tests, String device) {
        SEEN.clear();
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.conditions.deactivate", "*")
                .configurationParameter(DoorbellExtension.DEVICE, device)
                .configurationParameter(DoorbellExtension.SEED, "0x5eed")
                .execute();
    }

    @Doorbell
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Injected {
        @Test
        @Order(1)
        void everything(
                Controller c,
                Namespace first,
                @Nsid(2) Namespace second,
                Qpair q,
                @Depth(8) Qpair shallow,
                Buffer b,
                @Size(8192) Buffer large,
                @Seed long seed,
                SplittableRandom random) {
            assertThat(first.nsid()).isEqualTo(1);
            assertThat(second.nsid()).isEqualTo(2);
            assertThat(q.depth()).isEqualTo(64);
            assertThat(shallow.depth()).isEqualTo(8);
            assertThat(b.size()).isEqualTo(4096);
            assertThat(large.size()).isEqualTo(8192);
            assertThat(seed).isEqualTo(0x5eed);
            assertThat(random.nextLong()).isEqualTo(new SplittableRandom(0x5eed).nextLong());
            SEEN.addAll(List.of(c, q, b));
        }

        @Test
        @Order(2)
        void theSameControllerWithoutWhatTheTestBeforeUsed(Controller c, Qpair q) {
            assertThat(SEEN.getFirst()).isSameAs(c);
            assertThat(((Qpair) SEEN.get(1)).isOpen()).isFalse();
            assertThat(((Buffer) SEEN.get(2)).isOpen()).isFalse();
            assertThat(c.qpairs()).hasSize(2);
        }

        @Test
        @Order(3)
        void disables(Controller c) {
            c.disable();
        }

        @Test
        @Order(4)
        void isReadyAgain(Namespace ns, Qpair q) {
            assertThat(ns.flush(q).isSuccess()).isTrue();
        }
    }

    @Test
    void parametersAreInjectedAndClosedAfterTheirTest() {
        run(Injected.class, "sim:size=64MiB,ns=2")
                .testEvents()
                .assertStatistics(s -> s.started(4).succeeded(4));
        assertThat(((Controller) SEEN.getFirst()).device().isOpen()).isFalse();
    }

    @ExtendWith(DoorbellExtension.class)
    static class Failing {
        @Test
        void failsWithCommandsOutstanding(Controller c, Namespace ns, Qpair q, Buffer b) {
            SEEN.addAll(List.of(c, q, b));
            q.submit(ns.readCommand(0, 1, b));
            throw new IllegalStateException("on purpose");
        }

        @AfterEach
        void look() {
            SEEN.add(((Qpair) SEEN.get(1)).isOpen());
        }
    }

    @Test
    void aFailingTestLeavesNothingOpen() {
        EngineExecutionResults results = run(Failing.class, "sim:size=64MiB");
        results.testEvents().assertThatEvents().haveExactly(1, event(finishedWithFailure(message("on purpose"))));
        assertThat(SEEN.get(3)).as("still open in @AfterEach").isEqualTo(true);
        assertThat(((Qpair) SEEN.get(1)).isOpen()).isFalse();
        assertThat(((Buffer) SEEN.get(2)).isOpen()).isFalse();
        assertThat(((Controller) SEEN.getFirst()).device().isOpen()).isFalse();
    }

    @Doorbell
    static class Wrong {
        @Test
        void noSuchNamespace(@Nsid(7) Namespace ns) {}
    }

    @Test
    void whatCannotBeInjectedSaysWhy() {
        run(Wrong.class, "sim:size=64MiB,ns=1")
                .testEvents()
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                message(m -> m.contains("has no active namespace 7; active are [1]")))));
        run(Wrong.class, "sim:colour=red")
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(m -> m.contains("colour")))));
    }

    @Test
    void theSeedIsPublished() {
        assertThat(run(Failing.class, "sim:size=64MiB").testEvents().reportingEntryPublished().stream())
                .haveAtLeastOne(new Condition<>(e -> e.toString().contains("0x5eed"), "the seed"));
    }
}
