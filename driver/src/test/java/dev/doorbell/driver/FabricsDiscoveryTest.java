package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What discovery services of NVMe/TCP say, and that what they name can be opened. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FabricsDiscoveryTest {
    private static final String FIRST = "nqn.2014-08.com.example:first";
    private static final String SECOND = "nqn.2014-08.com.example:second?%";

    private final List<TcpTarget> targets = new java.util.ArrayList<>();

    @AfterEach
    void close() {
        targets.forEach(TcpTarget::close);
    }

    /** Serves until the test is over. */
    private DeviceAddress serve(List<String> referrals, String... nqns) {
        TcpTarget target = TcpTarget.open(new TcpTarget.Options(
                java.util.Arrays.stream(nqns)
                        .map(nqn -> new TcpTarget.Subsystem(DeviceAddress.parse("sim:size=16MiB"), Optional.of(nqn)))
                        .toList(),
                List.of("127.0.0.1:0"),
                referrals,
                Optional.empty()));
        targets.add(target);
        Thread.ofPlatform().name("target").daemon().start(target::run);
        return DeviceAddress.parse("tcp://" + target.listening().getFirst());
    }

    private static List<String> subsystems(FabricsDiscovery.Log log) {
        return log.entries().stream()
                .filter(e -> e.type() == FabricsDiscovery.Type.NVM)
                .map(FabricsDiscovery.Entry::subsystem)
                .sorted()
                .toList();
    }

    @Test
    void everySubsystemIsNamedAndCanBeOpened() {
        FabricsDiscovery.Log log = FabricsDiscovery.read(serve(List.of(), FIRST, SECOND));
        assertThat(subsystems(log)).containsExactly(FIRST, SECOND);
        for (FabricsDiscovery.Entry entry : log.entries()) {
            if (entry.type() != FabricsDiscovery.Type.NVM) {
                continue;
            }
            assertThat(entry.transportName()).isEqualTo("tcp");
            assertThat(entry.address()).isEqualTo("127.0.0.1");
            try (Controller controller = Controller.open(entry.device().orElseThrow(), Controller.Options.defaults())) {
                assertThat(controller.activeNamespaces()).isNotEmpty();
            }
        }
    }

    @Test
    void referralsAreFollowedOnceEach() {
        DeviceAddress other = serve(List.of(), SECOND);
        DeviceAddress service = serve(List.of(other.rest()), FIRST);
        var pages = FabricsDiscovery.readAll(service);
        assertThat(pages.keySet()).containsExactly(service, other);
        assertThat(subsystems(pages.get(service))).containsExactly(FIRST);
        assertThat(subsystems(pages.get(other))).containsExactly(SECOND);
    }

    @Test
    void aServiceThatDoesNotAnswerLeavesTheOthers() {
        DeviceAddress gone = serve(List.of(), SECOND);
        targets.getFirst().close();
        DeviceAddress service = serve(List.of(gone.rest()), FIRST);
        var pages = FabricsDiscovery.readAll(service);
        assertThat(pages.get(service).generation()).isNotEqualTo(-1);
        assertThat(pages.get(gone)).isEqualTo(new FabricsDiscovery.Log(-1, List.of()));
    }

    @Test
    void aDiscoveryControllerIsAControllerLikeOthers() {
        try (Controller controller = Controller.open(serve(List.of(), FIRST), Controller.Options.defaults())) {
            assertThat(controller.state()).isEqualTo(Controller.State.READY);
            assertThat(FabricsDiscovery.read(controller).entries()).isNotEmpty();
            assertThatThrownBy(() -> controller.createQpair(8)).isInstanceOf(Qpair.CreationException.class);
        }
    }

    @Test
    void whereNobodyListensThatIsSaid() {
        DeviceAddress gone = serve(List.of(), FIRST);
        targets.getFirst().close();
        assertThatThrownBy(() -> FabricsDiscovery.read(gone))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("refuses the connection");
    }
}
